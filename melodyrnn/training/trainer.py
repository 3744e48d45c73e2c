"""One trainer for every framing: it runs a program, and knows when to stop and what was best."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from math import isfinite, isnan, nan
from types import NoneType
from typing import Generic, NamedTuple, Protocol, TypeVar, get_args, get_type_hints

import numpy as np
import numpy.typing as npt

from melodyrnn.models.types import Arrays, Weights
from melodyrnn.system.progress import Progress, silent
from melodyrnn.training.program import Program, R, S

T = TypeVar("T")
Arrayed = Mapping[str, Sequence[npt.ArrayLike]]
"""Arrays by their groups."""


class Limits(Protocol):
    """The part of a training's configuration that says when it ends."""

    @property
    def epochs(self) -> int:
        """The most epochs."""

    @property
    def early_stop(self) -> bool:
        """Whether to end as soon as the program is satisfied."""


class AtMost(NamedTuple):
    """Limits of a training that no configuration describes."""

    epochs: int
    early_stop: bool = True


class Trainer(Generic[R, S]):
    """A training: its history, its best weights, its end.

    All that is compiled belongs to the program, so that a trainer costs next to nothing: to train
    again from new weights, restart the program and make another.
    """

    def __init__(self, program: Program[R, S], limits: Limits) -> None:
        self.program, self.limits = program, limits
        self.history: list[R] = []
        self.best_weights: Weights = program.weights()
        self.best_score: S | None = None
        self.best_epoch = 0

    @property
    def epoch(self) -> int:
        """Epochs run."""
        return len(self.history)

    @property
    def diverged(self) -> bool:
        """The weights grew beyond all numbers, which no further epoch mends."""
        return bool(self.history) and not isfinite(self.history[-1].loss)

    @property
    def done(self) -> bool:
        """All epochs were run, or more of them would be for nothing."""
        if self.epoch >= self.limits.epochs or self.diverged:
            return True
        return self.limits.early_stop and self.program.satisfied(
            self.best_score, self.epoch - self.best_epoch
        )

    def run(self, progress: Progress = silent) -> bool:
        """Train until done; ``progress`` is called after each call of the program.

        Returns False where a keyboard interrupt ended it before. The program may then stand in the
        middle of a call: ``state()`` is not to be kept, while the best weights are whole.
        """
        try:
            self.train(self.limits.epochs, progress)
        except KeyboardInterrupt:
            return False
        return True

    def fit(self, progress: Progress = silent) -> S | None:
        """Train until done and leave the best weights in the model; their score.

        For short trainings: a keyboard interrupt ends it as it ends any other work.
        """
        self.train(self.limits.epochs, progress)
        self.keep_best()
        return self.best_score or self.program.evaluate()

    def train(self, until: int, progress: Progress = silent) -> None:
        """Train until that epoch or until done. The model has its latest weights then."""
        if not self.history and self.program.evaluates_start:
            self._evaluate(0)
        while not self.done and self.epoch < until:
            self.advance(until)
            progress(*self.program.progress(self.history, self.limits.epochs))

    def advance(self, until: int | None = None) -> None:
        """Call the program once."""
        most = self.limits.epochs if until is None else min(until, self.limits.epochs)
        rows = list(self.program.advance(self.epoch, most))
        if rows:
            # The history is whole at all times: an interrupt may come while evaluating.
            if (score := self._evaluate(rows[-1].epoch)) is not None:
                rows[-1] = self.program.scored(rows[-1], score)
            self.history += rows

    def keep_best(self) -> None:
        """Give the model the best weights it had."""
        self.program.set_weights(self.best_weights)

    def state(self) -> Arrays:
        """What ``restore`` needs to go on, bit for bit: ``weights/i``, ``optimizer/i`` and what
        else the program carries, ``best/i``, best_score, best_epoch, history (E, columns).
        """
        groups = self.program.carry() | {"best": self.best_weights}
        arrays = {
            f"{name}/{i}": value for name, group in groups.items() for i, value in enumerate(group)
        }
        score = () if self.best_score is None else astuple(self.best_score)
        arrays["best_score"] = np.array(score, dtype=np.float64)
        arrays["best_epoch"] = np.array(self.best_epoch)
        arrays["history"] = np.array(
            [[nan if value is None else value for value in row] for row in self.history],
            dtype=np.float64,
        ).reshape(-1, len(self.columns))
        return arrays

    def restore(self, arrays: Arrays) -> None:
        """Go back to what ``state()`` gave. Raises KeyError, ValueError where it does not fit."""
        groups = self.program.carry() | {"best": self.best_weights}
        found = {
            name: [arrays[f"{name}/{i}"] for i in range(len(group))]
            for name, group in groups.items()
        }
        _check(groups, found)
        history = [_filled(self.program.row, row) for row in arrays["history"].tolist()]
        score = arrays["best_score"].tolist()
        self.best_score = _filled(self.program.score, score) if score else None
        best_epoch = int(arrays["best_epoch"])
        if not 0 <= best_epoch <= len(history) <= self.limits.epochs:
            raise ValueError(f"the best epoch is {best_epoch} of {len(history)}")
        self.best_epoch = best_epoch
        self.best_weights = found.pop("best")
        self.program.resume(found, len(history))
        self.history = history

    @property
    def columns(self) -> Sequence[str]:
        """Of the history."""
        return tuple(self.program.row.__annotations__)

    def _evaluate(self, epoch: int) -> S | None:
        """Evaluate the present weights, those of ``epoch``, and note them where they are best."""
        score, best = self.program.evaluate(), self.best_score
        if score is not None:
            rank = self.program.rank(score)
            if not all(map(isfinite, rank)) or (
                best is not None and rank <= self.program.rank(best)
            ):
                return score
        self.best_score, self.best_epoch = score, epoch
        self.best_weights = self.program.weights()
        return score


def _check(present: Arrayed, found: Arrayed) -> None:
    """Raise ValueError where an array is of another shape or kind than the present one, and where
    the best weights are not finite.
    """
    for name, group in present.items():
        for here, there in zip(map(np.asarray, group), map(np.asarray, found[name]), strict=True):
            if here.shape != there.shape or here.dtype.kind != there.dtype.kind:
                raise ValueError(f"{name} of shape {there.shape}, not {here.shape}")
    if not all(np.isfinite(weight).all() for weight in found["best"]):
        raise ValueError("weights that are not finite")


def _filled(kind: type[T], numbers: Sequence[float]) -> T:
    """A NamedTuple or dataclass from numbers, one a field; NaN for None where that may be."""
    hints = get_type_hints(kind)
    names = tuple(kind.__annotations__)
    return kind(*(_value(hints[name], n) for name, n in zip(names, numbers, strict=True)))


def _value(hint: object, number: float) -> float | None:
    either = get_args(hint) or (hint,)
    if NoneType in either and isnan(number):
        return None
    return int(number) if int in either else number
