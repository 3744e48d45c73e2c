"""What generation and measuring ask of a model, be it a network or counts."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.vocabulary import Indices

Rows = npt.NDArray[np.intp]  # (R,): songs of a batch, by their places in it


class Player(Protocol):
    """What tells the next code of windows of ``window`` codes, step by step."""

    window: int

    def begin(self, count: int) -> Any:
        """The state of ``count`` songs before anything was heard."""
        ...

    def step(self, rows: Indices, state: Any) -> tuple[npt.NDArray[Any], Any]:
        """Windows (B, T) and state -> logits (B, V) and the state after them."""
        ...

    def pick(self, state: Any, rows: Rows) -> Any:
        """The state of the songs ``rows`` (R,), of each as often as it is named."""
        ...


class Predictor(Player, Protocol):
    """A model, which can also be measured."""

    @property
    def parameters(self) -> int:
        """The number of numbers that learning set."""
        ...

    def logits(self, sequences: Sequence[Indices]) -> Sequence[npt.NDArray[Any]]:
        """Of each sequence the logits of all its windows, (N, V), the state carried."""
        ...


def hear(player: Player, primer: Indices, count: int) -> Any:
    """The state of ``count`` songs after all of ``primer`` (P,) but its last window, which is the
    first to be answered.
    """
    songs, state = np.tile(primer, (count, 1)), player.begin(count)
    for start in range(len(primer) - player.window):
        _, state = player.step(songs[:, start : start + player.window], state)
    return state
