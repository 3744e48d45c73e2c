"""What a run knows of songs: its own, which it may remember, or others, which it never heard."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, cast

from melodyrnn.data.copies import Copied, Copies
from melodyrnn.data.gather import (
    Named,
    Reading,
    Songs,
    Source,
    gather,
    gather_all,
    summary,
    warn_of,
)
from melodyrnn.errors import ConfigError
from melodyrnn.evaluation.generated import EvaluateGeneratedResult, evaluate_generated
from melodyrnn.evaluation.measures import Measures, measure, measures_of
from melodyrnn.evaluation.note_scores import Scores, Telling, notes_told
from melodyrnn.models.lookback import under
from melodyrnn.music.note_tokens import plain_tokens
from melodyrnn.runs import record as runs
from melodyrnn.runs.run import OpenRun, open_run, songs_of
from melodyrnn.system.progress import Progress, silent
from melodyrnn.tasks.tokenizer import Dataset, tellable
from melodyrnn.workflows.evaluate_text import EvaluateTextResult, evaluate_text

Sources = Source | Iterable[Source]


@dataclass(frozen=True)
class EvaluateResult:
    """A run measured on songs. What it heard in training and what not is never measured together,
    but for the figures of all songs in ``to_json``, where they stand for a run on few songs.
    """

    model: str
    window: int
    dataset: Dataset
    heard: tuple[bool, ...]  # of each song: whether the run was trained on it
    copied: tuple[Copied | None, ...]  # of each song that was not: what one that was has too
    scores: tuple[Scores, ...]  # of each song
    measures: Measures | None  # with the whole-song test; None for a run on many tunes
    with_short_term: bool
    left_out: tuple[str, ...]  # why, of each tune that cannot be read or told, its name first
    source = "songs"

    @cached_property
    def memory(self) -> Telling | None:
        """Of the songs heard in training."""
        return self._telling(True)

    @cached_property
    def generalising(self) -> Telling | None:
        """Of the songs never heard in training."""
        return self._telling(False)

    @property
    def hardly_new(self) -> list[tuple[Named, Copied]]:
        """The songs never heard of which half or more stands in one that was; most notes first."""
        pairs = zip(self.dataset.songs, self.copied, strict=True)
        found = [(each, c) for each, c in pairs if c and 2 * c.notes >= len(each.song)]
        return sorted(found, key=lambda pair: -pair[1].notes)

    def measures_of(self, heard: bool) -> Measures:
        """Of the songs heard in training, or of the others."""
        assert self.measures, "a run on many tunes plays no song from memory"
        kept = [place for place, known in enumerate(self.heard) if known == heard]
        sequences = [self.dataset.sequences[place] for place in kept]
        return measures_of(self.window, sequences, [self.measures.played[p] for p in kept])

    def _telling(self, heard: bool) -> Telling | None:
        scores = [s for s, known in zip(self.scores, self.heard, strict=True) if known == heard]
        return Telling.of(scores) if scores else None

    def to_json(self) -> dict[str, Any]:
        document: dict[str, Any] = {
            "model": self.model,
            "with_short_term": self.with_short_term,
            "window": self.window,
            "left_out": list(self.left_out),
        }
        songs = [self._song(place) for place in range(len(self.heard))]
        if self.measures:
            document |= self.measures.to_json()
            told = [song["whole_song"]["tokens"] for song in songs]
            document["whole_song"]["tokens"] = [token for song in told for token in song]
        elif telling := self.generalising or self.memory:
            document["bits_per_note"] = telling.told["both"].bits.value
        parts = {"memory": self.memory, "generalising": self.generalising}
        document |= {name: part and part.to_json() for name, part in parts.items()}
        return {**document, "songs": songs}

    def _song(self, place: int) -> dict[str, Any]:
        named, copied = self.dataset.songs[place], self.copied[place]
        document: dict[str, Any] = {
            "name": named.name,
            "title": named.song.title,
            "heard_in_training": self.heard[place],
            "copied": copied and copied.to_json(),
            "bits": {name: score.bits for name, score in self.scores[place].items()},
        }
        if measures := self.measures:
            tokens = self.dataset.vocabulary.decode(measures.played[place].whole_song)
            whole = measures.whole_songs[place].to_json()
            document["one_step"] = measures.one_steps[place].to_json()
            document["whole_song"] = {**whole, "tokens": tokens}
        return document


def evaluate(
    run: str | Path | None = None,
    songs: Sources = (),
    *,
    generated: Sources = (),
    training: Sources = (),
    held_out: Sources = (),
    track: str | None = None,
    grid: str | None = None,
    report: bool = False,
    with_short_term: bool = False,
    progress: Progress = silent,
) -> EvaluateResult | EvaluateTextResult | EvaluateGeneratedResult:
    """Measure a run on ``songs``; without any, on those it was trained on, or, of a run on many
    tunes, on those held out of its training.

    With ``generated``, such songs are measured instead, beside those of ``training``, by default
    the run's, and those that people made and the run never heard, ``held_out``, by default the
    run's where it has such. ``report`` and ``progress`` are those of ``gather``, and songs measured
    are counted too. Of several ``songs``, those that the run cannot tell, for want of a code or of
    notes, are left out as those that cannot be read are. ``with_short_term``: the run is joined by
    a model of what the song itself has had so far. Raises MelodyError. A run on text is measured on
    text files: see ``evaluate_text``.
    """
    options: dict[str, Any] = {"track": track, "grid": grid, "progress": progress}
    if generated != ():
        if with_short_term:
            raise ConfigError("--with-short-term is of no use with --generated; leave it out")
        read = partial(gather, report=report, **options)
        return _evaluate_generated(run, songs, generated, training, held_out, progress, read)
    for option, given in (("--training", training), ("--held-out", held_out)):
        if given != ():
            raise ConfigError(f"{option} is of use beside --generated songs only; leave it out")
    if run is None:
        raise ConfigError("nothing to measure; name a RUN, or songs by --generated")
    run = Path(run)
    record = runs.read_record(run)
    if record.source == "text":
        if with_short_term:
            raise ConfigError("--with-short-term is of no use for a text; leave it out")
        return evaluate_text(run, record, cast(Any, songs))
    opened = open_run(run, record)
    parts, window = opened.parts, opened.window
    named: Sequence[Named] = parts.held_out or parts.learned
    left_out: tuple[str, ...] = ()
    if songs != ():
        reading = _told_by(opened, gather_all(songs, **options))
        warn_of(reading, report)
        named, left_out = reading.songs, reading.left_out
    dataset = Dataset.of(named, window, record.vocabulary)
    predictor, measures = opened.predictor(with_short_term), None
    if record.source == "songs":
        measures = measure(predictor, dataset)
        logits: Sequence[Any] = [played.logits for played in measures.played]
    else:
        logits = under(predictor, dataset.cycles).logits(dataset.sequences)
    # What chose the best weights was heard too, if not learned.
    known = [*parts.learned, *parts.validation]
    tunes, copies = {tuple(plain_tokens(each.song)) for each in known}, Copies(known)
    heard = tuple(tuple(plain_tokens(each.song)) in tunes for each in named)
    return EvaluateResult(
        record.model.model,
        window,
        dataset,
        heard,
        tuple(
            None if memory else copies.longest(each.song)
            for each, memory in zip(named, heard, strict=True)
        ),
        tuple(notes_told(logits, dataset.sequences, dataset.vocabulary)),
        measures,
        with_short_term,
        left_out,
    )


def _told_by(opened: OpenRun, reading: Reading) -> Reading:
    """Without the songs that the run cannot tell; one that is alone stays, to be refused by name.

    Raises ConfigError where none is left.
    """
    songs = reading.songs
    if len(songs) == 1:
        return reading
    able, reasons = tellable(songs, opened.window, opened.record.vocabulary)
    if not able:
        raise ConfigError(
            f"{opened.path}: can tell none of the {len(songs)} songs: {summary(reasons)}; "
            "a model tells only what it was trained to tell"
        )
    return replace(reading, songs=Songs(able, songs.name), left_out=(*reading.left_out, *reasons))


def _evaluate_generated(
    run: str | Path | None,
    songs: Sources,
    generated: Sources,
    training: Sources,
    held_out: Sources,
    progress: Progress,
    read: Callable[[Sources], Sequence[Named]],
) -> EvaluateGeneratedResult:
    if songs != ():
        raise ConfigError(
            "SONGS are told by the run, --generated songs are set beside others; ask for one"
        )
    if (run is None) == (training == ()):
        raise ConfigError(
            "--generated songs are set beside those they came from: name their RUN, or those songs "
            "by --training, and not both"
        )
    learned: Sequence[Named] = ()
    unheard: Sequence[Named] = ()
    if run is not None:
        parts = songs_of(Path(run), runs.read_record(Path(run)))
        learned, unheard = parts.learned, parts.held_out
    if training != ():
        learned = read(training)
    if held_out != ():
        unheard = read(held_out)
    return evaluate_generated(read(generated), learned, unheard, progress)
