"""The notes of a tune in, and of each whether it begins a bar out: the bar lines are hidden."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.lessons.lesson import (
    LEARNING,
    NETWORK,
    Curve,
    Finding,
    Lesson,
    Progress,
    Table,
)
from melodyrnn.lessons.shared.corpus_tunes import INTERVALS, Tune, fit, gathered
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.music.moves import LARGEST, LENGTHS, Sounding, interval, nearest
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.tune_intervals import Parts, difference, f1
from melodyrnn.sequences.tune_intervals import interval as confidence
from melodyrnn.sequences.windows import Batch, one_hot

SIZES = (INTERVALS + 1, len(LENGTHS))
"""Of a note's attributes: the interval that leads to it, none for the first; its length."""

NOTES = 48
"""The first notes of each tune: all that is seen, and judged."""

_THRESHOLDS = np.arange(0.1, 0.7, 0.02)
_BEATS = tuple(map(Fraction, ("1", "3/2", "2", "3", "4")))
_SHOWN = 16

Shares = npt.NDArray[np.float64]  # (N, T): how surely a note begins a bar
Marks = npt.NDArray[np.bool_]  # (N, T)


class Part(NamedTuple):
    """Some tunes, and where their bars begin."""

    tunes: Sequence[Tune]
    rows: Sequence[Sequence[tuple[int, int]]]  # of each tune, each note's attributes
    batch: Batch  # y (N, T) is 1 where a note begins a bar

    @property
    def begins(self) -> Marks:
        return np.asarray((self.batch.y == 1) & self.batch.mask, dtype=np.bool_)


def seen(notes: Sequence[Sounding]) -> list[tuple[int, int]]:
    """Of each note the two attributes of SIZES. Of bars, beats and onsets nothing is said."""
    leads = [INTERVALS, *(interval(a, b) + LARGEST for a, b in pairwise(notes))]
    lengths = [LENGTHS.index(nearest(note.length, LENGTHS)) for note in notes]
    return list(zip(leads, lengths, strict=True))


def part_of(tunes: Sequence[Tune]) -> Part:
    rows = [seen(tune.notes[:NOTES]) for tune in tunes]
    x, mask = one_hot(rows, SIZES, NOTES)
    y = np.zeros(mask.shape, dtype=np.int32)
    y[mask] = [note.begins_bar for tune in tunes for note in tune.notes[:NOTES]]
    return Part(tunes, rows, Batch(x, y, mask))


def always(part: Part) -> Shares:
    return np.ones(part.batch.y.shape)


def by_position(learned: Part) -> Callable[[Part], Shares]:
    """Every so many quarter notes from the first one on: as fits the learned tunes best."""

    def told(part: Part, every: Fraction, first: Fraction) -> Shares:
        shares = np.zeros(part.batch.y.shape)
        for row, tune in zip(shares, part.tunes, strict=True):
            notes = tune.notes[:NOTES]
            row[: len(notes)] = [
                (note.onset - notes[0].onset - first) % every == 0 for note in notes
            ]
        return shares

    grid = [(every, Fraction(k, 4)) for every, k in product(_BEATS, range(16)) if k < 4 * every]
    best = max(grid, key=lambda beat: f1(told(learned, *beat) > 0, learned.begins).value)
    return lambda part: told(part, *best)


def by_counts(learned: Part) -> Callable[[Part], Shares]:
    """How often a note like this one, after one like the one before it, began a bar."""
    notes, begun = Counter[object](), Counter[object]()
    for row, marks in zip(learned.rows, learned.begins, strict=True):
        for contexts, mark in zip(_contexts(row), marks, strict=False):
            notes.update(contexts)
            begun.update(contexts if mark else ())
    whole = learned.begins.sum() / learned.batch.mask.sum()

    def share(contexts: Sequence[object]) -> float:
        p = float(whole)
        for context in contexts:  # each one helped out by the last, as if seen twice there
            p = (begun[context] + 2 * p) / (notes[context] + 2)
        return p

    def told(part: Part) -> Shares:
        shares = np.zeros(part.batch.y.shape)
        for row, line in zip(shares, part.rows, strict=True):
            row[: len(line)] = [share(contexts) for contexts in _contexts(line)]
        return shares

    return told


def _contexts(row: Sequence[tuple[int, int]]) -> Iterator[list[object]]:
    """Of each note: its length, all of it, and with the note before."""
    for before, note in zip([None, *row], row, strict=False):
        yield [note[1], note, (before, note)]


