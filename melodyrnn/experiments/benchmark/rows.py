"""The rows of a benchmark: models that learn from a part of a collection and predict the rest.

A row is a line of a table: here of the n-gram models, in ``network_rows`` of those that learn by
gradient.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from melodyrnn.experiments.benchmark.melodies import Melody
from melodyrnn.models.combining import Combination, Mixture
from melodyrnn.models.mixing_weights import fit, fit_song_pool
from melodyrnn.models.ngrams.ppm import SHORT_TERM, Ppm, Settings
from melodyrnn.sequences.vocabulary import Indices

Floats = npt.NDArray[np.float64]
Distributions = list[Floats]
"""Of each melody of the test, (L, V): of each of its notes, the distribution predicted for it."""

Prepared = Any
"""What a row makes for all folds: its own business."""

INNER = 8
"""Of so many training melodies one is predicted in the inner validation."""


@dataclass(frozen=True)
class Fold:
    """One part of a collection as the test set, all others as the training set."""

    train: tuple[Melody, ...]
    test: tuple[Melody, ...]
    midi: tuple[int, ...]  # V MIDI numbers, ascending: the alphabet of the whole collection
    seed: int  # of whatever a row draws at random
    prepared: Mapping[str, Prepared] = field(
        default_factory=dict
    )  # row -> what it made for all folds

    @property
    def pitches(self) -> int:
        """V."""
        return len(self.midi)

    @property
    def train_pitches(self) -> list[Indices]:
        return [melody.pitches for melody in self.train]

    @cached_property
    def inner(self) -> "Fold":
        """The inner validation: a part of the training set predicted from the rest of it, where
        choices are made.
        """
        count = len(self.train)
        if count == 1:  # it can only be predicted from itself
            return replace(self, test=self.train)
        order = np.random.default_rng(self.seed).permutation(count)
        held = set(order[:: min(INNER, count)].tolist())
        return replace(
            self,
            train=tuple(m for place, m in enumerate(self.train) if place not in held),
            test=tuple(m for place, m in enumerate(self.train) if place in held),
        )

    @cached_property
    def validated(self) -> dict[str, Distributions]:
        """Row -> what it predicted in the inner validation, as far as it was asked."""
        return {}

    @cached_property
    def chosen(self) -> dict[str, int]:
        """Row -> how many steps of training it chose in the inner validation, if it chose."""
        return {}


Predict = Callable[[Fold, Mapping[str, Distributions]], Distributions]
"""What a row predicts of a fold, given also the predictions of the rows above it."""


@dataclass(frozen=True)
class BenchmarkRow:
    """A model of the table."""

    model: str
    settings: str
    inputs: str  # what of the notes it sees
    predict: Predict
    fast: bool = True  # whether ``--fast`` has it too
    pretrained: bool = False  # whether it learned from songs of other collections
    printed: bool = True  # whether a table for people has it; a document has it always
    alone: bool = False  # whether it wants a process of its own: networks do
    counts: float = 1.0  # near which its weight in a pool is held; 0 for what is no model by itself
    prepare: Callable[[Sequence[Melody], int], Prepared] | None = None
    """From all melodies, of which only near-duplicates are left out, and the seed, what serves
    every fold."""


def long_term(order: int | None = None, *, learning: bool = False) -> Predict:
    """Learns the other folds; with ``learning`` also each note of the test, once predicted."""

    def predict(fold: Fold, _: Mapping[str, Distributions]) -> Distributions:
        model = Ppm(fold.pitches, order)
        tree = model.learn(fold.train_pitches)
        return [model.follow(song.pitches, tree, learning=learning) for song in fold.test]

    return predict


def short_term(settings: Settings | None = None) -> Predict:
    """Learns nothing but the notes before, in the same melody; ``settings``: by default C*I."""

    def predict(fold: Fold, _: Mapping[str, Distributions]) -> Distributions:
        model = Ppm(fold.pitches, **settings) if settings else Ppm(fold.pitches)
        return [model.follow(song.pitches, model.learn(), learning=True) for song in fold.test]

    return predict


def mixed(models: Sequence[str], mixture: Mixture) -> Predict:
    """A mixture of rows above."""

    def predict(_: Fold, above: Mapping[str, Distributions]) -> Distributions:
        return _mixed([above[model] for model in models], mixture)

    return predict


def fitted(rows: Sequence[BenchmarkRow]) -> Predict:
    """A mixture of rows above whose weights are fitted in the inner validation."""

    def predict(fold: Fold, above: Mapping[str, Distributions]) -> Distributions:
        mixture = fit(
            np.concatenate(_validated(fold, rows), 1),
            np.concatenate([melody.pitches for melody in fold.inner.test]),
        )
        return _mixed([above[row.model] for row in rows], mixture)

    return predict


def fitted_in_song(rows: Sequence[BenchmarkRow]) -> Predict:
    """The same, with weights that change along a melody."""

    def predict(fold: Fold, above: Mapping[str, Distributions]) -> Distributions:
        targets = [melody.pitches for melody in fold.inner.test]
        pool = fit_song_pool(_validated(fold, rows), targets, [row.counts for row in rows])
        return _mixed([above[row.model] for row in rows], pool)

    return predict


def _validated(fold: Fold, rows: Sequence[BenchmarkRow]) -> list[Floats]:
    """Of each melody of the inner validation what the M ``rows`` predict, (M, L, V)."""
    for row in rows:
        if row.model not in fold.validated:
            fold.validated[row.model] = row.predict(fold.inner, fold.validated)
    return [
        np.stack(each) for each in zip(*(fold.validated[row.model] for row in rows), strict=True)
    ]


def _mixed(members: Sequence[Distributions], mixture: Combination) -> Distributions:
    return [mixture.combine(np.stack(each)) for each in zip(*members, strict=True)]


BIAS = 2
"""The bias with which the source combines LTM+ and STM best over its data sets."""

BIASES = (0, 1, 2, 3, 4, 16)
"""Those of its table that are measured."""


def combination(bias: int) -> BenchmarkRow:
    """LTM+ and STM as the source combines them: by the arithmetic weighted mean."""
    model = COMBINED if bias == BIAS else f"{COMBINED}, bias {bias}"
    return BenchmarkRow(
        model,
        f"bias {bias}",
        "pitch",
        mixed([LTM_PLUS.model, STM.model], Mixture(float(bias), "arithmetic")),
        printed=bias == BIAS,
    )


COMBINED = "LTM+ with STM"
STM = BenchmarkRow("STM", "C*I", "pitch", short_term())
STM_X5UI = BenchmarkRow("STM, order 5", "X5UI", "pitch", short_term(SHORT_TERM), printed=False)
"""The short-term model that the networks are combined with."""

LTM_PLUS = BenchmarkRow("LTM+", "C*I", "pitch", long_term(learning=True))

NGRAMS: tuple[BenchmarkRow, ...] = (
    BenchmarkRow("LTM order 2 C interpolated", "C2I", "pitch", long_term(2)),
    BenchmarkRow("LTM PPM* C interpolated", "C*I", "pitch", long_term()),
    STM,
    STM_X5UI,
    LTM_PLUS,
    *map(combination, BIASES),
)
"""In the order in which they are evaluated and printed: the rows of the source."""
