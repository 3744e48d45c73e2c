"""The notes of a tune in, and of each whether it begins a bar out: the bar lines are hidden."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.lessons.lesson import (
    FIT_SETTINGS,
    NETWORK_SETTINGS,
    Finding,
    LearningCurve,
    Lesson,
    Table,
)
from melodyrnn.lessons.shared.corpus_tunes import INTERVALS, LabelledTune, Training, gather_split
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.music.interval_tokens import LARGEST, LENGTHS, SoundingNote, interval, nearest
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.tune_intervals import Ratio, difference, f1
from melodyrnn.sequences.tune_intervals import interval as confidence
from melodyrnn.sequences.windows import Batch, one_hot
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence, template

if TYPE_CHECKING:
    from melodyrnn.models.backend import keras

SIZES = (INTERVALS + 1, len(LENGTHS))
"""Of a note's attributes: the interval that leads to it, none for the first; its length."""

NOTES = 48
"""The first notes of each tune: all that is read and evaluated."""

BASELINES = (template("all notes"), template("by position"), template("by counts"))
"""The models that are no networks."""
NETWORKS = (template("one-way"), template("bidirectional"))

_THRESHOLDS = np.arange(0.1, 0.7, 0.02)
_BEATS = tuple(map(Fraction, ("1", "3/2", "2", "3", "4")))
_SHOWN = 16

Probabilities = npt.NDArray[np.float64]  # (N, T): that a note begins a bar
Marks = npt.NDArray[np.bool_]  # (N, T): whether it does


class MarkedTunes(NamedTuple):
    """Some tunes, and where their bars begin."""

    tunes: Sequence[LabelledTune]
    rows: Sequence[Sequence[tuple[int, int]]]  # of each tune, each note's attributes
    batch: Batch  # y (N, T) is 1 where a note begins a bar

    @property
    def targets(self) -> Marks:
        return np.asarray((self.batch.y == 1) & self.batch.mask, dtype=np.bool_)


Model = Callable[[MarkedTunes], Probabilities]


def note_attributes(notes: Sequence[SoundingNote]) -> list[tuple[int, int]]:
    """Of each note the two attributes of SIZES; bars, beats and onsets are hidden."""
    leads = [INTERVALS, *(interval(a, b) + LARGEST for a, b in pairwise(notes))]
    lengths = [LENGTHS.index(nearest(note.length, LENGTHS)) for note in notes]
    return list(zip(leads, lengths, strict=True))


def part_of(tunes: Sequence[LabelledTune]) -> MarkedTunes:
    """The first NOTES notes of each tune as a network reads them, and the targets."""
    rows = [note_attributes(tune.notes[:NOTES]) for tune in tunes]
    x, mask = one_hot(rows, SIZES, NOTES)
    y = np.zeros(mask.shape, dtype=np.int32)
    y[mask] = [note.begins_bar for tune in tunes for note in tune.notes[:NOTES]]
    return MarkedTunes(tunes, rows, Batch(x, y, mask))


def all_notes(part: MarkedTunes) -> Probabilities:
    """The baseline that marks every note."""
    return np.ones(part.batch.y.shape)


def by_position(training: MarkedTunes) -> Model:
    """The baseline that marks at a fixed period from the first note on: the period and offset, in
    quarter notes, that fit the training set best.
    """

    def predict(part: MarkedTunes, period: Fraction, offset: Fraction) -> Probabilities:
        marks = np.zeros(part.batch.y.shape)
        for row, tune in zip(marks, part.tunes, strict=True):
            notes = tune.notes[:NOTES]
            row[: len(notes)] = [
                (note.onset - notes[0].onset - offset) % period == 0 for note in notes
            ]
        return marks

    grid = [(period, Fraction(k, 4)) for period, k in product(_BEATS, range(16)) if k < 4 * period]
    best = max(grid, key=lambda beat: f1(predict(training, *beat) > 0, training.targets).value)
    return lambda part: predict(part, *best)


def by_counts(training: MarkedTunes) -> Model:
    """The baseline that counts how often a note like this one, after one like the one before it,
    began a bar.
    """
    notes, begun = Counter[object](), Counter[object]()
    for row, marks in zip(training.rows, training.targets, strict=True):
        for contexts, mark in zip(_contexts(row), marks, strict=False):
            notes.update(contexts)
            begun.update(contexts if mark else ())
    overall = training.targets.sum() / training.batch.mask.sum()

    def probability(contexts: Sequence[object]) -> float:
        p = float(overall)
        for context in contexts:  # each one smoothed by the last, as if seen twice there
            p = (begun[context] + 2 * p) / (notes[context] + 2)
        return p

    def predict(part: MarkedTunes) -> Probabilities:
        p = np.zeros(part.batch.y.shape)
        for row, line in zip(p, part.rows, strict=True):
            row[: len(line)] = [probability(contexts) for contexts in _contexts(line)]
        return p

    return predict


def _contexts(row: Sequence[tuple[int, int]]) -> Iterator[list[object]]:
    """Of each note: its length, all of it, and with the note before."""
    for before, note in zip([None, *row], row, strict=False):
        yield [note[1], note, (before, note)]


def _by_network(model: "keras.Model") -> Model:
    from melodyrnn.training.batches import logits_of

    def predict(part: MarkedTunes) -> Probabilities:
        return np.exp(log_softmax(logits_of(model, part.batch)))[..., 1]

    return predict


