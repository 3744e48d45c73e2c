"""Runs of steps from note to note: which are too frequent in the songs of a network and which too
rare, and which are known from the songs that it learned.

Runs are told apart by a hash, the rare ones that share a number doing little harm (Weinberger et
al. 2009). The exported page has the same numbers (``export/engine/runs_of_steps.js``).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, log2
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from melodyrnn.music.song import Song
from melodyrnn.music.sounding_notes import SoundingNotes
from melodyrnn.sequences.sampling import Floats

Codes = npt.NDArray[np.uint32]

SIZE, LONG = 4, 8
"""Steps in a run whose frequency counts, and in one that is known or new."""

BUCKETS = 2**15
"""Numbers that frequencies are kept of."""

_WIDEST, _LONGEST = 9, 12  # semitones; quarters of an octave of lengths
_RATIOS = 2 * _LONGEST + 3  # values, the two ends of a song with them
_START, _END = 1, 2  # how far beyond the largest value

_OFFSET, _PRIME = np.uint32(2166136261), np.uint32(16777619)
"""Of the hash of Fowler, Noll and Vo (FNV-1a), computed modulo 2^32."""


class Steps(NamedTuple):
    """Of a song of N notes that sound, each (N - 1,)."""

    intervals: list[int]  # semitones, as many as _WIDEST
    ratios: list[int]  # of the lengths, in quarters of an octave, as many as _LONGEST

    @classmethod
    def of(cls, song: Song) -> Self:
        notes = SoundingNotes(song)
        # Nothing lies between two quarters: 2 to the power of an odd eighth is no ratio.
        ratios = (
            floor(4 * log2(after / before) + 0.5) for before, after in pairwise(notes.lengths)
        )
        return cls(
            [_within(interval, _WIDEST) for interval in notes.intervals],
            [_within(ratio, _LONGEST) for ratio in ratios],
        )

    def frequent(self) -> tuple[Codes, ...]:
        """Of the runs of ``SIZE`` the numbers, from 0 to ``BUCKETS`` - 1, by intervals, by ratios
        and by both: each (N,), since its start and its end are steps, too.
        """
        intervals = _bounded(self.intervals, _WIDEST)
        ratios = _bounded(self.ratios, _LONGEST)
        kinds = intervals, ratios, _joined(intervals, ratios)
        return tuple(_numbers(codes, SIZE) % np.uint32(BUCKETS) for codes in kinds)

    def long(self) -> Codes:
        """Of the runs of ``LONG`` the numbers, (N - LONG,), by both."""
        intervals, ratios = _coded(self.intervals, _WIDEST), _coded(self.ratios, _LONGEST)
        return _numbers(_joined(intervals, ratios), LONG)


KINDS = 3
"""In which ``Steps.frequent`` sees a run."""


def _within(value: int, most: int) -> int:
    return min(max(value, -most), most)


def _bounded(values: list[int], most: int) -> list[int]:
    """From 0 on, with what stands before and after them."""
    first, last = 2 * most + _START, 2 * most + _END
    return [first] * (SIZE - 1) + _coded(values, most) + [last]


def _coded(values: list[int], most: int) -> list[int]:
    """From 0 on."""
    return [value + most for value in values]


def _joined(intervals: list[int], ratios: list[int]) -> list[int]:
    return [_RATIOS * interval + ratio for interval, ratio in zip(intervals, ratios, strict=True)]


def _numbers(codes: list[int], size: int) -> Codes:
    """Of each run of ``size``."""
    if len(codes) < size:
        return np.zeros(0, dtype=np.uint32)
    runs = np.lib.stride_tricks.sliding_window_view(np.array(codes, dtype=np.uint32), size)
    found = np.full(len(runs), _OFFSET)
    for column in runs.T:
        found = (found ^ column) * _PRIME
    return found ^ found >> np.uint32(15)


_STEP = 1 / 16
"""To which log-ratios are rounded, so that each is a byte."""

_LIKE = 3.0
"""So many more runs of each number are taken to have come, in both sets alike."""


@dataclass(frozen=True)
class RunRatios:
    """By how much more frequent each run is in people's songs than in those of a network: the
    natural logarithm of the ratio, in 16ths, (KINDS, BUCKETS).
    """

    sixteenths: npt.NDArray[np.int8]

    @classmethod
    def of(cls, counts: "RunCounts") -> Self:
        ratios = [
            _log_ratio(people, network, people.sum(), network.sum())
            for people, network in zip(*counts.totals, strict=True)
        ]
        return cls(np.clip(np.rint(np.array(ratios) / _STEP), -127, 127).astype(np.int8))

    def means(self, steps: Steps) -> Floats:
        """Over the runs of a song, (KINDS,)."""
        found = zip(self.sixteenths, steps.frequent(), strict=True)
        return np.array([ratios[runs].mean() * _STEP for ratios, runs in found])


class RunCounts:
    """How often each run comes in people's songs and in a network's."""

    def __init__(self, people: Sequence[Steps], network: Sequence[Steps]) -> None:
        self._runs = [[steps.frequent() for steps in songs] for songs in (people, network)]
        self.totals = [_counts(songs) for songs in self._runs]
        """Of each set, (KINDS, BUCKETS)."""

    def means_of_people(self, families: Sequence[int]) -> Floats:
        """Of each of people's songs what ``RunRatios.means`` gives, all of its family left out of
        the counts, (S, KINDS).
        """
        return self._means(0, families)

    def means_of_network(self) -> Floats:
        """Of each of the network's songs, itself left out."""
        return self._means(1, range(len(self._runs[1])))

    def _means(self, which: int, families: Sequence[int]) -> Floats:
        songs, rows = self._runs[which], np.zeros((len(families), KINDS))
        members: defaultdict[int, list[int]] = defaultdict(list)
        for place, family in enumerate(families):
            members[family].append(place)
        sizes = [total.sum(axis=1, dtype=np.float64) for total in self.totals]
        for places in members.values():
            own = _counts([songs[place] for place in places])
            of_all = [size - own.sum(axis=1) * (n == which) for n, size in enumerate(sizes)]
            for place in places:
                for kind, runs in enumerate(songs[place]):
                    counts = [total[kind, runs].astype(np.float64) for total in self.totals]
                    counts[which] -= own[kind, runs]
                    rows[place, kind] = _log_ratio(*counts, *(size[kind] for size in of_all)).mean()
        return rows


