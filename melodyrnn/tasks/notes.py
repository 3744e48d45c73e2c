"""What songs and tunes have in common, which are both sequences of notes."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np

from melodyrnn.data.copies import Copies
from melodyrnn.data.gather import Named, ReadAs, Songs, gather_all, warn_of
from melodyrnn.data.reasons import summary
from melodyrnn.data.song_families import family_numbers
from melodyrnn.data.split import SongSplit, Split
from melodyrnn.errors import ConfigError, warn
from melodyrnn.evaluation.judging import SongsToJudge, judge_songs
from melodyrnn.evaluation.measures import Played
from melodyrnn.evaluation.note_scores import Judged
from melodyrnn.evaluation.note_table import NotesOf
from melodyrnn.evaluation.result import Evaluated
from melodyrnn.evaluation.take_score import Usage
from melodyrnn.formats.melody.choice import AUTO, OR
from melodyrnn.generation.generate import Drawn
from melodyrnn.models.combining import Joined
from melodyrnn.models.config import FormConfig, SampleConfig
from melodyrnn.models.context import SequenceContext
from melodyrnn.models.lookback import LookingBack
from melodyrnn.models.model import NgramModel
from melodyrnn.models.ngrams import short_term
from melodyrnn.models.predictor import Predictor
from melodyrnn.models.settings import check
from melodyrnn.models.viewpoints.observer import Observer
from melodyrnn.music.durations import ticks
from melodyrnn.music.note_tokens import plain_tokens, to_tokens
from melodyrnn.music.song import Note, Song
from melodyrnn.render.instruments import program
from melodyrnn.render.pages.training_data import Shown
from melodyrnn.render.targets import song_targets
from melodyrnn.render.write import write_song
from melodyrnn.runs.pretraining import in_pretraining
from melodyrnn.runs.record import Record
from melodyrnn.sequences.open_vocabulary import OpenVocabulary
from melodyrnn.sequences.score import Score, score_of
from melodyrnn.sequences.vocabulary import Indices, Vocabulary
from melodyrnn.system.place import Place
from melodyrnn.system.progress import Progress, silent
from melodyrnn.tasks import shown
from melodyrnn.tasks.control.form import MOST_NOTES, form_of, headers_drawn
from melodyrnn.tasks.control.primer import beginning, header_of, notes_given, too_short
from melodyrnn.tasks.control.redraw import check_redraw, gap_of, redraw_of
from melodyrnn.tasks.dataset import Dataset, context_of, logits_of, long_enough
from melodyrnn.tasks.generated_song import GeneratedSong
from melodyrnn.tasks.headers import TuneHeaders
from melodyrnn.tasks.new_songs import made_song, titled, warn_of_loops
from melodyrnn.tasks.task import (
    Evaluation,
    Measurement,
    Prompt,
    Reading,
    Request,
    Settings,
    Task,
    TokenLine,
    Trained,
)
from melodyrnn.tasks.tokenizer import NoteTokenizer
from melodyrnn.tasks.whole_songs.choice import candidates_of, log_weight_of

TEMPOS = {"real": True, "least": 5.0, "most": 1000.0}
"""Quarter notes per minute."""


class NoteTask(Task[Named, Dataset]):
    """Learning from notes."""

    unit = "note"
    of_notes = True

    def name_of(self, items: Sequence[Named]) -> str:
        if isinstance(items, Songs):
            return items.name
        return items[0].name if len(items) == 1 else f"{len(items)} songs"

    def read_as(self, items: Sequence[Named]) -> ReadAs:
        return items.read_as if isinstance(items, Songs) else ReadAs()

    @abstractmethod
    def tokenizer(self, vocabulary: Vocabulary) -> NoteTokenizer: ...

    @abstractmethod
    def record(self, parts: SongSplit, settings: Settings) -> Record:
        """The record of a run on songs that are split already. Raises MelodyError."""

    def encode(self, record: Record, parts: Split[Sequence[Named]]) -> Split[Dataset]:
        tokenizer, window = self.tokenizer(record.vocabulary), record.model.window
        return Split(*(Dataset.of(songs, window, tokenizer) for songs in parts))

    def sequences(self, data: Dataset) -> Sequence[Indices]:
        return data.sequences

    def in_context(self, predictor: Predictor, data: Dataset) -> Predictor:
        return predictor.with_contexts(data.contexts)

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
        those too short for the run's window are left out. They are read as those that it learned.
        """
        parts, record = run.parts, run.record
        if sources == ():
            return parts.held_out or parts.train, ()
        track, grid = _read_as(record, reading.track, reading.grid)
        progress = reading.progress or silent
        found = gather_all(sources, track=track, grid=grid, progress=progress)
        if len(found.songs) > 1:
            tokenizer = self.tokenizer(record.vocabulary)
            kept, reasons = long_enough(found.songs, tokenizer, record.model.window)
            if not kept:
                raise ConfigError(
                    f"{run.path}: can predict none of the {len(found.songs)} songs: "
                    f"{summary(reasons)}; give longer ones"
                )
            songs = Songs(kept, found.songs.name)
            found = replace(found, songs=songs, left_out=(*found.left_out, *reasons))
        warn_of(found, reading.report)
        return found.songs, found.left_out

    def evaluate(
        self,
        run: Trained[Named],
        predictor: Predictor,
        items: Sequence[Named],
        place: Place,
        progress: Progress,
    ) -> Evaluation:
        record = run.record
        tokenizer = self.tokenizer(record.vocabulary)
        dataset = Dataset.of(items, record.model.window, tokenizer)
        # What chose the best weights is not new either.
        learned = [*run.parts.train, *run.parts.validation]
        tunes, copies = {tuple(plain_tokens(each.song)) for each in learned}, Copies(learned)
        told = record.model.spec.viewpoints
        headers = TuneHeaders([each.song for each in learned]) if told else None
        seen = [tuple(plain_tokens(named.song)) in tunes for named in items]
        vocabulary = tokenizer.opened(record.unknown_rate)
        measured = SongsToJudge(dataset, dataset.vocabularies(vocabulary, seen))
        found, played = self.judge(predictor, measured, place, progress)
        families = family_numbers([named.song for named in items])
        before = in_pretraining(run.path, items) if record.base else [False] * len(items)
        evaluated = []
        for named, each, is_seen, family, is_known in zip(
            items, found, seen, families, before, strict=True
        ):
            song, copied = named.song, None if is_seen else copies.longest(named.song)
            header = headers.bits(song) if headers else None
            evaluated.append(
                Evaluated(
                    named.name,
                    song.title,
                    len(song),
                    is_seen,
                    each.scores,
                    copied,
                    family,
                    is_known,
                    header,
                    NotesOf(named.name, song, each.figures, tokenizer.end is not None),
                )
            )
        return Evaluation(tuple(evaluated), tuple(dataset.targets), played)

    def judge(
        self, predictor: Predictor, songs: SongsToJudge, place: Place, progress: Progress
    ) -> tuple[list[Judged], tuple[Played, ...] | None]:
        """Each song as it is predicted, and how it is played, where it is."""
        return judge_songs(predictor, songs, place, progress), None

    def line(
        self, run: Trained[Named], primer: str | Path | Song | None, reading: Reading
    ) -> TokenLine:
        """Notes that the run does not know are seen as the nearest that it knows."""
        dataset, window = self._learned(run), run.record.model.window
        tokenizer, first = dataset.tokenizer, len(dataset.tokenizer.opening)
        track, grid = _read_as(run.record, reading.track, reading.grid)
        notes: tuple[Note, ...] = ()
        song = None
        if primer is not None:
            notes, song = notes_given(primer, track=track, grid=grid, silence=True)
        bare = Song(notes)
        ids = tokenizer.read(bare, {})[0][: first + len(notes)]
        if len(ids) < window:
            raise too_short(ids, dataset, window)
        counted = tuple(
            tuple(
                dataset.vocabulary.index(each)
                for each in tokenizer.alike(token)
                if each in dataset.vocabulary
            )
            for token in tokenizer.tokens(bare)[first : first + len(notes)]
        )
        return TokenLine(tuple(to_tokens(bare)), ids, counted, song or header_of(ids, dataset))

    def spelled(self, run: Trained[Named], ids: Sequence[int], line: TokenLine) -> list[str]:
        """As the key of the notes spells them."""
        tokenizer = self.tokenizer(run.record.vocabulary)
        assert line.like is not None, "notes have a header"
        return [
            to_tokens(tokenizer.decode(np.array([each]), line.like))[0]
            if tokenizer.notes[each]
            else tokenizer.vocabulary.symbols[each]
            for each in ids
        ]

    def shown(
        self,
        run: Trained[Named],
        predictor: Predictor,
        data: Split[Dataset],
        measurement: Measurement,
    ) -> Shown:
        """The songs held out, each by itself."""
        if not measurement.each:
            return super().shown(run, predictor, data, measurement)
        return shown.held_out(predictor, run.record, data.held_out, measurement.each)

    # New songs

    def check(self, settings: Settings, request: Request) -> None:
        if request.length is not None:
            check("length", request.length, {"least": 1, "most": MOST_NOTES})
        if request.tempo is not None:
            check("tempo", request.tempo, TEMPOS)
        if request.title is not None:
            check("title", request.title, {"text": True})
        program(request.instrument)
        if request.primer_notes is not None:
            check("primer_notes", request.primer_notes, {"least": 1})
            if request.primer is None:
                raise ConfigError("--primer-notes has no effect without --primer; leave it out")
        if request.redraw is not None:
            if request.primer is None:
                raise ConfigError("--redraw has no effect without --primer; name the song by it")
            if not request.keep_primer:
                raise ConfigError("--no-keep-primer has no effect with --redraw; leave it out")
            also = {name for name in ("length", "primer_notes") if getattr(request, name)}
            check_redraw(request.redraw, {*settings, *also})

    def prompts(
        self, run: Trained[Named], request: Request, form: FormConfig, config: SampleConfig
    ) -> list[Prompt]:
        """The primer, and bars, scale and end as constraints. Where a model knows of meter, key and
        pickup, and there is no primer, each song draws its own.
        """
        if request.redraw is not None:
            return [self._redrawing(run, request)]
        dataset, copies = self._learned(run), run.copies
        track, grid = _read_as(run.record, request.track, request.grid)
        given = beginning(
            request.primer,
            dataset,
            run.record.model.window,
            notes=request.primer_notes,
            track=track,
            grid=grid,
        )
        songs: dict[Song, list[int]] = {given.like: list(range(request.count))}
        if run.record.model.spec.viewpoints and request.primer is None:
            songs = headers_drawn(form, dataset.headers, request.count, config)
        candidates = candidates_of(run, request, form, config)
        asked = [
            form_of(
                form,
                dataset,
                copies,
                given._replace(like=like),
                request.length,
                keep_primer=request.keep_primer,
            )
            for like in songs
        ]
        for remark in dict.fromkeys(each.remark for each in asked if each.remark):
            warn(remark)
        left_out = given.indices[: 0 if request.keep_primer else None]
        return [
            Prompt(
                given.indices,
                each.length,
                each.constraints,
                each.like,
                copies,
                len(left_out),
                dataset.tokenizer.duration(left_out),
                each.bars,
                numbers,
                candidates,
                log_weight_of(run, dataset.tokenizer, each.like, len(left_out))
                if candidates > 1
                else None,
            )
            for each, numbers in zip(asked, songs.values(), strict=True)
        ]

    def _redrawing(self, run: Trained[Named], request: Request) -> Prompt:
        """The notes before those that are drawn anew, and those after them as a constraint."""
        assert request.primer is not None, "a song is drawn anew in part"
        assert request.redraw is not None, "a song is drawn anew in part"
        dataset = self._learned(run)
        track, grid = _read_as(run.record, request.track, request.grid)
        notes, song = notes_given(request.primer, track=track, grid=grid, silence=True)
        redraw = redraw_of(notes, song, check_redraw(request.redraw, ()), dataset)
        gap, song = gap_of(redraw, dataset, run.record.model.window), redraw.song
        bars, rest = divmod(song.duration - song.pickup, song.meter.bar)
        return Prompt(
            gap.before,
            gap.most,
            (gap.constraint,),
            replace(song, notes=(), chords=()),
            run.copies,
            bars=0 if rest else int(bars),
            numbers=range(request.count),
            redraw=redraw,
            after=len(gap.after),
        )

    def aligned(self, predictor: Predictor, prompts: Sequence[Prompt]) -> Predictor:
        """In the bars of the new songs, which the primer has too where it is none of them; how many
        there are is known where it is asked for.
        """
        return predictor.with_contexts([*map(_context, prompts)])

    def targets(self, request: Request) -> list[list[Path]]:
        return song_targets(
            request.outputs, request.formats, request.best or request.count, request.overwrite
        )

    def make(
        self,
        run: Trained[Named],
        prompts: Sequence[Prompt],
        drawn: Sequence[Drawn],
        config: SampleConfig,
        request: Request,
    ) -> list[GeneratedSong]:
        """With ``request.best``, those with the highest scores, of equals the first drawn."""
        copies = prompts[0].copies
        assert copies, "new songs are compared with the training songs"
        usage = usage_of(run, copies)
        tokenizer = self.tokenizer(run.record.vocabulary)
        composer = f"melodyrnn, {run.record.model.model}, seed {config.seed}"
        made = [
            made_song(number + 1, ids, float(likely), prompt, tokenizer, usage)
            for prompt, songs in zip(prompts, drawn, strict=True)
            for number, ids, likely in zip(prompt.numbers, *songs, strict=False)
        ]
        made.sort(key=lambda each: each.take)
        if request.best:
            made = sorted(made, key=lambda song: -song.score.total)[: request.best]
        warn_of_loops(made)
        name = self.title(run) if request.title is None else request.title
        several = len(made) > 1
        return [titled(each, name, composer, request.tempo, several=several) for each in made]

    def title(self, run: Trained[Named]) -> str:
        """What new songs are called where nothing is said."""
        songs = run.learned
        more = f" and {len(songs) - 1} more" if len(songs) > 1 else ""
        return f"After {songs[0].song.title or songs[0].name}{more}"

    def write(
        self, made: GeneratedSong, targets: Sequence[Path], request: Request
    ) -> GeneratedSong:
        write = partial(write_song, instrument=request.instrument, playing=request.playing)
        files = [file for target in targets for file in write(made.song, target)]
        return replace(made, files=tuple(files))

    def _learned(self, run: Trained[Named]) -> Dataset:
        """The same at each call, of one run."""
        return cast("Dataset", run.training_set)

    def training_set(self, run: Trained[Named]) -> Dataset:
        """Its songs are read as they are asked for: most are only known to be there."""
        return Dataset.on_demand(run.learned, self.tokenizer(run.record.vocabulary))


