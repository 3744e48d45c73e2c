"""Songs that are the same so far are told as one.

All songs of one primer begin alike, and those of a network that knows its song part late: until
then what comes next in them is one question, which is asked once.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.models.predictor import Player, Rows
from melodyrnn.sequences.vocabulary import Indices


class State(NamedTuple):
    """Of B songs with P different pasts."""

    pasts: Any  # the player's own, of P songs
    past: Rows | None  # (B,), of each song the number of its past; None where each has its own


class SharedPast:
    """A Player: ``player``, asked once for all songs with the same past.

    Its songs begin alike, and each window is the last one moved on by a code.
    """

    def __init__(self, player: Player) -> None:
        self.player, self.window = player, player.window

    def begin(self, count: int) -> State:
        return State(self.player.begin(1), np.zeros(count, np.intp))

    def step(self, rows: Indices, state: State) -> tuple[npt.NDArray[Any], State]:
        """Windows (B, T) and state -> logits (B, V) and the state after them."""
        if state.past is None:
            logits, pasts = self.player.step(rows, state.pasts)
            return logits, State(pasts, None)
        newest = rows[:, -1].astype(np.intp)
        ways = state.past * (newest.max() + 1) + newest  # one number for a past and its next code
        _, first, past = np.unique(ways, return_index=True, return_inverse=True)
        if len(first) == len(rows):
            return self.step(rows, State(self.player.pick(state.pasts, state.past), None))
        pasts = self.player.pick(state.pasts, state.past[first])
        logits, pasts = self.player.step(rows[first], pasts)
        return logits[past], State(pasts, past)

    def pick(self, state: State, rows: Rows) -> State:
        if state.past is None:
            return State(self.player.pick(state.pasts, rows), None)
        return State(state.pasts, state.past[rows])
