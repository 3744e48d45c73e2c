"""Finite automata as constraints: with every token, a song goes from one state to another.

Which states lead to an end, and in how few tokens, is known beforehand. So no song ever takes a
way that ends nowhere.
"""

import numpy as np

from melodyrnn.generation.constraint import Left
from melodyrnn.generation.transitions import NOWHERE, Table, Transitions
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask


class Automaton:
    """A song is whole in a final state, and ends there if it cannot go on."""

    def __init__(
        self,
        name: str,
        transitions: Transitions,
        kinds: Table,
        start: int = 0,
        *,
        endless: bool = False,
    ) -> None:
        """``kinds`` (V,): the kind of each token. ``endless``: songs end for other reasons, and
        from final states one can go on for ever.
        """
        self.name, self.start, self.endless = name, start, endless
        self.transitions, self.kinds = transitions, kinds

    def after(self, state: int, token: int) -> int:
        """The state that a token leads to, or NOWHERE."""
        return int(self._following(state)[self.kinds[token]])

    def fewest(self, state: int) -> int:
        """The fewest tokens from a state to an end, or NEVER."""
        return int(self.transitions.fewest(np.array(state, dtype=np.int32)))

    def stops(self, state: int) -> bool:
        """Whether no token leads on from a state."""
        return bool((self._following(state) == NOWHERE).all())

    def _following(self, state: int) -> Table:
        following: Table = self.transitions.after(np.array([state], dtype=np.int32))[0]
        return following

    def walk(self, tokens: Indices) -> list[int]:
        """The states on the way of ``tokens`` (L,), up to where one of them leads nowhere."""
        states = [self.start]
        for token in tokens.tolist():
            following = self.after(states[-1], token)
            if following == NOWHERE:
                break
            states.append(following)
        return states

    def reached(self, state: int) -> Table:
        """The states to which a way leads from ``state``, itself among them, in rising order."""
        found = frontier = np.array([state], dtype=np.int32)
        while len(frontier):
            following = np.unique(self.transitions.after(frontier))
            frontier = np.setdiff1d(following[following != NOWHERE], found, assume_unique=True)
            found = np.union1d(found, frontier)
        return found

    def begin(self, primer: Indices) -> Table:
        return np.array(self.walk(primer)[-1], dtype=np.int32)

    def advance(self, states: Table, tokens: Indices) -> Table:
        kinds = self.kinds[tokens]
        following: Table = self.transitions.after(states)
        return following[np.arange(len(following)), kinds]

    def allowed(self, states: Table, left: Left) -> Mask:
        """Tokens from which an end can still be reached with those ``left``, (B,) -> (B, V)."""
        tokens = self.transitions.fewest(self.transitions.after(states))  # (B, K)
        return np.asarray((tokens < np.reshape(left, (-1, 1)))[:, self.kinds])

    def whole(self, states: Table) -> Mask | None:
        return None if self.endless else self.transitions.final(states)
