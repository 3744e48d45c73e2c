"""What songs and tunes have in common, which are both sequences of notes."""

import warnings
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy.typing as npt

from melodyrnn.data.copies import Copied, Copies
from melodyrnn.data.gather import Named, Songs, gather_all, summary, warn_of
from melodyrnn.data.split import Split
from melodyrnn.errors import ConfigError, MelodyWarning
from melodyrnn.evaluation.measures import Measures
from melodyrnn.evaluation.note_scores import note_scores
from melodyrnn.evaluation.result import Evaluated
from melodyrnn.files import make_folder, numbered
from melodyrnn.generation.generate import Drawn
from melodyrnn.generation.loops import Loop, closing_loop
from melodyrnn.models.combining import Joined
from melodyrnn.models.config import FormConfig, SampleConfig
from melodyrnn.models.lookback import LookingBack
from melodyrnn.models.model import NgramModel
from melodyrnn.models.ngrams import short_term
from melodyrnn.models.predictor import Predictor
from melodyrnn.models.settings import check
from melodyrnn.models.viewpoints.observer import Observer
from melodyrnn.music.note_tokens import plain_tokens, to_tokens
from melodyrnn.music.relative_steps import relative
from melodyrnn.music.song import Song
from melodyrnn.render.write import write_song, writer_of
from melodyrnn.runs.record import Record
from melodyrnn.sequences.families import family_numbers
from melodyrnn.sequences.score import Score, score_of, total
from melodyrnn.sequences.vocabulary import Indices, Vocabulary
from melodyrnn.system.progress import silent
from melodyrnn.tasks.control.form import MOST_NOTES, form_of
from melodyrnn.tasks.control.primer import beginning
from melodyrnn.tasks.task import (
    Evaluation,
    Prompt,
    Reading,
    Request,
    Settings,
    Task,
    Trained,
)
from melodyrnn.tasks.tokenizer import Dataset, NoteTokenizer, context_of, known_songs

_AT_ONCE = 64
"""Songs: the logits of thousands, each of all tokens, would fill a gigabyte."""


@dataclass(frozen=True)
class GeneratedSong:
    """One new song."""

    song: Song
    tokens: tuple[str, ...]
    primer: int  # notes at its start that were given
    copied: Copied  # the longest run of notes that a training song has too, in whatever key
    loop: Loop | None  # in which it ends, if it does
    log_probability: float  # of what follows the primer, as the model has it; natural logarithm
    file: Path | None = None

    def to_json(self) -> dict[str, Any]:
        document = {
            "tokens": list(self.tokens),
            "primer": self.primer,
            "copied": self.copied.to_json(),
            "loop": self.loop and self.loop._asdict(),
            "log_probability": self.log_probability,
        }
        return document | ({"file": str(self.file)} if self.file else {})


