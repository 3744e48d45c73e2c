"""How sure a figure of several songs is: what it would be if one family of them were missing.

The delete-one jackknife (Tukey 1958; Miller 1974). Of a figure θ of G families of variants, and
θ_g, the same figure without family g,

    se² = (G - 1) / G · Σ (θ_g - θ)²

and (θ - θ') / se is about as Student's t where θ' is the true figure. Songs of one family are one
observation: what one of them shows the others show too.

For θ = Σ a_g / Σ n_g, such as bits per note, θ_g - θ is -(a_g - θ n_g) / (Σ n - n_g), so that this
is the t of the ratio estimator with each residual divided by 1 less its family's share of all notes
(HC3 of MacKinnon and White 1985). With families of n_g notes the degrees of freedom are

    (G + (Σ n_g)² / Σ n_g²) / 2 - 1,

G - 1 where all are of one size. The second term in brackets is the effective number of observations
of Kish (1965). By simulation (``benchmarks/interval_errors.py``) G alone errs too often where few
families have most notes, the effective number alone too seldom where differences have heavy tails.
A bootstrap's percentiles need some fifty songs to be as right.
"""

from collections.abc import Hashable, Sequence
from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences import student

Floats = npt.NDArray[np.float64]
Families = Sequence[Hashable]
"""Of each song, (S,), what is equal for the songs of one family and for no others."""

CONFIDENCE = 0.95
_ROUNDING = 1e-12  # of a figure: what differs by less differs by nothing
_LEAST_FREEDOM = 0.5
_TINY = np.finfo(np.float64).tiny


class Interval(NamedTuple):
    """A figure, and where with ``CONFIDENCE`` the true one lies."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"

    def to_json(self) -> dict[str, float]:
        return self._asdict()

    def within(self, least: float, most: float) -> "Interval":
        """The part of it where the true figure can be, such as from 0 to 1 for a share."""
        return Interval(self.value, max(self.low, least), min(self.high, most))


class Estimate(NamedTuple):
    """A figure of several ``families``, its standard error and the degrees of freedom of that."""

    value: float
    error: float
    families: int
    freedom: float

    @property
    def p_value(self) -> float:
        """How often a figure as far from 0 comes of chance where the true one is 0. One family
        says nothing of chance: 1.
        """
        if self.families < 2:
            return 1.0
        if self.error == 0:
            return 1.0 if self.value == 0 else 0.0
        return student.p_value(self.value / self.error, self.freedom)

    def interval(self, alpha: float = 1 - CONFIDENCE) -> Interval:
        """The values which a test at the level ``alpha`` does not reject. It leaves 0 out where
        ``p_value`` is below ``alpha``. Of one family no width is known, and none is given.
        """
        if self.families < 2 or self.error == 0:
            return Interval(self.value, self.value, self.value)
        half = student.quantile(alpha, self.freedom) * self.error
        return Interval(self.value, self.value - half, self.value + half)


def intervals(
    sums: npt.ArrayLike, notes: npt.ArrayLike, families: Families | None = None
) -> list[Interval]:
    """``sums`` (K, S): of K quantities and S songs, each song's total; ``notes`` (S,): over how
    many notes. By default each song is a family of its own.
    """
    return [each.interval() for each in estimates(sums, notes, families)]


def estimates(
    sums: npt.ArrayLike, notes: npt.ArrayLike, families: Families | None = None
) -> list[Estimate]:
    """As ``intervals``: of each quantity, its mean over all notes."""
    rows = np.asarray(sums, dtype=np.float64)
    totals = by_family(np.vstack([rows, np.asarray(notes, dtype=np.float64)[None]]), families)
    every, without = left_out(totals)
    means = without[:, :-1] / np.where(without[:, -1:] > 0, without[:, -1:], 1.0)
    values = every[:-1] / every[-1]
    return [
        jackknife(float(value), each, totals[-1])
        for value, each in zip(values, means.T, strict=True)
    ]


def by_family(totals: Floats, families: Families | None) -> Floats:
    """Each song's totals of K quantities, (K, S) -> those of each family, (K, G).

    Raises ValueError where ``families`` are not as many as the songs.
    """
    if families is None:
        return totals
    if len(families) != totals.shape[1]:
        raise ValueError(f"{totals.shape[1]} songs, and the families of {len(families)}")
    numbers = {family: place for place, family in enumerate(dict.fromkeys(families))}
    found = np.zeros((len(totals), len(numbers)))
    np.add.at(found.T, [numbers[family] for family in families], totals.T)
    return found


def left_out(totals: Floats) -> tuple[Floats, Floats]:
    """Each family's totals, (K, G) -> those of all, (K,), and of all but one, (G, K)."""
    every = totals.sum(1)
    return every, every - totals.T


def jackknife(value: float, without: Floats, sizes: Floats) -> Estimate:
    """``value`` of all families, and ``without`` each of them in turn, (G,). ``sizes`` (G,): how
    much each family counts.
    """
    count = len(without)
    error = float(np.sqrt(((without - value) ** 2).sum() * (count - 1) / count))
    rounding = _ROUNDING * max(abs(value), float(np.abs(without).max(initial=0.0)))
    effective = sizes.sum() ** 2 / max((sizes**2).sum(), _TINY)
    freedom = max((count + float(effective)) / 2 - 1, _LEAST_FREEDOM)
    return Estimate(value, error if error > rounding * sqrt(count) else 0.0, count, freedom)


class Tested(NamedTuple):
    """One of several differences that are tested together."""

    p_value: float  # adjusted: below 1 - CONFIDENCE where the difference is beyond chance
    interval: Interval  # without 0 where it is


def holm(differences: Sequence[Estimate]) -> list[Tested]:
    """Of several differences, which are beyond chance: that any is called so which is truly 0 has
    a probability of at most 1 - CONFIDENCE, for all of them together (Holm 1979).

    The smallest of m p-values is tested at the level (1 - CONFIDENCE) / m, the next one at
    (1 - CONFIDENCE) / (m - 1), and so on up to the first that is not below; that one's level holds
    for all that are left. Each interval is of the level at which its difference was tested, and so
    agrees with the verdict.
    """
    alpha, found = 1 - CONFIDENCE, [Tested(1.0, each.interval()) for each in differences]
    adjusted, level, rejecting = 0.0, alpha, True
    order = sorted(range(len(found)), key=lambda place: differences[place].p_value)
    for left, place in zip(range(len(found), 0, -1), order, strict=True):
        each = differences[place]
        adjusted = max(adjusted, min(1.0, left * each.p_value))
        if rejecting:
            level, rejecting = alpha / left, adjusted < alpha
        found[place] = Tested(adjusted, each.interval(level))
    return found
