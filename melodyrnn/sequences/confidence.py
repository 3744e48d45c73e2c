"""How sure a mean over the notes of several songs is: a bootstrap over songs (Efron 1979)."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

CONFIDENCE = 0.95
_RESAMPLES = 10_000
_AT_ONCE = 1_000_000  # songs drawn at a time: of thousands of songs, all would fill the memory


class Interval(NamedTuple):
    """A mean, and where it lies in ``CONFIDENCE`` of the resampled sets of songs."""

    mean: float
    low: float
    high: float


def intervals(sums: npt.ArrayLike, notes: npt.ArrayLike) -> list[Interval]:
    """``sums`` (K, S): of K quantities and S songs, each song's total; ``notes`` (S,): over how
    many notes. Chance is in which songs there are; all quantities see the same resampled sets.
    """
    totals = np.vstack([np.asarray(sums, dtype=np.float64), np.asarray(notes, dtype=np.float64)])
    songs = totals.shape[1]
    random = np.random.default_rng(0)
    rows = max(1, _AT_ONCE // songs)
    resampled = np.concatenate(
        [
            _drawn(random, min(rows, _RESAMPLES - start), songs) @ totals.T
            for start in range(0, _RESAMPLES, rows)
        ]
    )
    means = resampled[:, :-1] / resampled[:, -1:]
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(means, [tail, 100 - tail], axis=0)
    mean = totals[:-1].sum(1) / totals[-1].sum()
    return [Interval(*map(float, found)) for found in zip(mean, low, high, strict=True)]


def _drawn(random: np.random.Generator, rows: int, songs: int) -> npt.NDArray[np.float64]:
    """How often each song was drawn in each of ``rows`` sets of as many as there are."""
    picks = random.integers(0, songs, (rows, songs)) + songs * np.arange(rows)[:, None]
    counts = np.bincount(picks.ravel(), minlength=rows * songs)
    return counts.reshape(rows, songs).astype(np.float64)
