"""Lengths that fill bars, as the transitions of an automaton: its states are places in time."""

import numpy as np
import numpy.typing as npt

from melodyrnn.generation.transitions import NEVER, NOWHERE, Table, TableTransitions, lasting
from melodyrnn.sequences.windows import Mask

Lengths = npt.NDArray[np.int32]


class SoManyBars:
    """At most ``bars`` full bars and a pickup. State t is t steps before the end.

    Of all states it is kept how far the next place is over which no note sounds; where a note leads
    follows from that and from its length. A table of both would have some million entries where
    tuplets make the steps short.
    """

    def __init__(
        self,
        lengths: Lengths,
        closing: Mask,
        bar: int,
        ties: bool,
        bars: int,
        seams: Lengths,
    ) -> None:
        """Each kind of note has its length, (K,), 0 for what is no note. None sounds across a bar
        line without ``ties``, none across ``seams`` with them either, steps before the end in
        rising order; the last is one of those that may close, (K,).
        """
        self._lengths, self._closing, self.size = lengths, closing, (bars + 1) * bar + 1
        left = np.arange(self.size, dtype=np.int32)
        walls = np.append(0, seams)
        room = left - walls[np.searchsorted(walls, left) - 1]
        if not ties:
            room = np.minimum(room, (left - 1) % bar + 1)
        room[0] = 0
        self._room = room.astype(np.int32)
        self._fewest = self._counted()

    def after(self, states: Table) -> Table:
        after = states[:, None] - self._lengths
        fits = (self._lengths > 0) & (self._lengths <= self._room[states][:, None])
        return np.where(fits & (self._closing | (after > 0)), after, NOWHERE).astype(np.int32)

    def fewest(self, states: Table) -> Table:
        return np.where(states == NOWHERE, NEVER, self._fewest[states])

    def final(self, states: Table) -> Mask:
        return np.asarray(states == 0)

    def _counted(self) -> Table:
        """The fewest notes from each state to the end, (S,): backwards, one note after another."""
        notes = self._lengths > 0
        lengths, closing = self._lengths[notes], self._closing[notes]
        fewest = np.full(self.size, NEVER, dtype=np.int32)
        frontier, count = np.zeros(1, dtype=np.int32), 0
        while len(frontier):
            fewest[frontier] = count
            count += 1
            found = np.zeros(self.size, dtype=bool)
            for length, closes in zip(lengths.tolist(), closing.tolist(), strict=True):
                before = frontier[: np.searchsorted(frontier, self.size - length)] + length
                if not closes:
                    before = before[before > length]
                found[before[self._room[before] >= length]] = True
            frontier = np.flatnonzero(found & (fewest == NEVER)).astype(np.int32)
        return fewest


def any_bars(
    lengths: Lengths, closing: Mask, bar: int, ties: bool, *, full: bool, endless: bool
) -> TableTransitions:
    """Any number of bars. ``full``: the last of them is, and one of those that may close ends it.

    State t is t steps into a bar, the last state after a bar that may be the last. ``endless``: a
    song may end wherever it can go on for ever.
    """
    at = np.arange(bar + 1, dtype=np.int32)[:, None] % bar
    after = (at + lengths) % bar
    fits = lengths > 0
    if not ties:
        fits = fits & (lengths <= bar - at)
    table = np.where(fits, np.where((after == 0) & closing, bar, after), NOWHERE).astype(np.int32)
    final = lasting(table) if endless else (not full) | (np.arange(bar + 1) == bar)
    return TableTransitions(table, final)


def no_bars(lengths: Lengths) -> TableTransitions:
    """One state, in which any note may come."""
    table = np.where(lengths > 0, 0, NOWHERE)[None].astype(np.int32)
    return TableTransitions(table, np.ones(1, dtype=bool))
