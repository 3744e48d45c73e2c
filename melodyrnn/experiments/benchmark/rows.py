"""The rows of a benchmark: models that learn from a part of a collection and tell the rest.

A row is a line of a table: here of those that count, in ``network_rows`` of those that learn by
gradient.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from melodyrnn.experiments.benchmark.melodies import Melody
from melodyrnn.models.combining import combine
from melodyrnn.models.counted.ppm import SHORT_TERM, Ppm
from melodyrnn.models.mixing_weights import Pool
from melodyrnn.sequences.vocabulary import Indices

Floats = npt.NDArray[np.float64]
Told = list[Floats]
"""Of each melody of the test, (L, V): of each of its notes, the distribution told before it."""

REHEARSED = 8
"""Of so many learned melodies one is told in the rehearsal."""


@dataclass(frozen=True)
class Fold:
    """One part of a collection to be told, by what was learned from all others."""

    learned: tuple[Melody, ...]
    test: tuple[Melody, ...]
    midi: tuple[int, ...]  # V MIDI numbers, ascending: the alphabet of the whole collection
    seed: int  # of whatever a row draws at random
    prepared: Mapping[str, Any] = field(default_factory=dict)  # row -> what it made for all folds

    @property
    def pitches(self) -> int:
        """V."""
        return len(self.midi)

    @property
    def learned_pitches(self) -> list[Indices]:
        return [melody.pitches for melody in self.learned]

    @cached_property
    def rehearsal(self) -> "Fold":
        """The learned melodies alone, a part of them told by the rest: there choices are made."""
        count = len(self.learned)
        if count == 1:  # it can only be told by itself
            return replace(self, test=self.learned)
        order = np.random.default_rng(self.seed).permutation(count)
        held = set(order[:: min(REHEARSED, count)].tolist())
        return replace(
            self,
            learned=tuple(m for place, m in enumerate(self.learned) if place not in held),
            test=tuple(m for place, m in enumerate(self.learned) if place in held),
        )

    @cached_property
    def rehearsed(self) -> dict[str, Told]:
        """Row -> what it told of the rehearsal, as far as it was asked."""
        return {}

    @cached_property
    def chosen(self) -> dict[str, int]:
        """Row -> what it chose in the rehearsal, if it chose."""
        return {}


@dataclass(frozen=True)
class Row:
    """A model of the table."""

    model: str
    settings: str
    inputs: str  # what of the notes it sees
    tell: Callable[[Fold, Mapping[str, Told]], Told]  # also given what the rows above it told
    fast: bool = True  # whether ``--fast`` has it too
    alone: bool = False  # whether it wants a process of its own: networks do
    prepare: Callable[[Sequence[Melody], int], Any] | None = None
    """From all melodies, of which only near-duplicates are shunned, and the seed, what serves
    every fold."""


def long_term(order: int | None = None, *, learning: bool = False) -> Callable[..., Told]:
    """Learns the other folds; with ``learning`` also each note of the test, once it is told."""

    def tell(fold: Fold, _: Mapping[str, Told]) -> Told:
        model = Ppm(fold.pitches, order)
        tree = model.learn(fold.learned_pitches)
        return [model.follow(song.pitches, tree, learning=learning) for song in fold.test]

    return tell


def short_term(fold: Fold, _: Mapping[str, Told]) -> Told:
    """Learns nothing but the notes before, in the same melody."""
    model = Ppm(fold.pitches, **SHORT_TERM)
    return [model.follow(song.pitches, model.learn(), learning=True) for song in fold.test]


def together(models: Sequence[str], bias: float = 2.0) -> Callable[..., Told]:
    """The weighted geometric mean of rows above."""

    def tell(_: Fold, told: Mapping[str, Told]) -> Told:
        return [
            combine(np.stack(each), bias)
            for each in zip(*(told[model] for model in models), strict=True)
        ]

    return tell


def pooled(rows: Sequence[Row]) -> Callable[..., Told]:
    """A geometric mean of rows above, each trusted as much as a rehearsal on the learned
    melodies has taught.
    """

    def tell(fold: Fold, told: Mapping[str, Told]) -> Told:
        for row in rows:
            if row.model not in fold.rehearsed:
                fold.rehearsed[row.model] = row.tell(fold.rehearsal, fold.rehearsed)
        pool = Pool.fit(
            np.stack([np.concatenate(fold.rehearsed[row.model]) for row in rows]),
            np.concatenate([melody.pitches for melody in fold.rehearsal.test]),
        )
        return [
            pool.combine(np.stack(each))
            for each in zip(*(told[row.model] for row in rows), strict=True)
        ]

    return tell


STM = Row("STM", "X5UI", "pitch", short_term)
LTM_PLUS = Row("LTM+", "C*I", "pitch", long_term(learning=True))

COUNTED: tuple[Row, ...] = (
    Row("LTM order 2 C interpolated", "C2I", "pitch", long_term(2)),
    Row("LTM PPM* C interpolated", "C*I", "pitch", long_term()),
    STM,
    LTM_PLUS,
    Row("LTM+ with STM", "bias 2", "pitch", together(["LTM+", "STM"])),
)
"""In the order in which they are told and printed."""
