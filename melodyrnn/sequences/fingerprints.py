"""Sequences known by their fingerprints: enough to find variants of them, too little to write them
down again.

The fingerprint of a sequence on a circle, such as one of pitch classes, is the set of its runs of
``SIZE`` steps, each as a number of 16 bits that a hash makes of it. Where a run stands, and what
it is, is not kept.
"""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.shared_runs import Ints

SIZE = 7
"""Steps in a run."""

SHARE, FEWEST = 0.25, 8
"""A variant has this part of the runs that the smaller fingerprint has, and so many at least.

Chosen among 4,241 tunes of O'Neill, Ryan and Aird: of the 1,148 tunes that have a variant by
``data/song_families.py`` 97.2 % are found, and 9.1 % of the others as well, most of which share a
strain with another tune.
"""

_BITS = 16
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""Knuth's multiplicative hash by the golden ratio: of the product the highest bits."""


class Fingerprints(NamedTuple):
    """Of S sequences."""

    runs: npt.NDArray[np.uint16]  # (N,) the hashed runs, those of one sequence ascending
    sizes: npt.NDArray[np.int32]  # (S,) how many each sequence has

    @classmethod
    def of(cls, sequences: Sequence[Ints], cycle: int) -> Self:
        """Of sequences of symbols from 0 to ``cycle`` - 1; which of them moved by the same number,
        modulo ``cycle``, are the same.
        """
        found = [_hashed(sequence, cycle) for sequence in sequences]
        runs = np.concatenate([np.empty(0, dtype=np.uint16), *found])
        return cls(runs, np.array(list(map(len, found)), dtype=np.int32))

    def __len__(self) -> int:
        """S."""
        return len(self.sizes)

    def joined(self, others: "Fingerprints") -> "Fingerprints":
        """These and ``others``."""
        runs, sizes = (self.runs, others.runs), (self.sizes, others.sizes)
        return Fingerprints(np.concatenate(runs), np.concatenate(sizes))

    def variants(self, others: "Fingerprints") -> list[bool]:
        """Of each of ``others`` whether one of these is a variant of it."""
        order = np.argsort(self.runs, kind="stable")
        held, owners = self.runs[order], np.repeat(np.arange(len(self.sizes)), self.sizes)[order]
        found = []
        for runs in np.split(others.runs, np.cumsum(others.sizes)[:-1]):
            low, high = np.searchsorted(held, runs, "left"), np.searchsorted(held, runs, "right")
            holders = [owners[a:b] for a, b in zip(low.tolist(), high.tolist(), strict=True)]
            shared = np.bincount(np.concatenate([owners[:0], *holders]), minlength=len(self.sizes))
            enough = np.maximum(SHARE * np.minimum(self.sizes, len(runs)), FEWEST)
            found.append(bool((shared >= enough).any()))
        return found


def _hashed(sequence: Ints, cycle: int) -> npt.NDArray[np.uint16]:
    """The distinct runs, ascending."""
    if len(sequence) <= SIZE:
        return np.empty(0, dtype=np.uint16)
    steps = np.lib.stride_tricks.sliding_window_view(np.diff(sequence) % cycle, SIZE)
    numbers = (steps @ cycle ** np.arange(SIZE)).astype(np.uint64)
    return np.unique((numbers * _MULTIPLIER >> np.uint64(64 - _BITS)).astype(np.uint16))
