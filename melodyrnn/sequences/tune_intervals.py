"""How far chance alone may carry a figure: confidence over the tunes it was measured on."""

from math import comb
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.intervals import (
    Families,
    Interval,
    by_family,
    jackknife,
    left_out,
)

Floats = npt.NDArray[np.float64]


class Ratio(NamedTuple):
    """A figure that is a sum over another one, of each tune; any mean, and F1, is of this form."""

    tops: Floats  # (N,)
    bottoms: Floats  # (N,)

    @property
    def value(self) -> float:
        """Of all tunes together."""
        return float(_ratio(self.tops.sum(), self.bottoms.sum()))


def mean(values: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Ratio:
    """The mean of ``values`` (N,), each tune counting once or as ``weights`` says."""
    values = np.asarray(values, dtype=np.float64)
    bottoms = np.ones_like(values) if weights is None else np.asarray(weights, dtype=np.float64)
    return Ratio(values * bottoms, bottoms)


def f1(predicted: npt.NDArray[np.bool_], true: npt.NDArray[np.bool_]) -> Ratio:
    """The harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN). Each (N, T)."""
    both, one = (predicted & true).sum(1), (predicted ^ true).sum(1)
    return Ratio(np.asarray(2.0 * both), np.asarray(2.0 * both + one))


def interval(parts: Ratio, families: Families | None = None) -> Interval:
    """By the delete-one jackknife over families of tunes; by default each is one of its own."""
    without, sizes = _without(parts, families)
    return jackknife(parts.value, without, sizes).interval()


def difference(a: Ratio, b: Ratio, families: Families | None = None) -> Interval:
    """By how much a is above b on the same tunes: the same, paired."""
    (without_a, sizes), (without_b, _) = _without(a, families), _without(b, families)
    return jackknife(a.value - b.value, without_a - without_b, sizes).interval()


def at_least(right: int, count: int, share: float) -> float:
    """The probability that of ``count`` predictions, each correct with probability ``share``,
    ``right`` or more are correct: the exact binomial test.
    """
    return sum(
        comb(count, k) * share**k * (1 - share) ** (count - k) for k in range(right, count + 1)
    )


def _without(parts: Ratio, families: Families | None) -> tuple[Floats, Floats]:
    """The figure without each family in turn, and how much that family counts, each (G,)."""
    totals = by_family(np.stack(parts), families)
    return _ratio(*left_out(totals)[1].T), totals[1]


def _ratio(tops: npt.ArrayLike, bottoms: npt.ArrayLike) -> Floats:
    """0 where nothing counts."""
    below = np.asarray(bottoms, dtype=np.float64)
    return np.asarray(tops / np.where(below > 0, below, 1.0), dtype=np.float64)
