"""Which of many sequences share half of their runs: all such pairs, found by their rare runs."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple, Self

import numpy as np

from melodyrnn.sequences.shared_runs import Ints

SIZE = 4

_HITS = 3
_AT_ONCE = 2_000_000  # holders of runs that are looked at together

Pairs = Iterable[tuple[int, int]]
"""Places of sequences, two by two."""


def sharing_half(
    sequences: Sequence[Sequence[Hashable]], size: int = SIZE, least: int = 1
) -> Pairs:
    """Pairs that share at least half of the distinct runs of ``size`` symbols that the one with
    fewer of them has, and ``least`` of them. What is shorter than a run is a run itself. Of
    sequences with the same runs, all are paired with the first, and it alone with others.

    No pair is missed. One that shares t of the s runs of the smaller shares k of its s - t + k
    rarest: so the common half, which nearly all sequences hold, is never looked up (the prefix
    filter of Chaudhuri et al. 2006 and Bayardo et al. 2007).
    """
    runs, copies = _alike(HeldRuns.of(sequences, size), least)
    yield from copies
    places, starts = runs.rarest_first()
    needed = np.maximum(least, (runs.sizes + 1) // 2)
    hits = np.minimum(needed, _HITS)
    looked_up = np.where(runs.sizes >= least, runs.sizes - needed + hits, 0)
    yield from _candidates(runs, places, starts, looked_up, hits, needed)


class HeldRuns(NamedTuple):
    """The distinct runs of S sequences."""

    owners: Ints  # (N,) ascending
    runs: Ints  # (N,) their numbers, of one owner ascending
    sizes: Ints  # (S,) how many each has

    @classmethod
    def of(cls, sequences: Sequence[Sequence[Hashable]], size: int) -> Self:
        """Their runs of ``size`` symbols; of a shorter sequence, itself."""
        symbols: dict[Hashable, int] = {}
        flat = [symbols.setdefault(each, len(symbols) + 1) for each in chain(*sequences)]
        lengths = np.array(list(map(len, sequences)), dtype=np.int64)
        padded = np.maximum(lengths, size)  # with 0, which is no symbol
        within = np.arange(padded.sum()) - np.repeat(np.cumsum(padded) - padded, padded)
        written = np.zeros(len(within), dtype=np.int64)
        written[within < np.repeat(lengths, padded)] = flat
        starts = np.flatnonzero(within <= np.repeat(padded - size, padded))
        numbers = written[starts]
        for step in range(1, size):
            longer = numbers * (len(symbols) + 1) + written[starts + step]
            numbers = np.unique(longer, return_inverse=True)[1].reshape(-1)
        count = numbers.max(initial=0) + 1
        owners = np.repeat(np.arange(len(sequences)), padded - size + 1)
        held = np.unique(owners * count + numbers)
        return cls(
            held // count, held % count, np.bincount(held // count, minlength=len(sequences))
        )

    def rarest_first(self) -> tuple[Ints, Ints]:
        """The places of the runs, those of one sequence together from the rarest on, and where
        those of each sequence begin.
        """
        holders = np.bincount(self.runs)
        places = np.lexsort((self.runs, holders[self.runs], self.owners))
        return places, np.cumsum(self.sizes) - self.sizes


def _alike(held: HeldRuns, least: int) -> tuple[HeldRuns, list[tuple[int, int]]]:
    """Without those sequences that have the same runs as one before, and which these are."""
    first: dict[bytes, int] = {}
    copies = []
    kept = np.ones(len(held.sizes), dtype=bool)
    ends = np.cumsum(held.sizes)
    for place, (end, size) in enumerate(zip(ends.tolist(), held.sizes.tolist(), strict=True)):
        known = first.setdefault(held.runs[end - size : end].tobytes(), place)
        if known != place and size >= least:
            copies.append((known, place))
            kept[place] = False
    there = kept[held.owners]
    sizes = np.where(kept, held.sizes, 0)
    return HeldRuns(held.owners[there], held.runs[there], sizes), copies


def _candidates(
    held: HeldRuns, places: Ints, starts: Ints, looked_up: Ints, hits: Ints, needed: Ints
) -> Iterator[tuple[int, int]]:
    """Of each sequence those that are not smaller and hold ``hits`` of its ``looked_up`` rarest
    runs, where they share the runs that are ``needed``.
    """
    count, distinct = len(held.sizes), held.runs.max(initial=0) + 1
    rank = np.empty(count, dtype=np.int64)
    rank[np.lexsort((np.arange(count), held.sizes))] = np.arange(count)
    order = np.lexsort((rank[held.owners], held.runs))  # of each run its holders, smallest first
    position = np.empty_like(order)
    position[order] = np.arange(len(order))
    ends = np.cumsum(np.bincount(held.runs, minlength=distinct))
    asked = places[np.arange(len(places)) - np.repeat(starts, held.sizes) < looked_up[held.owners]]
    larger = ends[held.runs[asked]] - position[asked] - 1
    sums = np.cumsum(larger)
    first = 0
    while first < len(asked):
        last = int(np.searchsorted(sums, sums[first] - larger[first] + _AT_ONCE, "right"))
        last = max(last, first + 1)
        owner = held.owners[asked[last - 1]]
        last = int(np.searchsorted(held.owners[asked], owner, "right"))  # its runs stay together
        some, many = asked[first:last], larger[first:last]
        offset = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        others = held.owners[order[np.repeat(position[some] + 1, many) + offset]]
        pairs, found = np.unique(
            np.repeat(held.owners[some], many) * count + others, return_counts=True
        )
        pairs = pairs[found >= hits[pairs // count]]
        one, other = np.divmod(pairs, count)
        shared = _shared(held, starts, one, other)
        enough = shared >= needed[one]
        yield from zip(one[enough].tolist(), other[enough].tolist(), strict=True)
        first = last


def _shared(held: HeldRuns, starts: Ints, one: Ints, other: Ints) -> Ints:
    """How many runs each of the pairs shares, (P,)."""
    distinct = held.runs.max(initial=0) + 1
    keys = held.owners * distinct + held.runs
    sizes = held.sizes[one]
    begin = np.cumsum(sizes) - sizes
    offset = np.arange(sizes.sum()) - np.repeat(begin, sizes)
    wanted = np.repeat(other, sizes) * distinct + held.runs[np.repeat(starts[one], sizes) + offset]
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    same = np.concatenate([[0], np.cumsum(keys[place] == wanted)])
    return np.asarray(same[begin + sizes] - same[begin], dtype=np.int64)
