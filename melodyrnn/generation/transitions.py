"""Which state of a finite automaton leads to which, and which of them to an end."""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.windows import Mask

Table = npt.NDArray[np.int32]
NOWHERE = -1
NEVER = np.iinfo(np.int32).max


class Transitions(Protocol):
    """What an automaton of S states and K kinds of tokens does, be it written down or computed."""

    size: int  # S

    def after(self, states: Table) -> Table:
        """Where each kind of token leads from each state, or NOWHERE, (B,) -> (B, K)."""
        ...

    def fewest(self, states: Table) -> Table:
        """The fewest tokens from each state to a final one, (...) -> (...); NEVER where there is no
        way, and from NOWHERE.
        """
        ...

    def final(self, states: Table) -> Mask:
        """Whether a song is whole in each state, (B,) -> (B,)."""
        ...


class TableTransitions:
    """Transitions written down: where there are few states, or they follow no rule."""

    def __init__(self, table: Table, final: Mask) -> None:
        """``table`` (S, K): where each kind leads from each state, or NOWHERE; ``final`` (S,)."""
        self.size, self._table, self._final = len(table), table, final
        self._fewest = fewest_tokens(table, final)

    def after(self, states: Table) -> Table:
        return self._table[states]

    def fewest(self, states: Table) -> Table:
        return np.where(states == NOWHERE, NEVER, self._fewest[states])

    def final(self, states: Table) -> Mask:
        return self._final[states]


class Edged:
    """Other transitions with a kind of token that alone ends a song, where it may end, and one that
    comes before everything else, or not at all.

    None is empty: the kind that ends a song does not come first. Adds three states: at the end,
    before the opening, and after it.
    """

    def __init__(self, inner: Transitions, begin: int, opening: int, closing: int) -> None:
        """``begin``: the state of ``inner`` in which a song begins; ``opening``, ``closing``: the
        two kinds, which lead nowhere in ``inner``.
        """
        self._inner, self._begin, self._opening, self._closing = inner, begin, opening, closing
        self._end, self.start, self._opened = inner.size, inner.size + 1, inner.size + 2
        self.size = inner.size + 3
        first = inner.after(np.array([begin], dtype=np.int32))
        fewest = int(inner.fewest(first).min())
        after_first = NEVER if fewest == NEVER else fewest + 2  # a note, those after it, the end
        self._edges = np.array([0, after_first, after_first], dtype=np.int32)

    def after(self, states: Table) -> Table:
        inside = states < self._end
        within = np.where(inside, states, self._begin)
        following = self._inner.after(within)
        following[states == self._end] = NOWHERE
        following[states == self.start, self._opening] = self._opened
        ends = inside & self._inner.final(within)
        following[:, self._closing] = np.where(ends, self._end, NOWHERE)
        return following

    def fewest(self, states: Table) -> Table:
        inside = states < self._end
        notes = self._inner.fewest(np.where(inside, states, NOWHERE))
        closed = np.where(notes == NEVER, NEVER, np.minimum(notes, NEVER - 1) + 1)
        return np.where(inside, closed, self._edges[np.where(inside, 0, states - self._end)])

    def final(self, states: Table) -> Mask:
        return np.asarray(states == self._end)


def lasting(table: Table) -> Mask:
    """The states from which a song can go on for ever, (S, K) -> (S,)."""
    lives = np.ones(len(table), dtype=bool)
    while True:
        still = lives & ((table != NOWHERE) & lives[table]).any(axis=1)
        if (still == lives).all():
            return lives
        lives = still


def fewest_tokens(table: Table, final: Mask) -> Table:
    """The fewest tokens from each state to a final one, (S,); NEVER where there is no way."""
    before, kinds = np.nonzero(table != NOWHERE)
    after = table[before, kinds]
    order = np.argsort(after, kind="stable")
    before = before[order]  # sorted by where each step leads
    bounds = np.searchsorted(after[order], np.arange(len(table) + 1))
    fewest = np.where(final, 0, NEVER).astype(np.int32)
    frontier, steps = np.flatnonzero(final), 0
    while len(frontier):
        steps += 1
        counts = bounds[frontier + 1] - bounds[frontier]  # steps that lead to each
        ends = np.cumsum(counts)
        found = before[np.repeat(bounds[frontier] - ends + counts, counts) + np.arange(ends[-1])]
        frontier = np.unique(found[fewest[found] == NEVER])
        fewest[frontier] = steps
    return fewest
