"""Which sequences have runs in common: counted for thousands of sequences, all pairs of them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


class SharedRuns(NamedTuple):
    """What one sequence shares with those before it, each (P,)."""

    others: Ints  # their places
    counts: Ints  # how many runs, each as many as it weighs
    shifts: Ints  # by how much their runs are shifted against its own


def shared_runs(
    runs: Sequence[Ints], shifts: Sequence[Ints], cycle: int, weights: Ints, least: int = 1
) -> Iterator[SharedRuns]:
    """Of each of S sequences, which before it share runs with it that weigh ``least`` or more.

    ``runs``: of each sequence the numbers of its runs; ``weights``, (R,), what each number weighs.
    ``shifts``, of the same shapes as ``runs``, from 0 to ``cycle`` - 1: runs are counted together
    that are shifted by the same number, modulo ``cycle``.
    """
    sizes = np.array([len(some) for some in runs], dtype=np.int64)
    owners = np.repeat(np.arange(len(runs)), sizes)
    flat = _joined(runs)
    shift, weight = _joined(shifts), weights[flat]
    order = np.argsort(flat, kind="stable")  # of each run its holders, by place
    position = np.empty_like(order)
    position[order] = np.arange(len(order))
    starts = np.searchsorted(flat[order], flat)
    held = owners[order] * cycle + shift[order]
    heaviest = int(weights.max(initial=0)) + 1
    for place, end in enumerate(np.cumsum(sizes)):
        own = slice(end - sizes[place], end)
        before = position[own] - starts[own]  # holders that come first: those of earlier places
        first = np.cumsum(before) - before
        found = held[np.arange(before.sum()) + np.repeat(starts[own] - first, before)]
        moved = np.repeat(shift[own], before)
        others, theirs = np.divmod(found, cycle)
        shared = others * cycle + (theirs - moved) % cycle
        met = np.sort(shared * heaviest + np.repeat(weight[own], before))  # quicker than argsort
        shared, weighs = np.divmod(met, heaviest)
        first = np.flatnonzero(np.diff(shared, prepend=-1))
        counts = np.add.reduceat(weighs, first) if len(first) else weighs
        enough = counts >= least
        shared = shared[first[enough]]
        yield SharedRuns(shared // cycle, counts[enough], shared % cycle)


def _joined(arrays: Sequence[Ints]) -> Ints:
    return np.concatenate([np.empty(0, dtype=np.int64), *arrays])
