"""Finite automata as constraints: with every token, a song goes from one state to another.

Which states lead to an end, and in how few tokens, is known beforehand. So no song ever takes a
way that ends nowhere.
"""

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask

Table = npt.NDArray[np.int32]
NOWHERE = -1
NEVER = np.iinfo(np.int32).max


class Automaton:
    """A song is whole in a final state, and ends there if it cannot go on."""

    def __init__(
        self,
        name: str,
        table: Table,
        kinds: Table,
        final: Mask,
        start: int = 0,
        *,
        endless: bool = False,
        fewest: Table | None = None,
    ) -> None:
        """``table`` (S, K): where each kind of token leads from each of S states, or NOWHERE;
        ``kinds`` (V,): the kind of each token; ``final`` (S,). ``endless``: songs end for other
        reasons, and from final states one can go on for ever. ``fewest`` (S,): ``fewest_tokens`` of
        the two, where they are known.
        """
        self.name, self.start, self.endless = name, start, endless
        self.table, self.kinds, self.final = table, kinds, final
        self.fewest = fewest_tokens(table, final) if fewest is None else fewest

    def walk(self, tokens: Indices) -> list[int]:
        """The states on the way of ``tokens`` (L,), up to where one of them leads nowhere."""
        states = [self.start]
        for token in tokens:
            following = int(self.table[states[-1], self.kinds[token]])
            if following == NOWHERE:
                break
            states.append(following)
        return states

    def reached(self, state: int) -> Mask:
        """The states to which a way leads from ``state``, itself among them, (S,)."""
        found = np.zeros(len(self.table), dtype=bool)
        frontier = np.array([state])
        while len(frontier):
            found[frontier] = True
            following = np.unique(self.table[frontier])
            frontier = following[(following != NOWHERE) & ~found[following]]
        return found

    def begin(self, primer: Indices) -> Table:
        return np.array(self.walk(primer)[-1], dtype=np.int32)

    def advance(self, states: Table, tokens: Indices) -> Table:
        return self.table[states, self.kinds[tokens]]

    def allowed(self, states: Table, left: int) -> Mask:
        """Tokens from which an end can still be reached with those ``left``, (B,) -> (B, V)."""
        following = self.table[states]  # (B, K)
        tokens = np.where(following == NOWHERE, NEVER, self.fewest[following])
        return np.asarray(tokens[:, self.kinds] < left)

    def whole(self, states: Table) -> Mask | None:
        return None if self.endless else self.final[states]


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
