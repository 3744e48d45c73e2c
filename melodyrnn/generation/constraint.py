"""What a sequence still to be drawn has to keep to: which tokens may come next.

A constraint rules tokens out before one is drawn; nothing is ever drawn and thrown away. It carries
a state along each song, so that a token costs the same at the end of a long one.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from melodyrnn.models.predictor import Rows
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask

State = npt.NDArray[Any]
Left = int | npt.NDArray[np.intp]
"""How many tokens still come at most: of all songs as many, or of each, (B,)."""


class Constraint(Protocol):
    """One thing that every song keeps to. Tokens are indices of a vocabulary of V."""

    name: str  # as it was asked for, such as "--bars 8"

    def begin(self, primer: Indices) -> State:
        """After the tokens that are given, (P,) -> (…)."""
        ...

    def advance(self, states: State, tokens: Indices) -> State:
        """Each song's state after one token more, (B, …) and (B,) -> (B, …)."""
        ...

    def allowed(self, states: State, left: Left) -> Mask:
        """The tokens that may come next where at most ``left`` still come, (B, …) -> (B, V)."""
        ...

    def whole(self, states: State) -> Mask | None:
        """Whether each song is at an end here, (B, …) -> (B,); None where this does not decide."""
        ...


class Constraints:
    """Several at once, or none: what comes next, all of them allow.

    Songs of one batch may keep to different ones, each to those of its part; they are as many in
    every part, and the states of those that stand at the same place are of the same shape.
    """

    def __init__(self, parts: Sequence[Sequence[Constraint]] = ((),)) -> None:
        """Of each part its constraints."""
        self._parts = tuple(map(tuple, parts))
        self._each = [*map(_Slot, zip(*self._parts, strict=True))]

    def __len__(self) -> int:
        return len(self._each)

    def name(self, part: int = 0) -> str:
        """As all of it was asked for: ``--bars 8 --max-copy 3``."""
        return " ".join(constraint.name for constraint in self._parts[part] if constraint.name)

    def begin(self, primer: Indices, parts: Rows) -> list[State]:
        """The states after the primer of a song of each of ``parts`` (B,), which come first."""
        return [parts, *(slot.begin(primer)[parts] for slot in self._each)]

    def advance(self, states: list[State], tokens: Indices) -> list[State]:
        part = states[0]
        pairs = zip(self._each, states[1:], strict=True)
        return [part, *(slot.advance(part, state, tokens) for slot, state in pairs)]

    def pick(self, states: list[State], rows: Rows) -> list[State]:
        """The states of the songs in ``rows``."""
        return [state[rows] for state in states]

    def allowed(self, states: list[State], left: Left) -> Mask:
        """(B, V), or (B, 1) where nothing is ruled out."""
        part = states[0]
        left = np.broadcast_to(left, part.shape)
        mask = np.ones((len(part), 1), dtype=bool)
        for slot, state in zip(self._each, states[1:], strict=True):
            mask = mask & slot.allowed(part, state, left)
        return mask

    def whole(self, states: list[State]) -> Mask:
        """Whether a song may stop here, (B,): those that decide it agree, and there is one."""
        part = states[0]
        pairs = zip(self._each, states[1:], strict=True)
        each = [slot.whole(part, state) for slot, state in pairs]
        decided = [mask for mask in each if mask is not None]
        return np.all(decided, axis=0) if decided else np.zeros(len(part), dtype=bool)


class _Slot:
    """The constraints at one place of all parts; several may share one."""

    def __init__(self, of_parts: Sequence[Constraint]) -> None:
        self._distinct = list({id(constraint): constraint for constraint in of_parts}.values())
        number = {id(constraint): n for n, constraint in enumerate(self._distinct)}
        self._of_part = np.array([number[id(constraint)] for constraint in of_parts])

    def begin(self, primer: Indices) -> State:
        """Of each part, (P, …)."""
        begun = [np.asarray(constraint.begin(primer)) for constraint in self._distinct]
        of_parts: State = np.stack(begun)[self._of_part]
        return of_parts

    def advance(self, part: Rows, states: State, tokens: Indices) -> State:
        return self._each(part, lambda one, rows: one.advance(states[rows], tokens[rows]))

    def allowed(self, part: Rows, states: State, left: npt.NDArray[np.intp]) -> Mask:
        return self._each(part, lambda one, rows: one.allowed(states[rows], left[rows]))

    def whole(self, part: Rows, states: State) -> Mask | None:
        """Whether they decide it, they all do or none."""
        if not len(part) or self._distinct[0].whole(states[:0]) is None:
            return None
        return self._each(part, lambda one, rows: np.asarray(one.whole(states[rows])))

    def _each(self, part: Rows, ask: Callable[[Constraint, Any], State]) -> State:
        """What ``ask`` returns of each constraint and its songs, put together, (B, …)."""
        if len(self._distinct) == 1:
            return ask(self._distinct[0], slice(None))
        of_song = self._of_part[part]
        found: State | None = None
        for number in np.unique(of_song).tolist():
            rows = np.flatnonzero(of_song == number)
            one = ask(self._distinct[number], rows)
            if found is None:
                found = np.empty((len(part), *one.shape[1:]), one.dtype)
            found[rows] = one
        assert found is not None, "a batch has a song"
        return found
