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


class Network:
    """A Keras model as a Predictor."""

    def __init__(self, model: Any, window: int, evaluator: Any = None) -> None:
        """``evaluator``: an ``Evaluator`` of the model that was compiled before, if any."""
        from melodyrnn.networks import models
        from melodyrnn.networks.backend import tf  # which counted models never need

        self.model, self.window, self.evaluator = model, window, evaluator
        self.parameters = models.parameters(model)
        self.begin = lambda count: models.zero_states(model, count)

        @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
        def step(rows: Any, state: Any) -> Any:
            return models.step(model, rows, state)

        self._tensor: Any = tf.constant
        self._step: Any = step

    def step(self, rows: Indices, state: Any) -> tuple[npt.NDArray[Any], Any]:
        logits, state = self._step(self._tensor(rows), state)
        return logits.numpy(), state

    def logits(self, sequences: Sequence[Indices]) -> Sequence[npt.NDArray[Any]]:
        if self.window == 1 and self.evaluator is None:
            from melodyrnn.networks.stream_training import Teller

            return Teller(self.model).logits(sequences)
        from melodyrnn.networks.evaluation import Evaluator

        if self.evaluator is None or self.evaluator.sequences is not sequences:
            self.evaluator = Evaluator(self.model, sequences, self.window)
        logits: Sequence[npt.NDArray[Any]] = self.evaluator.logits()
        return logits
