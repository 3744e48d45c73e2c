"""Constraints on what follows a primer."""

import numpy as np

from melodyrnn.generation.constraint import Constraint, Left, State
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask


class OnTheNewPart:
    """A constraint that holds for what follows the primer, which is no part of the new song."""

    def __init__(self, constraint: Constraint, opening: Indices) -> None:
        """``opening``: the tokens that stand before the first note of a song, (0,) or (1,)."""
        self.name, self._constraint, self._opening = constraint.name, constraint, opening

    def begin(self, primer: Indices) -> State:
        return self._constraint.begin(self._opening)

    def advance(self, states: State, tokens: Indices) -> State:
        return self._constraint.advance(states, tokens)

    def allowed(self, states: State, left: Left) -> Mask:
        return self._constraint.allowed(states, left)

    def whole(self, states: State) -> Mask | None:
        return self._constraint.whole(states)


class GoesOn:
    """A constraint: a note at least follows the primer, which may itself be a whole song. Its
    states say whether one has, (B,).
    """

    name = ""

    def __init__(self, end: int, vocabulary_size: int) -> None:
        """``end``: the token that ends a song."""
        self.end, self.vocabulary_size = end, vocabulary_size

    def begin(self, primer: Indices) -> State:
        return np.array(False)

    def advance(self, states: State, tokens: Indices) -> State:
        return np.ones_like(states)

    def allowed(self, states: State, left: Left) -> Mask:
        mask = np.ones((len(states), self.vocabulary_size), dtype=bool)
        mask[:, self.end] = states
        return mask

    def whole(self, states: State) -> None:
        return None
