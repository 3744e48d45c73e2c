"""Rows of n-gram models that see pitches by other viewpoints: as intervals, as scale degrees.

Both are computed from the pitches alone. What they predict is translated back to a distribution
of pitches, so that all rows combine.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np

from melodyrnn.experiments.benchmark.melodies import Melody
from melodyrnn.experiments.benchmark.rows import (
    LTM_PLUS,
    STM,
    BenchmarkRow,
    Distributions,
    Floats,
    Fold,
    fitted_in_song,
)
from melodyrnn.experiments.benchmark.tonics import SHIFTS, TONICS, Tonics, mixed_over_tonics
from melodyrnn.models.copying import copied, recent
from melodyrnn.models.ngrams.contexts import Contexts
from melodyrnn.models.ngrams.ppm import Ppm
from melodyrnn.sequences.vocabulary import Indices


class Pitches:
    """The pitches of a fold as MIDI numbers, and the tonics of its training melodies."""

    def __init__(self, fold: Fold) -> None:
        self.fold = fold
        self.midi = np.array(fold.midi)  # (V,)

    def of(self, melody: Melody) -> Indices:
        """(L,) MIDI numbers."""
        return np.asarray(self.midi[melody.pitches])

    @cached_property
    def tonics(self) -> Tonics:
        return Tonics.inferred([self.of(melody) for melody in self.fold.train])

    def over_tonics(self, melody: Melody, predicted: Floats, lowest: int) -> tuple[Floats, int]:
        """Predictions of shifted codes -> of the fold's pitches, mixed over the tonics, (L, V), and
        the likeliest tonic.

        ``predicted`` (12, L, C): of the codes from MIDI number ``lowest`` on, once the melody is
        moved down by the shift of each tonic.
        """
        places = self.midi - lowest - SHIFTS[:, None]  # (12, V)
        p = np.stack([each[:, codes] for each, codes in zip(predicted, places, strict=True)])
        p /= p.sum(-1, keepdims=True)
        return mixed_over_tonics(p, melody.pitches, self.tonics.prior)


def by_intervals(fold: Fold, _: Mapping[str, Distributions]) -> Distributions:
    """LTM+ over the intervals from note to note."""
    return _relative(fold, lambda notes: notes[:-1])


def from_first(fold: Fold, _: Mapping[str, Distributions]) -> Distributions:
    """LTM+ over the intervals from the first note, which itself is 0."""
    return _relative(fold, lambda notes: np.full(len(notes), notes[0]))


def _relative(fold: Fold, origins: Callable[[Indices], Indices]) -> Distributions:
    """LTM+ over intervals, which no transposition changes. A first note has none before it: it is
    predicted by how often each pitch began a training melody.

    ``origins``: (L,) MIDI numbers of a melody -> those that the intervals of its last notes start
    from, of all L or of all but the first.
    """
    pitches = Pitches(fold)
    widest = fold.midi[-1] - fold.midi[0]
    model = Ppm(2 * widest + 1)

    def intervals(notes: Indices) -> Indices:
        start = origins(notes)
        return notes[len(notes) - len(start) :] - start + widest

    tree = model.learn([intervals(pitches.of(melody)) for melody in fold.train])
    first = _first_notes(fold)
    found = []
    for melody in fold.test:
        notes = pitches.of(melody)
        p = model.follow(intervals(notes), tree, learning=True)
        codes = pitches.midi - origins(notes)[:, None] + widest
        p = np.take_along_axis(p, codes, axis=1)[len(p) - len(notes) + 1 :]  # (L - 1, V)
        found.append(np.concatenate([first[None], p / p.sum(-1, keepdims=True)]))
    return found


def by_degrees(fold: Fold, _: Mapping[str, Distributions]) -> Distributions:
    """LTM+ over degrees of the scale, mixed over the tonics that the melody may have.

    Each tonic has a tree of the melody so far beside the tree of all melodies before, which in the
    end learns it with the likeliest tonic.
    """
    pitches = Pitches(fold)
    lowest = fold.midi[0] - int(SHIFTS.max())
    model = Ppm(fold.midi[-1] - int(SHIFTS.min()) - lowest + 1)

    def codes(melody: Melody, tonic: int) -> list[int]:
        shifted: list[int] = (pitches.of(melody) - lowest - SHIFTS[tonic]).tolist()
        return shifted

    learned = model.learn(map(codes, fold.train, pitches.tonics.of))
    found = []
    for melody in fold.test:
        shifted = [codes(melody, tonic) for tonic in range(TONICS)]
        predicted = np.stack([_going_on(model, learned, each) for each in shifted])
        mixture, tonic = pitches.over_tonics(melody, predicted, lowest)
        found.append(mixture)
        _learn(learned, shifted[tonic])
    return found


def _going_on(model: Ppm, learned: Contexts, codes: list[int]) -> Floats:
    """Of each code, (L, C), from what was ``learned`` and the codes before it."""
    song = model.learn([[]])
    rows = []
    for place, code in enumerate(codes):
        rows.append(model.distribution([learned, song], codes[:place]))
        song.learn(code)
    return np.stack(rows)


def _learn(tree: Contexts, codes: list[int]) -> None:
    tree.begin()
    for code in codes:
        tree.learn(code)


def copying(row: BenchmarkRow) -> BenchmarkRow:
    """What is copied from earlier in the melody, and else what that row predicts."""

    def predict(fold: Fold, above: Mapping[str, Distributions]) -> Distributions:
        pairs = zip(fold.test, above[row.model], strict=True)
        return [copied(melody.pitches, p) for melody, p in pairs]

    return replace(row, model=f"{row.model}, copying", predict=predict)


def recent_pitches(fold: Fold, _: Mapping[str, Distributions]) -> Distributions:
    """Which pitches came lately."""
    return [recent(melody.pitches, fold.pitches) for melody in fold.test]


def _first_notes(fold: Fold) -> Floats:
    """How probable each pitch is as the first of a melody, (V,)."""
    firsts = [melody.pitches[0] for melody in fold.train]
    counts = np.bincount(firsts, minlength=fold.pitches) + 1.0
    return np.asarray(counts / counts.sum())


INTERVALS = BenchmarkRow("LTM+ of intervals", "C*I", "pitch", by_intervals)
FROM_FIRST = BenchmarkRow("LTM+ from the first note", "C*I", "pitch", from_first)
DEGREES = BenchmarkRow("LTM+ of degrees", "12 tonics", "pitch", by_degrees)
COPYING = copying(DEGREES)
RECENT = BenchmarkRow(
    "recent pitches", "fading by 0.7", "pitch", recent_pitches, printed=False, counts=0.0
)
MEMBERS = (LTM_PLUS, STM, FROM_FIRST, DEGREES, COPYING, RECENT)
"""The n-gram models that a combination takes."""

VIEWPOINTS: tuple[BenchmarkRow, ...] = (
    INTERVALS,
    FROM_FIRST,
    DEGREES,
    COPYING,
    RECENT,
    BenchmarkRow("n-grams combined", "fitted", "pitch", fitted_in_song(MEMBERS)),
)
"""In the order in which they are evaluated and printed."""
