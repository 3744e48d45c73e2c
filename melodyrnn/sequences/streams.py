"""Long sequences, or many of them, laid in lanes: how a network reads them with its state kept."""

import heapq
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from melodyrnn.errors import WindowError
from melodyrnn.sequences.stored import lengths_of
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask, symbols

_LEAST_CHUNKS = 16


class Chunk(NamedTuple):
    """T steps in B lanes, all (T, B)."""

    x: Indices  # what is seen; with columns beside each symbol, (T, B, F)
    y: Indices  # the targets: in each lane, the index after it
    keep: Mask  # False where a sequence begins, and the state with it
    mask: Mask  # False in what fills up a lane, and at targets that do not count


class Stream:
    """K chunks: chunk k + 1 goes on in each lane where k stopped. Each is laid when it is asked
    for, so that of many sequences those of one chunk are in hand.
    """

    def __init__(
        self,
        sequences: Sequence[Indices],
        places: Sequence[tuple[int, int]],
        steps: int,
        counted: Sequence[Mask] | None = None,
    ) -> None:
        """``places``: of each sequence where it starts, and in which lane; of a later one not
        before an earlier one.
        """
        self._sequences, self._counted = sequences, counted
        self._starts, self._lanes = np.array(places, dtype=np.int64).T
        targets = np.array(lengths_of(sequences), dtype=np.int64) - 1
        self._ends, self._longest = self._starts + targets, int(targets.max())
        self.count = int(targets.sum())
        self.shape = (steps, int(self._lanes.max()) + 1, *sequences[0].shape[1:])
        self._open: dict[int, Indices] = {}  # sequences that go on after the last chunk

    def __len__(self) -> int:
        return int(-(-self._ends.max() // self.shape[0]))

    def __iter__(self) -> Iterator[Chunk]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, number: int) -> Chunk:
        steps = self.shape[0]
        begin = range(len(self))[number] * steps
        x, y = np.zeros(self.shape, np.int32), np.zeros(self.shape[:2], np.int32)
        keep, mask = np.ones(self.shape[:2], dtype=bool), np.zeros(self.shape[:2], dtype=bool)
        last, self._open = self._open, {}
        first, after = np.searchsorted(self._starts, [begin - self._longest, begin + steps])
        for place in first + np.flatnonzero(self._ends[first:after] > begin):
            sequence = last[place] if place in last else self._sequences[place]
            start, end, lane = self._starts[place], self._ends[place], self._lanes[place]
            rows = slice(max(start, begin) - begin, min(end, begin + steps) - begin)
            seen = slice(rows.start + begin - start, rows.stop + begin - start)
            targets = slice(seen.start + 1, seen.stop + 1)
            x[rows, lane], y[rows, lane] = sequence[seen], symbols(sequence)[targets]
            mask[rows, lane] = True if self._counted is None else self._counted[place][targets]
            if start >= begin:
                keep[rows.start, lane] = False
            if end > begin + steps:
                self._open[place] = sequence
        return Chunk(x, y, keep, mask)


class MeasuredStream(NamedTuple):
    """A stream that is only predicted, and how its bits are counted."""

    stream: Stream
    units: int  # what bits are counted per: of tunes the notes, for their ends are none
    charge: float = 0.0  # bits beyond those of the predictions, such as unknown tokens cost

    @classmethod
    def plain(cls, stream: Stream) -> "MeasuredStream":
        """Each target counts."""
        return cls(stream, stream.count)


def lanes(
    sequences: Sequence[Indices],
    batch: int,
    steps: int,
    counted: Sequence[Mask] | None = None,
) -> Stream:
    """Lay whole sequences end to end in ``batch`` lanes, each into the shortest one so far.

    Each is (L,) or, with columns beside each symbol, (L, F), L >= 2; its first index is only an
    input, its last only a target. ``counted``: of each sequence which indices are targets that
    count, (L,); by default all. Raises WindowError where there is none, or one is shorter.
    """
    lengths = lengths_of(sequences)
    if not lengths or min(lengths) < 2:
        raise WindowError("a sequence of fewer than 2 symbols has nothing to predict")
    batch = min(batch, len(sequences))
    shortest = [(0, lane) for lane in range(batch)]
    places = []
    for length in lengths:
        start, lane = heapq.heappop(shortest)
        places.append((start, lane))
        heapq.heappush(shortest, (start + length - 1, lane))
    return Stream(sequences, places, steps, counted)


def enough_lanes(length: int, batch: int, steps: int) -> int:
    """At most ``batch`` lanes for ``length`` symbols in all, and fewer where they would be so short
    that an epoch had hardly a step: there is to be some learning in each.
    """
    return min(batch, max(1, length // (_LEAST_CHUNKS * steps)))


def pieces(sequence: Indices, count: int) -> list[Indices]:
    """One long sequence, (L,), cut into at most ``count`` about equal ones that overlap by one,
    so that between them each index but the first is a target once.
    """
    count = max(1, min(count, len(sequence) - 1))
    cuts = [round(place * (len(sequence) - 1) / count) for place in range(count + 1)]
    return [sequence[a : b + 1] for a, b in pairwise(cuts)]
