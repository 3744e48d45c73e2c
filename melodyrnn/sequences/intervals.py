"""How sure a figure of several songs is: a bootstrap over songs (Efron 1979)."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

CONFIDENCE = 0.95
_RESAMPLES = 10_000
_AT_ONCE = 1_000_000  # songs drawn at a time: of thousands of songs, all would fill the memory


class Interval(NamedTuple):
    """A figure, and where it lies in ``CONFIDENCE`` of the resampled sets of songs."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"

    def to_json(self) -> dict[str, float]:
        return self._asdict()


def intervals(sums: npt.ArrayLike, notes: npt.ArrayLike) -> list[Interval]:
    """``sums`` (K, S): of K quantities and S songs, each song's total; ``notes`` (S,): over how
    many notes. Chance is in which songs there are; all quantities see the same resampled sets.
    """
    totals = np.vstack([np.asarray(sums, dtype=np.float64), np.asarray(notes, dtype=np.float64)])
    sets = resampled(totals)
    means = sets[:, :-1] / sets[:, -1:]
    values = totals[:-1].sum(1) / totals[-1].sum()
    return [around(float(value), each) for value, each in zip(values, means.T, strict=True)]


def resampled(totals: Floats) -> Floats:
    """Each song's totals of K quantities, (K, S) -> those of each resampled set, (R, K).

    All quantities see the same sets, and so do all that are resampled.
    """
    songs = totals.shape[1]
    random = np.random.default_rng(0)
    rows = max(1, _AT_ONCE // songs)
    return np.concatenate(
        [
            _drawn(random, min(rows, _RESAMPLES - start), songs) @ totals.T
            for start in range(0, _RESAMPLES, rows)
        ]
    )


def around(value: float, sets: Floats) -> Interval:
    """``value`` of all songs, and where the same figure of the resampled sets, (R,), lies."""
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(sets, [tail, 100 - tail])
    return Interval(value, float(low), float(high))


def _drawn(random: np.random.Generator, rows: int, songs: int) -> npt.NDArray[np.float64]:
    """How often each song was drawn in each of ``rows`` sets of as many as there are."""
    picks = random.integers(0, songs, (rows, songs)) + songs * np.arange(rows)[:, None]
    counts = np.bincount(picks.ravel(), minlength=rows * songs)
    return counts.reshape(rows, songs).astype(np.float64)
