"""Lengths that fill bars, as the table of an automaton: its states are places in time."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.generation.automaton import NOWHERE, Table
from melodyrnn.sequences.windows import Mask

Lengths = npt.NDArray[np.int32]


class Places(NamedTuple):
    """States, where each kind of note leads from each, and where a song may end."""

    table: Table  # (S, K)
    final: Mask  # (S,)
    start: int

    def closed_by(self, kind: int) -> "Places":
        """With a kind of symbol which alone ends a song, where it may end."""
        table = np.vstack([self.table, np.full(self.table.shape[1], NOWHERE)])
        table[:-1, kind] = np.where(self.final, len(self.final), NOWHERE)
        return Places(table.astype(np.int32), np.arange(len(table)) == len(self.final), self.start)

    def opened_by(self, kind: int, closing: int) -> "Places":
        """With a kind of symbol that comes before everything else, or not at all.

        The kind that closes a song does not come first: none is empty. Adds two states, before
        the opening and after it.
        """
        before = len(self.final)
        first = self.table[self.start].copy()
        first[closing] = NOWHERE
        table = np.vstack([self.table, first, first])
        table[before, kind] = before + 1
        return Places(table, np.append(self.final, [False, False]), before)


def so_many_bars(
    lengths: Lengths,
    closing: Mask,
    bar: int,
    pickup: int,
    ties: bool,
    *,
    bars: int,
    seams: Lengths | None = None,
) -> Places:
    """A pickup and ``bars`` full bars. State t is t steps after the start.

    Each kind of note has its length, (K,), 0 for what is no note. None sounds across a bar line
    without ``ties``, none across ``seams`` with them either, in rising order; the last is one of
    those that may close, (K,).
    """
    end = pickup + bars * bar
    at = np.arange(end + 1, dtype=np.int32)[:, None]  # (S, 1)
    after = at + lengths  # (S, K)
    fits = (lengths > 0) & (after <= end) & (closing | (after < end))
    if not ties:
        fits &= lengths <= bar - (at - pickup) % bar
    if seams is not None:
        fits &= after <= np.append(seams, end)[np.searchsorted(seams, at, side="right")]
    return Places(np.where(fits, after, NOWHERE).astype(np.int32), at[:, 0] == end, 0)


def any_bars(
    lengths: Lengths, closing: Mask, bar: int, pickup: int, ties: bool, *, full: bool
) -> Places:
    """Any number of bars. ``full``: the last of them is, and one of those that may close ends it.

    State t is t steps into a bar, the last state after a bar that may be the last.
    """
    at = np.arange(bar + 1, dtype=np.int32)[:, None] % bar
    after = (at + lengths) % bar
    fits = lengths > 0
    if not ties:
        fits = fits & (lengths <= bar - at)
    table = np.where(fits, np.where((after == 0) & closing, bar, after), NOWHERE).astype(np.int32)
    return Places(table, (not full) | (np.arange(bar + 1) == bar), -pickup % bar)


def no_bars(lengths: Lengths) -> Places:
    """One state, in which any note may come."""
    table = np.where(lengths > 0, 0, NOWHERE)[None].astype(np.int32)
    return Places(table, np.ones(1, dtype=bool), 0)