def _counts(songs: Sequence[tuple[Codes, ...]]) -> npt.NDArray[np.int64]:
    """(KINDS, BUCKETS)."""
    kinds = (np.concatenate(runs) for runs in zip(*songs, strict=True))
    return np.array([np.bincount(runs, minlength=BUCKETS) for runs in kinds])


def _log_ratio(people: Floats, network: Floats, of_people: float, of_network: float) -> Floats:
    """Of the frequencies, as many more runs added as keep the ratio of those never seen at 1."""
    share = of_people / max(1.0, of_people + of_network)
    more = _LIKE * share, _LIKE * (1 - share)
    return np.log((people + more[0]) / (of_people or 1)) - np.log(
        (network + more[1]) / (of_network or 1)
    )


_BITS = 2**19
"""Numbers that are known or not."""

_KNOWN_AT_MOST = _BITS // 4


@dataclass(frozen=True)
class KnownRuns:
    """Which long runs stand in the songs that were learned: of all, or of those whose number has no
    remainder by ``every`` (Broder 1997), a sample of where there are too many.
    """

    bits: npt.NDArray[np.uint8]  # (_BITS / 8,), packed
    every: int

    @classmethod
    def of(cls, songs: Sequence[Steps]) -> Self:
        runs = np.unique(np.concatenate([steps.long() for steps in songs]))
        every = max(1, -(-len(runs) // _KNOWN_AT_MOST))
        known = np.zeros(_BITS, dtype=np.bool_)
        known[_bit(runs[runs % np.uint32(every) == 0], every)] = True
        return cls(np.packbits(known), every)

    def share(self, steps: Steps) -> float:
        """Of the long runs of a song how many are known; 0 of none."""
        runs = steps.long()
        places = _bit(runs[runs % np.uint32(self.every) == 0], self.every)
        known = self.bits[places >> 3] >> (7 - (places & 7)) & 1
        return float(known.mean()) if len(places) else 0.0


def _bit(runs: Codes, every: int) -> npt.NDArray[np.intp]:
    return (runs // np.uint32(every) % np.uint32(_BITS)).astype(np.intp)


PACKED = _BITS // 8
"""Bytes of ``KnownRuns.bits``."""