def scores_of(
    predictor: Predictor, dataset: Dataset, vocabulary: OpenVocabulary, *, learned: bool = False
) -> tuple[Score, ...]:
    """One-step predictions of each song: ``learned`` ones or new ones."""
    scores = []
    end, known = dataset.tokenizer.end, len(dataset.vocabulary)
    vocabularies = dataset.vocabularies(vocabulary, [learned] * len(dataset.songs))
    for place, logits in enumerate(logits_of(predictor, dataset)):
        widened, targets, _ = dataset.scored(place, logits, vocabularies[place])
        scores.append(score_of(widened, targets, end=end, known=known))
    return tuple(scores)


def usage_of(run: Trained[Named], copies: Copies) -> Usage:
    """How the songs that a run knows are: as was found when it was trained, where it has many."""
    found = run.record.metrics.get("usage")
    return Usage.from_json(found) if found else Usage.of(run.parts, copies)


def _context(prompt: Prompt) -> SequenceContext:
    assert prompt.like is not None, "new songs are like one"
    line, bar = prompt.before + prompt.like.pickup, prompt.like.meter.bar
    context = context_of(replace(prompt.like, pickup=line % bar))
    if prompt.bars:
        cycles, end = prompt.bars + int(line // bar), ticks(line + prompt.bars * bar)
        context = context._replace(cycles=cycles, end=end)
    return context


def _read_as(record: Record, track: str | None, grid: str | None) -> ReadAs:
    """As is asked for or else as the songs were that a run learned from, where a file has the track
    that they had.
    """
    kept = record.track and f"{record.track}{OR}{AUTO}"
    return ReadAs(track or kept, grid or record.grid)
