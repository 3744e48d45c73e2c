"""Which sequences have runs in common: counted for thousands of sequences, all pairs of them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


class SharedRuns(NamedTuple):
    """What one sequence shares with those before it, each (P,)."""

    others: Ints  # their places
    counts: Ints  # how many runs
    shifts: Ints  # by how much their runs are shifted against its own


def shared_runs(
    runs: Sequence[Ints], least: int = 1, shifts: Sequence[Ints] | None = None, cycle: int = 1
) -> Iterator[SharedRuns]:
    """Of each of S sequences, which before it share at least ``least`` runs with it.

    ``runs``: of each sequence the numbers of its runs. ``shifts``, of the same shapes, from 0 to
    ``cycle`` - 1: runs are counted together that are shifted by the same number, modulo ``cycle``.
    """
    sizes = np.array([len(some) for some in runs], dtype=np.int64)
    owners = np.repeat(np.arange(len(runs)), sizes)
    flat = _joined(runs)
    shift = np.zeros_like(flat) if shifts is None else _joined(shifts)
    order = np.argsort(flat, kind="stable")  # of each run its holders, by place
    position = np.empty_like(order)
    position[order] = np.arange(len(order))
    starts = np.searchsorted(flat[order], flat)
    held = owners[order] * cycle + shift[order]
    for place, end in enumerate(np.cumsum(sizes)):
        own = slice(end - sizes[place], end)
        before = position[own] - starts[own]  # holders that come first: those of earlier places
        first = np.cumsum(before) - before
        found = held[np.arange(before.sum()) + np.repeat(starts[own] - first, before)]
        moved = np.repeat(shift[own], before)
        others, theirs = np.divmod(found, cycle)
        counts = np.bincount(others * cycle + (theirs - moved) % cycle)[: place * cycle]
        enough = np.flatnonzero(counts >= least)
        yield SharedRuns(enough // cycle, counts[enough], enough % cycle)


def _joined(arrays: Sequence[Ints]) -> Ints:
    return np.concatenate([np.empty(0, dtype=np.int64), *arrays])