class BarEvaluation(NamedTuple):
    """A model on the tunes held out."""

    f1: Ratio
    marks: Marks


def _evaluate(predict: Model, validation: MarkedTunes, held_out: MarkedTunes) -> BarEvaluation:
    """With the threshold on the probability of a mark that is best on the validation set."""
    checked = predict(validation)
    best = max(_THRESHOLDS, key=lambda least: f1(checked >= least, validation.targets).value)
    marks = (predict(held_out) >= best) & held_out.batch.mask
    return BarEvaluation(f1(marks, held_out.targets), marks)


@dataclass(frozen=True)
class BarComparison:
    """All models on the tunes held out."""

    training: int  # tunes
    held_out: MarkedTunes
    evaluations: Mapping[str, BarEvaluation]

    @property
    def best_baseline(self) -> str:
        return max(BASELINES, key=lambda name: self.evaluations[name].f1.value)


def _run(lesson: Lesson, progress: Progress) -> Finding:
    training, validation, held_out = map(part_of, gather_split(lesson.own["tunes"], progress))
    models: dict[str, Model] = dict(
        zip(BASELINES, (all_notes, by_position(training), by_counts(training)), strict=True)
    )
    curves = []
    for name in NETWORKS:
        models[name], curve = _fit(Training(lesson, progress), name, training, validation)
        curves.append(curve)
    evaluations = {
        name: _evaluate(predict, validation, held_out) for name, predict in models.items()
    }
    return _finding(BarComparison(len(training.tunes), held_out, evaluations), curves)


def _fit(
    fitting: Training, name: str, training: MarkedTunes, validation: MarkedTunes
) -> tuple[Model, LearningCurve]:
    """The network ``name``, one of NETWORKS."""
    from melodyrnn.models.networks.sequence_network import vector_tagger

    lesson = fitting.lesson
    config = replace(lesson.model, bidirectional=name == "bidirectional")
    model = vector_tagger(config, NOTES, sum(SIZES), 2, seed=lesson.fit.seed, padded=True)
    return _by_network(model), fitting.fit(model, training.batch, validation.batch, name)


def _finding(compared: BarComparison, curves: Sequence[LearningCurve]) -> Finding:
    held_out, best = compared.held_out, compared.best_baseline
    scores = {name: evaluation.f1 for name, evaluation in compared.evaluations.items()}
    gain = difference(scores["bidirectional"], scores[best])
    one_way_gain = difference(scores["one-way"], scores[best])
    to_one_way = difference(scores["bidirectional"], scores["one-way"])
    values = {name: parts.value for name, parts in scores.items()}
    return Finding(
        holds=min(gain.low, one_way_gain.low) > 0,
        sentence=Sentence(
            "F1 on {tunes} held-out tunes: bidirectional {bidirectional:.3f}, one-way "
            "{one_way:.3f} (difference {to_one_way}); the best baseline, {best}, {baseline:.3f} "
            "(bidirectional less baseline: {gain})",
            tunes=len(held_out.tunes),
            bidirectional=values["bidirectional"],
            one_way=values["one-way"],
            to_one_way=to_one_way,
            best=best,
            baseline=values[best],
            gain=gain,
        ),
        figures={
            "tunes": {"learned": compared.training, "held_out": len(held_out.tunes)},
            "notes": int(held_out.batch.mask.sum()),
            "f1": values,
            "best_baseline": best,
            "bidirectional_above_baseline": gain.to_json(),
            "one_way_above_baseline": one_way_gain.to_json(),
            "bidirectional_above_one_way": to_one_way.to_json(),
        },
        tables=[_scores_table(scores), _example(compared)],
        curves=curves,
    )


def _scores_table(scores: Mapping[str, Ratio]) -> Table:
    return Table(
        "Which notes begin a bar, on held-out tunes",
        ["model", "F1", "95 %"],
        [
            [Sentence(name), f"{parts.value:.3f}", "{1:.3f} to {2:.3f}".format(*confidence(parts))]
            for name, parts in scores.items()
        ],
    )


def _example(compared: BarComparison) -> Table:
    """The first notes of the tune with the most correct marks: targets and predictions."""
    tunes, evaluations = compared.held_out.tunes, compared.evaluations
    place = max(range(len(tunes)), key=lambda n: evaluations["bidirectional"].f1.tops[n])
    marks = [evaluations[name].marks[place] for name in NETWORKS]
    tune = tunes[place]
    rows = [
        [
            str(number + 1),
            f"{note.midi}",
            f"{note.length}",
            "|" if note.begins_bar else "",
            *("|" if marked[number] else "" for marked in marks),
        ]
        for number, note in enumerate(tune.notes[:NOTES][:_SHOWN])
    ]
    title = Sentence(
        "The beginning of {title}, held out",
        title=tune.title,
    )
    return Table(title, ["note", "MIDI", "length", "bar", "one-way", "bidirectional"], rows)


LESSON = Lesson(
    name="bars",
    shape="many to many",
    about="notes in; which of them begin a bar",
    claim=(
        "by F1 on tunes held out, a one-way network and a bidirectional one find the bars better "
        "than positions or counts do, beyond chance"
    ),
    run=_run,
    model=SequenceConfig(units=32, dropout=0.2),
    fit=FitConfig(epochs=25, learning_rate=1e-2, batch=64, early_stop=False),
    own={"tunes": 213},
    uses=(*NETWORK_SETTINGS, *FIT_SETTINGS, "dropout"),
)
