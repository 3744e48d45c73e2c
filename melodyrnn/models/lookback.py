"""A network of views (``models.bar_columns``) as a model of plain sequences."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from melodyrnn.models.bar_columns import Cycle, Lookback, views
from melodyrnn.models.predictor import Predictor, Rows
from melodyrnn.sequences.vocabulary import Indices


@runtime_checkable
class Cyclic(Predictor, Protocol):
    """A model that asks how time goes round in what it tells."""

    def under(self, cycles: Sequence[Cycle]) -> Predictor:
        """The model for sequences of these cycles: one for all, or one for each."""
        ...


def under(predictor: Predictor, cycles: Sequence[Cycle]) -> Predictor:
    """``predictor`` for sequences of these cycles; most models do not ask for them."""
    return predictor.under(cycles) if isinstance(predictor, Cyclic) else predictor


class State(NamedTuple):
    """Of B songs."""

    network: Any
    heard: Indices  # (B, n), all so far
    cycles: npt.NDArray[np.int64]  # (B, 2)


class LookingBack:
    """A Predictor: it remembers what it heard, and shows the network each symbol with its columns.

    ``cycles`` is one for all sequences, or one for each in their order.
    """

    def __init__(
        self, network: Predictor, lookback: Lookback, cycles: Sequence[Cycle] = ()
    ) -> None:
        self.network, self.lookback, self.cycles = network, lookback, tuple(cycles)
        self.window = network.window

    @property
    def parameters(self) -> int:
        return self.network.parameters

    def under(self, cycles: Sequence[Cycle]) -> "LookingBack":
        return LookingBack(self.network, self.lookback, cycles)

    def begin(self, count: int) -> State:
        cycles = np.array(self._cycles(count), dtype=np.int64)
        return State(self.network.begin(count), np.zeros((count, 0), np.int32), cycles)

    def step(self, rows: Indices, state: State) -> tuple[npt.NDArray[Any], State]:
        # The first window is all new, of each later one the last symbol.
        new = rows[:, -1:] if state.heard.shape[1] else rows
        heard = np.concatenate([state.heard, new], 1)
        seen = [
            self.lookback.view(song, Cycle(*cycle), last=self.window)
            for song, cycle in zip(heard, state.cycles.tolist(), strict=True)
        ]
        logits, network = self.network.step(np.stack(seen), state.network)
        return logits, State(network, heard, state.cycles)

    def pick(self, state: State, rows: Rows) -> State:
        return State(self.network.pick(state.network, rows), state.heard[rows], state.cycles[rows])

    def logits(self, sequences: Sequence[Indices]) -> Sequence[npt.NDArray[Any]]:
        return self.network.logits(views(self.lookback, sequences, self._cycles(len(sequences))))

    def _cycles(self, count: int) -> Sequence[Cycle]:
        return self.cycles * count if len(self.cycles) == 1 else self.cycles
