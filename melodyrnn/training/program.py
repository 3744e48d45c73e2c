"""What a trainer needs of a framing: its compiled arithmetic, and what belongs to it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeAlias, TypeVar

import numpy as np

from melodyrnn.models.types import Array, KerasModel, Optimizer, Weights
from melodyrnn.system.sentences import Sentence
from melodyrnn.training.compiled import POOL, C, Compiled

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
    how long to train, and which weights were best, is for the ``Trainer`` to know. As a context
    manager it leaves what was compiled to another training like it, and is of no use afterwards.
    """

    row: type[R]
    """The class of the rows that ``advance`` returns."""
    score: type[S]
    """The class of what ``evaluate`` returns: a dataclass of numbers."""
    evaluates_start = False
    """Whether the weights of the start may be the best."""
    _taken: tuple[Hashable, Compiled] | None = None
    """What is to be given back, and its settings."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        taken, self._taken = self._taken, None
        if taken and kind is None:  # what an error left behind, nobody is to find
            POOL.give_back(*taken)

    def _take(self, kind: type[C], settings: Hashable, make: Callable[[], C]) -> C:
        """What was compiled for ``settings``, or is now."""
        compiled = POOL.take(kind, settings, make)
        self._taken = settings, compiled
        return compiled

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
        if not history:
            return 0, epochs, "epochs"
        return len(history), epochs, Sentence("epochs, loss {loss:.3f}", loss=history[-1].loss)


class RowWithBits(HistoryRow, Protocol):
    """One that says how well what was not learned is predicted."""

    @property
    def val_bits(self) -> float: ...


def within_epoch(
    history: Sequence[RowWithBits], epochs: int, steps: int, place: int, loss: float
) -> tuple[int, int, str]:
    """``Program.progress`` in steps, of which an epoch has so many: after ``place`` of them, whose
    mean loss is ``loss``; at 0, after an epoch.
    """
    between = bool(history) and not place
    bits = Sentence(" bits {bits:.3f}", bits=history[-1].val_bits) if history else ""
    words = Sentence(
        "steps, epoch {epoch} loss {loss:.3f}{bits}",
        epoch=len(history) + (not between),
        loss=history[-1].loss if between else loss,
        bits=bits,
    )
    return len(history) * steps + place, epochs * steps, words


class KerasProgram(Program[R, S]):
    """A program that trains a Keras model by a Keras optimiser."""

    def __init__(
        self, model: KerasModel, optimizer: Optimizer, original: KerasModel | None = None
    ) -> None:
        """``original``: another of which ``model`` is a copy, and which is given weights too."""
        self.model, self.optimizer = model, optimizer
        self._models = [model] if original is None else [model, original]

    def weights(self) -> Weights:
        return list(self.model.get_weights())

    def set_weights(self, weights: Weights) -> None:
        for model in self._models:
            model.set_weights(weights)

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
