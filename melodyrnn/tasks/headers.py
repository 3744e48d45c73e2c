"""What stands above a tune, its meter, its key and its pickup, by how often songs have it.

A model that is told these of each song predicts the notes the better. So that it can be compared
with one that is not, they are predicted themselves, from the training songs, and their bits stand
beside those of the notes; and new songs draw theirs.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import log2
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from melodyrnn.music.song import Key, Meter, Song

_METERS = 99 * 7
"""All that can be written."""

_PLACES = 192
"""In a quarter note, where a pickup may begin."""

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

    def song(self) -> Song:
        """One without notes."""
        return Song((), meter=self.meter, key=self.key, pickup=self.pickup)


Value = TypeVar("Value")


def _any(value: object) -> bool:
    return True


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

    def choose(self, number: float | None, fits: Callable[[Value], bool] = _any) -> Value:
        """Of those that came and fit, or of all if none does, the one that a number in [0, 1)
        draws; without one, the likeliest, of several the first.
        """
        counts = Counter({value: n for value, n in self.counts.items() if fits(value)})
        counts = counts or self.counts
        if number is None:
            return counts.most_common(1)[0][0]
        bounds = np.cumsum(list(counts.values()))
        return list(counts)[int(np.searchsorted(bounds, number * bounds[-1], "right"))]


class AskedHeader(NamedTuple):
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

    def to_json(self) -> dict[str, Any]:
        """What ``draw`` chooses among, in its order: each value with how often it came, of pickups
        in each meter numerator and denominator.
        """
        return {
            "meters": [(str(meter), count) for meter, count in self._meters.counts.items()],
            "keys": [(str(key), count) for key, count in self._keys.counts.items()],
            "pickups": {
                str(meter): [
                    (*pickup.as_integer_ratio(), count) for pickup, count in found.counts.items()
                ]
                for meter, found in self._pickups.items()
            },
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
        meter, key, pickup = np.random.default_rng((seed, song, 1)).random(3).tolist()
        return self._chosen(asked, meter, key, pickup)

    def dealt_out(
        self, count: int, seed: int, asked: AskedHeader, likeliest: bool
    ) -> dict[Song, list[int]]:
        """Songs without notes -> which of ``count`` new songs are like them: each like one drawn,
        or all like the ``likeliest``. Raises NotationError for a pickup that no bar has room for.
        """
        songs: dict[Song, list[int]] = {}
        for number in range(count):
            header = self._chosen(asked) if likeliest else self.draw(seed, number, asked)
            songs.setdefault(header.song(), []).append(number)
        return songs

    def _chosen(self, asked: AskedHeader, *numbers: float) -> TuneHeader:
        """What is asked for and, of all else, what ``numbers`` in [0, 1) draw or, without any, the
        likeliest.
        """
        for_meter, for_key, for_pickup = numbers or (None,) * 3
        length = asked.pickup or Fraction(0)
        meter = asked.meter or self._meters.choose(for_meter, lambda each: each.bar > length)
        pickups = self._pickups.get(meter)
        return TuneHeader(
            meter,
            asked.key or self._keys.choose(for_key),
            asked.pickup
            if asked.pickup is not None
            else (pickups.choose(for_pickup) if pickups else length),
        )


def _steps(meter: Meter) -> int:
    """Where a pickup may begin, and that there is none."""
    return int(meter.bar * _PLACES)