def _by_network(model: Any) -> Callable[[Part], Shares]:
    from melodyrnn.training.batches import logits_of

    def told(part: Part) -> Shares:
        return np.exp(log_softmax(logits_of(model, part.batch)))[..., 1]

    return told


def _judged(
    told: Callable[[Part], Shares], validation: Part, held_out: Part
) -> tuple[Parts, Marks]:
    """F1 on the tunes held out, and the marks; from which share on a note is marked is what is
    best for the tunes of validation.
    """
    checked = told(validation)
    best = max(_THRESHOLDS, key=lambda least: f1(checked >= least, validation.begins).value)
    marks = (told(held_out) >= best) & held_out.batch.mask
    return f1(marks, held_out.begins), marks


def _teach(lesson: Lesson, progress: Progress) -> Finding:
    from melodyrnn.models.networks.sequence_network import vector_tagger

    learned, validation, held_out = map(part_of, gathered(lesson.own["tunes"], progress))
    judges = {
        "all notes": always,
        "by position": by_position(learned),
        "by counts": by_counts(learned),
    }
    curves: list[Curve] = []
    for name, both_ends in (("one-way", False), ("bidirectional", True)):
        config = replace(lesson.model, bidirectional=both_ends)
        model = vector_tagger(config, NOTES, sum(SIZES), 2, seed=lesson.fit.seed, padded=True)
        curves.append(fit(lesson, model, learned.batch, validation.batch, progress, name))
        judges[name] = _by_network(model)
    judged = {name: _judged(told, validation, held_out) for name, told in judges.items()}
    scores = {name: parts for name, (parts, _) in judged.items()}
    best = max(("all notes", "by position", "by counts"), key=lambda name: scores[name].value)
    gain = difference(scores["bidirectional"], scores[best])
    one_way_gain = difference(scores["one-way"], scores[best])
    both_ends_gain = difference(scores["bidirectional"], scores["one-way"])
    figures = {name: parts.value for name, parts in scores.items()}
    shown = max(range(len(held_out.tunes)), key=lambda n: scores["bidirectional"].tops[n])
    return Finding(
        holds=min(gain.low, one_way_gain.low) > 0,
        sentence=(
            f"F1 on {len(held_out.tunes)} held-out tunes: bidirectional "
            f"{figures['bidirectional']:.3f}, one-way {figures['one-way']:.3f} (difference "
            f"{both_ends_gain}); the best of what is no network, {best}, {figures[best]:.3f} "
            f"(the bidirectional network above it: {gain})"
        ),
        figures={
            "tunes": {"learned": len(learned.tunes), "held_out": len(held_out.tunes)},
            "notes": int(held_out.batch.mask.sum()),
            "f1": figures,
            "best_baseline": best,
            "bidirectional_above_baseline": gain.to_json(),
            "one_way_above_baseline": one_way_gain.to_json(),
            "bidirectional_above_one_way": both_ends_gain.to_json(),
        },
        tables=[
            Table(
                "Which notes begin a bar, on held-out tunes",
                ["told", "F1", "95 %"],
                [
                    [name, f"{parts.value:.3f}", "{1:.3f} to {2:.3f}".format(*confidence(parts))]
                    for name, parts in scores.items()
                ],
            ),
            _shown(held_out, shown, {name: marks for name, (_, marks) in judged.items()}),
        ],
        curves=curves,
    )


def _shown(part: Part, place: int, marks: dict[str, Marks]) -> Table:
    """The first notes of one tune: which begin a bar, and which were told to."""
    tune = part.tunes[place]
    rows = [
        [
            str(number + 1),
            f"{note.midi}",
            f"{note.length}",
            "|" if note.begins_bar else "",
            *("|" if marks[name][place, number] else "" for name in ("one-way", "bidirectional")),
        ]
        for number, note in enumerate(tune.notes[:NOTES][:_SHOWN])
    ]
    title = f"The beginning of {tune.song.title or tune.name}, held out"
    return Table(title, ["note", "MIDI", "length", "bar", "one-way", "bidirectional"], rows)


LESSON = Lesson(
    name="bars",
    shape="many to many",
    about="notes in; which of them begin a bar",
    claim=(
        "by F1 on tunes held out, a network that reads one way and one that reads from both ends "
        "find the bars better than positions or counts do, beyond chance"
    ),
    teach=_teach,
    model=SequenceConfig(units=32, dropout=0.2),
    fit=FitConfig(epochs=25, learning_rate=1e-2, batch=64, early_stop=False),
    own={"tunes": 213},
    uses=(*NETWORK, *LEARNING, "dropout"),
)