class NoteTask(Task[Named, Dataset]):
    """Learning from notes."""

    unit = "note"
    has_short_term = True

    def name_of(self, items: Sequence[Named]) -> str:
        if isinstance(items, Songs):
            return items.name
        return items[0].name if len(items) == 1 else f"{len(items)} songs"

    @abstractmethod
    def tokenizer(self, vocabulary: Vocabulary) -> NoteTokenizer: ...

    def encode(self, record: Record, parts: Split[Sequence[Named]]) -> Split[Dataset]:
        tokenizer, window = self.tokenizer(record.vocabulary), record.model.window
        return Split(*(Dataset.of(songs, window, tokenizer) for songs in parts))

    def sequences(self, data: Dataset) -> Sequence[Indices]:
        return data.sequences

    def observer(self, record: Record) -> Observer:
        return self.tokenizer(record.vocabulary).observer()

    def wrap(self, predictor: Predictor, record: Record) -> Predictor:
        if record.model.spec.lookback:
            return LookingBack(predictor, self.tokenizer(record.vocabulary).lookback())
        return predictor

    def with_short_term(self, run: Trained[Named], predictor: Predictor) -> Predictor:
        """The weights by which it joins are fitted to the validation set, and for a model that is
        made of its songs at once to the training set, each part predicted from the others. A
        network without a validation set has nothing new to it, and the weights stay as they are.
        """
        data, size = self.encode(run.record, run.parts), len(run.record.vocabulary)
        spec, joined = run.record.model.spec, Joined()
        if data.validation.sequences:
            new = data.validation.sequences
            some = short_term.sample(new, size)
            aligned = predictor.with_contexts(data.validation.contexts[some])
            joined = short_term.fitted(aligned, size, new[some])
        elif isinstance(spec, NgramModel):
            make = partial(
                spec.make, window=predictor.window, vocabulary_size=size, config=run.record.model
            )
            joined = short_term.fitted_left_out(make, size, data.train.sequences)
        return short_term.with_short_term(predictor, size, joined)

    # Evaluation

    def chosen(
        self, run: Trained[Named], sources: Any, reading: Reading
    ) -> tuple[Sequence[Named], tuple[str, ...]]:
        """Without ``sources`` those held out or, where none are, the training set. Of several,
        those that the run cannot predict, for want of a token or of notes, are left out.
        """
        parts, record = run.parts, run.record
        if sources == ():
            return parts.held_out or parts.train, ()
        options = {"track": reading.track, "grid": reading.grid}
        found = gather_all(sources, progress=reading.progress or silent, **options)
        if len(found.songs) > 1:
            tokenizer = self.tokenizer(record.vocabulary)
            known, reasons = known_songs(found.songs, tokenizer, record.model.window)
            if not known:
                raise ConfigError(
                    f"{run.path}: can predict none of the {len(found.songs)} songs: "
                    f"{summary(reasons)}; a model predicts only what it was trained to predict"
                )
            songs = Songs(known, found.songs.name)
            found = replace(found, songs=songs, left_out=(*found.left_out, *reasons))
        warn_of(found, reading.report)
        return found.songs, found.left_out

    def evaluate(
        self, run: Trained[Named], predictor: Predictor, items: Sequence[Named]
    ) -> Evaluation:
        record = run.record
        tokenizer = self.tokenizer(record.vocabulary)
        dataset = Dataset.of(items, record.model.window, tokenizer)
        logits, measures = self.predictions(predictor, dataset)
        scores = note_scores(logits, dataset.sequences, tokenizer)
        # What chose the best weights is not new either.
        known = [*run.parts.train, *run.parts.validation]
        tunes, copies = {tuple(plain_tokens(each.song)) for each in known}, Copies(known)
        evaluated = []
        numbers = family_numbers([relative(named.song) for named in items])
        for named, each, family in zip(items, scores, numbers, strict=True):
            song, seen = named.song, tuple(plain_tokens(named.song)) in tunes
            copied = None if seen else copies.longest(song)
            evaluated.append(
                Evaluated(named.name, song.title, len(song), seen, each, copied, family)
            )
        return Evaluation(tuple(evaluated), dataset.sequences, measures)

    def predictions(
        self, predictor: Predictor, dataset: Dataset
    ) -> tuple[Sequence[npt.NDArray[Any]], Measures | None]:
        """Of each song the logits of its tokens, (N, V), and how it is played, where it is."""
        return predictor.with_contexts(dataset.contexts).logits(dataset.sequences), None

    # New songs

    def check(self, settings: Settings, request: Request) -> None:
        if request.length is not None:
            check("length", request.length, {"least": 1, "most": MOST_NOTES})

    def prompt(self, run: Trained[Named], request: Request, form: FormConfig) -> Prompt:
        """The primer, and bars, scale and end as constraints."""
        dataset, copies = self._training_set(run), Copies(run.parts.train)
        given = beginning(
            request.primer,
            dataset,
            run.record.model.window,
            track=request.track,
            grid=request.grid,
        )
        asked = form_of(form, dataset, copies, *given, request.length)
        return Prompt(given.indices, asked.length, asked.constraints, asked.like, copies)

    def aligned(self, predictor: Predictor, prompt: Prompt) -> Predictor:
        """In the bars and the key of the new songs."""
        assert prompt.like is not None, "new songs are like one"
        return predictor.with_contexts([context_of(prompt.like)])

    def targets(self, output: str | Path, count: int) -> list[Path]:
        path = Path(output)
        if path.is_dir() or not path.suffix:
            make_folder(path)
            path /= "song.mid"
        writer_of(path)
        return numbered(path, count)

    def make(
        self, run: Trained[Named], prompt: Prompt, drawn: Drawn, config: SampleConfig
    ) -> list[GeneratedSong]:
        songs, copies = run.parts.train, prompt.copies
        tokenizer = self.tokenizer(run.record.vocabulary)
        composer = f"melodyrnn, {run.record.model.model}, seed {config.seed}"
        made = []
        assert prompt.like is not None, "new songs are like one"
        assert copies, "new songs are compared with the training songs"
        for number, (ids, likely) in enumerate(zip(*drawn, strict=True), 1):
            song = replace(
                tokenizer.decode(ids, prompt.like),
                title=_title(songs, number, len(drawn.songs)),
                composer=composer,
            )
            made.append(
                GeneratedSong(
                    song,
                    tuple(to_tokens(song)),
                    len(tokenizer.only_notes(prompt.ids)),
                    copies.longest(song),
                    closing_loop(tokenizer.only_notes(ids)),
                    float(likely),
                )
            )
        _warn_of_loops(made)
        return made

    def write(
        self, made: GeneratedSong, path: Path, request: Request
    ) -> tuple[GeneratedSong, list[Path]]:
        files = write_song(made.song, path, instrument=request.instrument)
        return replace(made, file=files[0]), files

    def _training_set(self, run: Trained[Named]) -> Dataset:
        record = run.record
        tokenizer = self.tokenizer(record.vocabulary)
        return Dataset.of(run.parts.train, record.model.window, tokenizer)


def score(predictor: Predictor, dataset: Dataset) -> Score:
    """One-step predictions of all notes of all songs; an end is no note."""
    scores, window = [], predictor.window
    pairs = list(zip(dataset.sequences, dataset.contexts, strict=True))
    for start in range(0, len(pairs), _AT_ONCE):
        sequences, contexts = zip(*pairs[start : start + _AT_ONCE], strict=True)
        logits = predictor.with_contexts(contexts).logits(sequences)
        for predicted, ids in zip(logits, sequences, strict=True):
            targets = ids[dataset.tokenizer.scored(ids, window)]
            scores.append(score_of(predicted[: len(targets)], targets))
    return total(scores)


def _title(songs: Sequence[Named], number: int, count: int) -> str:
    title = songs[0].song.title or songs[0].name
    more = f" and {len(songs) - 1} more" if len(songs) > 1 else ""
    return f"After {title}{more}" + (f", take {number}" if count > 1 else "")


def _warn_of_loops(songs: Sequence[GeneratedSong]) -> None:
    looping = [(number, song.loop) for number, song in enumerate(songs, 1) if song.loop]
    if not looping:
        return
    number, loop = looping[0]
    notes = "note" if loop.period == 1 else f"{loop.period} notes"
    which = "the song ends"
    if len(songs) > 1:
        which = f"{len(looping)} of {len(songs)} songs end (the first: song {number})"
    warnings.warn(
        f"{which} in a loop: the last {notes} {loop.rounds} times over; "
        "a higher --temperature may break it, --avoid-loops does",
        MelodyWarning,
        stacklevel=4,
    )
