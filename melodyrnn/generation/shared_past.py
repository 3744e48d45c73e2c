"""Songs that are the same so far are predicted as one.

All songs of one primer begin alike, and those of a network that knows its song part late: until
then what comes next in them is one question, which is asked once.
"""

from typing import NamedTuple

import numpy as np

from melodyrnn.models.next_tokens import NextTokens
from melodyrnn.models.predictor import Logits, Player, Rows, State
from melodyrnn.sequences.vocabulary import Indices


class SharedState(NamedTuple):
    """Of B songs with P different pasts."""

    pasts: State  # the player's own, of P songs
    past: Rows | None  # (B,), of each song the number of its past; None where each has its own


class SharedPast:
    """A Player: ``player``, asked once for all songs with the same past.

    Its songs begin alike, or as ``begun`` says, and each window is the last one moved on by a
    token.
    """

    def __init__(self, player: Player) -> None:
        self.player, self.window = player, player.window

    def begin(self, count: int) -> SharedState:
        return self.begun(self.player.begin(1), np.zeros(count, np.intp))

    def begun(self, pasts: State, past: Rows) -> SharedState:
        """The state of songs, of each of which the number of its past among ``pasts`` is given,
        (B,).
        """
        return SharedState(pasts, past)

    def step(self, rows: Indices, state: SharedState) -> tuple[Logits, SharedState]:
        """Windows (B, T) and state -> logits (B, V) and the state after them."""
        different, past, pasts = self._different(rows, state)
        logits, pasts = self.player.step(different, pasts)
        return logits if past is None else logits[past], SharedState(pasts, past)

    def expected(self, rows: Indices, state: SharedState) -> tuple[NextTokens, SharedState]:
        """``step`` for who draws a token, and does not look at all of them."""
        different, past, pasts = self._different(rows, state)
        expected, pasts = self.player.expected(different, pasts)
        return expected if past is None else expected.pick(past), SharedState(pasts, past)

    def _different(self, rows: Indices, state: SharedState) -> tuple[Indices, Rows | None, State]:
        """The windows to ask for, of each song the number of its own among them, None where each
        has its own, and the player's state before them.
        """
        if state.past is None:
            return rows, None, state.pasts
        newest = rows[:, -1].astype(np.intp)
        ways = state.past * (newest.max() + 1) + newest  # one number for a past and its next token
        _, first, past = np.unique(ways, return_index=True, return_inverse=True)
        if len(first) == len(rows):
            return rows, None, self.player.pick(state.pasts, state.past)
        return rows[first], past, self.player.pick(state.pasts, state.past[first])

    def pick(self, state: SharedState, rows: Rows) -> SharedState:
        if state.past is None:
            return SharedState(self.player.pick(state.pasts, rows), None)
        return SharedState(state.pasts, state.past[rows])
