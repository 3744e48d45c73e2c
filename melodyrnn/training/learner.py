"""What every way of learning has: epochs that were run, and three reasons to end."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from math import isfinite
from typing import Any


class Learner(ABC):
    """A model in training."""

    history: Sequence[Any]  # a line an epoch, with its ``loss``
    config: Any  # with ``epochs`` and ``early_stop``

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
        if self.epoch >= self.config.epochs or self.diverged:
            return True
        return bool(self.config.early_stop and self.satisfied)

    @property
    @abstractmethod
    def satisfied(self) -> bool:
        """There is nothing more to learn; what that is, each way of learning says."""
