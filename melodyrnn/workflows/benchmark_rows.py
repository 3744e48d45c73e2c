"""The rows of a benchmark: models that learn from a part of a collection and tell the rest.

A row is a line of the table ``ROWS``; whoever adds a network adds a line.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.combination import combine
from melodyrnn.sequences.ppm import SHORT_TERM, Ppm
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.workflows.melodies import Melody

Floats = npt.NDArray[np.float64]
Told = list[Floats]
"""Of each melody of the test, (L, V): of each of its notes, the distribution told before it."""


@dataclass(frozen=True)
class Fold:
    """One part of a collection to be told, by what was learned from all others."""

    learned: tuple[Melody, ...]
    test: tuple[Melody, ...]
    pitches: int  # V, in the alphabet of the whole collection
    seed: int  # of whatever a row draws at random

    @property
    def learned_pitches(self) -> list[Indices]:
        return [melody.pitches for melody in self.learned]


@dataclass(frozen=True)
class Row:
    """A model of the table."""

    model: str
    settings: str
    inputs: str  # what of the notes it sees
    tell: Callable[[Fold, Mapping[str, Told]], Told]  # also given what the rows above it told
    fast: bool = True  # whether ``--fast`` has it too


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


ROWS: tuple[Row, ...] = (
    Row("LTM order 2 C interpolated", "C2I", "pitch", long_term(2)),
    Row("LTM PPM* C interpolated", "C*I", "pitch", long_term()),
    Row("STM", "X5UI", "pitch", short_term),
    Row("LTM+", "C*I", "pitch", long_term(learning=True)),
    Row("LTM+ with STM", "bias 2", "pitch", together(["LTM+", "STM"])),
)
"""In the order in which they are told and printed."""
