"""Long sequences, or many of them, laid in lanes: how a network reads them with its state kept."""

import heapq
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from melodyrnn.errors import WindowError
from melodyrnn.sequences.stored import lengths_of
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask, symbols

_LEAST_CHUNKS = 16

Scalar = TypeVar("Scalar", bound=np.generic)


class Stream(NamedTuple):
    """K chunks of T steps in B lanes, all (K, T, B): chunk k + 1 goes on where k stopped."""

    x: Indices  # what is seen; with columns beside each symbol, (K, T, B, F)
    y: Indices  # the targets: in each lane, the index after it
    keep: Mask  # False where a sequence begins, and the state with it
    mask: Mask  # False in what fills up a lane, and at targets that do not count


class MeasuredStream(NamedTuple):
    """A stream that is only predicted, and how its bits are counted."""

    stream: Stream
    units: int  # what bits are counted per: of tunes the notes, for their ends are none
    charge: float = 0.0  # bits beyond those of the predictions, such as unknown tokens cost

    @classmethod
    def plain(cls, stream: Stream) -> "MeasuredStream":
        """Each target counts."""
        return cls(stream, int(stream.mask.sum()))


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
    longest = max(end for end, _ in shortest)
    shape = (-(-longest // steps) * steps, batch)
    x = np.zeros((*shape, *sequences[0].shape[1:]), dtype=np.int32)
    y = np.zeros(shape, dtype=np.int32)
    keep, mask = np.ones(shape, dtype=bool), np.zeros(shape, dtype=bool)
    for number, (sequence, (start, lane)) in enumerate(zip(sequences, places, strict=True)):
        chunk = slice(start, start + len(sequence) - 1)
        x[chunk, lane], y[chunk, lane] = sequence[:-1], symbols(sequence)[1:]
        keep[start, lane], mask[chunk, lane] = False, True
        if counted is not None:
            mask[chunk, lane] = counted[number][1:]
    return Stream(_chunks(x, steps), _chunks(y, steps), _chunks(keep, steps), _chunks(mask, steps))


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


def _chunks(part: npt.NDArray[Scalar], steps: int) -> npt.NDArray[Scalar]:
    """(K T, B[, F]) -> (K, T, B[, F]), the same memory."""
    return part.reshape(-1, steps, *part.shape[1:])
