"""What a trainer needs of a framing: its compiled arithmetic, and what belongs to it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Generic, Protocol, TypeAlias, TypeVar

import numpy as np

from melodyrnn.models.types import Array, KerasModel, Optimizer, Weights

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Carried: TypeAlias = dict[str, list[Array]]
"""Groups of arrays by name."""


class HistoryRow(Protocol):
    """One line of the history: a NamedTuple whose first field is the epoch."""

    @property
    def epoch(self) -> int:
        """Counted from 1."""

    @property
    def loss(self) -> float:
        """Mean cross-entropy in training, natural logarithm."""

    def __iter__(self) -> Iterator[float | None]: ...


R = TypeVar("R", bound=HistoryRow)
S = TypeVar("S", bound="DataclassInstance")


class Program(ABC, Generic[R, S]):
    """The compiled arithmetic of one framing of one network's training.

    It holds the weights, the optimiser and whatever is carried from step to step, and no history:
    how long to train, and which weights were best, is for the ``Trainer`` to know.
    """

    row: type[R]
    """The class of the rows that ``advance`` returns."""
    score: type[S]
    """The class of what ``evaluate`` returns: a dataclass of numbers."""
    evaluates_start = False
    """Whether the weights of the start may be the best."""

    @abstractmethod
    def advance(self, done: int, until: int) -> Sequence[R]:
        """Train on in one call, after ``done`` epochs and to epoch ``until`` at most.

        Returns a row for each epoch that ended in it, which may be none.
        """

    @abstractmethod
    def evaluate(self) -> S | None:
        """The score of the present weights; None where there is nothing to choose weights by, so
        that the latest are the best.
        """

    @abstractmethod
    def rank(self, score: S) -> tuple[float, ...]:
        """What is greater for better weights, and not finite for useless ones."""

    @abstractmethod
    def satisfied(self, best: S | None, since_best: int) -> bool:
        """Whether to stop early, ``since_best`` epochs after the best score."""

    @abstractmethod
    def weights(self) -> Weights:
        """A copy of the weights that ``evaluate`` would evaluate."""

    @abstractmethod
    def set_weights(self, weights: Weights) -> None:
        """Take these weights, as ``weights`` gave them."""

    @abstractmethod
    def carry(self) -> Carried:
        """All that is needed to go on, bit for bit."""

    @abstractmethod
    def resume(self, carried: Carried, done: int) -> None:
        """Go back to what ``carry`` gave after ``done`` epochs.

        Raises KeyError, ValueError where it does not fit.
        """

    def scored(self, row: R, score: S) -> R:
        """The last row of an ``advance``, with the figures of the evaluation after it."""
        return row

    def progress(self, history: Sequence[R], epochs: int) -> tuple[int, int, str]:
        """What to report of a training for ``epochs``: done, total, words."""
        return len(history), epochs, f"loss {history[-1].loss:.3f}" if history else ""


class KerasProgram(Program[R, S]):
    """A program that trains a Keras model by a Keras optimiser."""

    def __init__(self, model: KerasModel, optimizer: Optimizer) -> None:
        self.model, self.optimizer = model, optimizer
        optimizer.build(model.trainable_variables)

    def weights(self) -> Weights:
        return list(self.model.get_weights())

    def set_weights(self, weights: Weights) -> None:
        self.model.set_weights(weights)

    def carry(self) -> Carried:
        return {
            "weights": [np.asarray(weight) for weight in self.model.weights],
            "optimizer": [np.asarray(variable) for variable in self.optimizer.variables],
        }

    def resume(self, carried: Carried, done: int) -> None:
        for name, variables in (
            ("weights", self.model.weights),
            ("optimizer", self.optimizer.variables),
        ):
            for variable, value in zip(variables, carried[name], strict=True):
                variable.assign(value)
