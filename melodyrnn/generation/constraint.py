"""What a sequence still to be drawn has to keep to: which tokens may come next.

A constraint rules tokens out before one is drawn; nothing is ever drawn and thrown away. It carries
a state along each song, so that a token costs the same at the end of a long one.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask

State = npt.NDArray[Any]


class Constraint(Protocol):
    """One thing that every song keeps to. Tokens are indices of a vocabulary of V."""

    name: str  # as it was asked for, such as "--bars 8"

    def begin(self, primer: Indices) -> State:
        """After the tokens that are given, (P,) -> (…)."""
        ...

    def advance(self, states: State, tokens: Indices) -> State:
        """Each song's state after one token more, (B, …) and (B,) -> (B, …)."""
        ...

    def allowed(self, states: State, left: int) -> Mask:
        """The tokens that may come next where at most ``left`` still come, (B, …) -> (B, V)."""
        ...

    def whole(self, states: State) -> Mask | None:
        """Whether each song is at an end here, (B, …) -> (B,); None where this does not decide."""
        ...


class Constraints:
    """Several at once, or none: what comes next, all of them allow."""

    def __init__(self, constraints: Sequence[Constraint] = ()) -> None:
        self._each = tuple(constraints)

    def __len__(self) -> int:
        return len(self._each)

    @property
    def name(self) -> str:
        """As all of it was asked for: ``--bars 8 --max-copy 3``."""
        return " ".join(constraint.name for constraint in self._each if constraint.name)

    def begin(self, primer: Indices, count: int) -> list[State]:
        """The states of ``count`` songs after the primer; the first only counts them."""
        given = [np.asarray(constraint.begin(primer)) for constraint in self._each]
        return [np.zeros(count), *(np.repeat(state[None], count, axis=0) for state in given)]

    def advance(self, states: list[State], tokens: Indices) -> list[State]:
        pairs = zip(self._each, states[1:], strict=True)
        return [states[0], *(constraint.advance(state, tokens) for constraint, state in pairs)]

    def pick(self, states: list[State], rows: npt.NDArray[np.intp]) -> list[State]:
        """The states of the songs in ``rows``."""
        return [state[rows] for state in states]

    def allowed(self, states: list[State], left: int) -> Mask:
        """(B, V), or (B, 1) where nothing is ruled out."""
        mask = np.ones((len(states[0]), 1), dtype=bool)
        for constraint, state in zip(self._each, states[1:], strict=True):
            mask = mask & constraint.allowed(state, left)
        return mask

    def whole(self, states: list[State]) -> Mask:
        """Whether a song may stop here, (B,): those that decide it agree, and there is one."""
        pairs = zip(self._each, states[1:], strict=True)
        each = [constraint.whole(state) for constraint, state in pairs]
        decided = [mask for mask in each if mask is not None]
        return np.all(decided, axis=0) if decided else np.zeros(len(states[0]), dtype=bool)
