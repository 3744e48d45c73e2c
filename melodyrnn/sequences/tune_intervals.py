"""How far chance alone may carry a figure: confidence over the tunes it was measured on."""

from math import comb
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.intervals import Interval, around, resampled

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


def interval(parts: Ratio) -> Interval:
    """By a bootstrap over tunes."""
    return around(parts.value, _resampled(parts))


def difference(a: Ratio, b: Ratio) -> Interval:
    """By how much a is above b on the same tunes: a bootstrap over tunes, paired."""
    return around(a.value - b.value, _resampled(a) - _resampled(b))


def at_least(right: int, count: int, share: float) -> float:
    """The probability that of ``count`` predictions, each correct with probability ``share``,
    ``right`` or more are correct: the exact binomial test.
    """
    return sum(
        comb(count, k) * share**k * (1 - share) ** (count - k) for k in range(right, count + 1)
    )


def _resampled(parts: Ratio) -> Floats:
    """The figure of each resampled set, (R,)."""
    return _ratio(*resampled(np.stack(parts)).T)


def _ratio(tops: npt.ArrayLike, bottoms: npt.ArrayLike) -> Floats:
    """0 where nothing counts."""
    below = np.asarray(bottoms, dtype=np.float64)
    return np.asarray(tops / np.where(below > 0, below, 1.0), dtype=np.float64)
