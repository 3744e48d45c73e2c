"""What generation and measuring ask of a model, be it a network or counts."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy.typing as npt

from melodyrnn.sequences.vocabulary import Indices


class Predictor(Protocol):
    """A model that tells the next code of windows of ``window`` codes."""

    window: int

    @property
    def parameters(self) -> int:
        """The number of numbers that learning set."""
        ...

    def begin(self, count: int) -> Any:
        """The state of ``count`` songs before anything was heard."""
        ...

    def step(self, rows: Indices, state: Any) -> tuple[npt.NDArray[Any], Any]:
        """Windows (B, T) and state -> logits (B, V) and the state after them."""
        ...

    def logits(self, sequences: Sequence[Indices]) -> Sequence[npt.NDArray[Any]]:
        """Of each sequence the logits of all its windows, (N, V), the state carried."""
        ...
