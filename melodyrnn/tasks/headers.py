"""What stands above a tune, its meter, its key and its pickup, by how often songs have it.

A model that is told these of each song predicts the notes the better. So that it can be compared
with one that is not, they are predicted themselves, from the training songs, and their bits stand
beside those of the notes; and new songs draw theirs.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import log2
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from melodyrnn.music.durations import GRID
from melodyrnn.music.song import Key, Meter, Song

_METERS = 99 * 7
"""All that can be written."""

_KEYS = 24
"""Tonics and modes, each in one spelling."""


class TuneHeader(NamedTuple):
    """Of one song."""

    meter: Meter
    key: Key
    pickup: Fraction

    @classmethod
    def of(cls, song: Song) -> "TuneHeader":
        return cls(song.meter, song.key, song.pickup)


Value = TypeVar("Value")


class _ValueCounts(Generic[Value]):
    """How often each value came; one count more is kept for all others together (escape method A).

    ``possible``: how many others there are, all as likely.
    """

    def __init__(self, values: Sequence[Value], possible: int) -> None:
        self.counts, self.total, self.possible = Counter(values), len(values), possible

    def bits(self, value: Value) -> float:
        """-log2 of its probability."""
        count = self.counts[value]
        others = max(1, self.possible - len(self.counts))
        return log2(self.total + 1) - (log2(count) if count else -log2(others))

    def draw(self, number: float) -> Value:
        """A value that came, by a number in [0, 1)."""
        values = list(self.counts)
        bounds = np.cumsum([self.counts[value] for value in values])
        return values[int(np.searchsorted(bounds, number * self.total, "right"))]


@dataclass(frozen=True)
class AskedHeader:
    """What of a header is given; None for what is to be drawn."""

    meter: Meter | None = None
    key: Key | None = None
    pickup: Fraction | None = None


class TuneHeaders:
    """Of training songs: meters, pickups of each meter, and keys."""

    def __init__(self, songs: Sequence[Song]) -> None:
        found = sorted(map(TuneHeader.of, songs), key=str)  # in whatever order they come
        self._meters = _ValueCounts([header.meter for header in found], _METERS)
        self._keys = _ValueCounts([header.key for header in found], _KEYS)
        self._pickups = {
            meter: _ValueCounts(
                [header.pickup for header in found if header.meter == meter], _steps(meter)
            )
            for meter in self._meters.counts
        }

    def bits(self, song: Song) -> float:
        """What it takes to say them of a song."""
        header = TuneHeader.of(song)
        pickups = self._pickups.get(header.meter)
        unknown = log2(_steps(header.meter))
        return (
            self._meters.bits(header.meter)
            + self._keys.bits(header.key)
            + (pickups.bits(header.pickup) if pickups else unknown)
        )

    def draw(self, seed: int, song: int, asked: AskedHeader) -> TuneHeader:
        """That of the new song of that number; the same whatever is drawn beside it."""
        # A stream of its own, apart from that of the notes.
        meter, pickup, key = np.random.default_rng((seed, song, 1)).random(3).tolist()
        of = asked.meter or self._meters.draw(meter)
        pickups = self._pickups.get(of)
        drawn = pickups.draw(pickup) if pickups else Fraction(0)
        return TuneHeader(
            of, asked.key or self._keys.draw(key), drawn if asked.pickup is None else asked.pickup
        )


def _steps(meter: Meter) -> int:
    """Where a pickup may begin, and that there is none."""
    return int(meter.bar * GRID)
