"""What every training leaves, whatever it learned from."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Self

from melodyrnn.runs import record as runs


@dataclass(frozen=True)
class Trained(ABC):
    """A run folder that was filled."""

    source: ClassVar[str]  # one of ``run.SOURCES``
    run: Path
    record: runs.Record
    parameters: int
    files: tuple[Path, ...]

    @property
    def interrupted(self) -> bool:
        return self.record.interrupted

    @property
    @abstractmethod
    def metrics(self) -> dict[str, Any]:
        """What was measured, as the run keeps it."""

    def recorded(self) -> Self:
        """The same, with what was measured written into the run. Raises MelodyError."""
        record = replace(self.record, metrics=self.metrics)
        return replace(
            self, record=record, files=(*self.files, runs.write_record(self.run, record))
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "run": str(self.run),
            "model": self.record.model.model,
            "parameters": self.parameters,
            "epochs": self.record.epochs,
            "best_epoch": self.record.best_epoch,
            "seconds": self.record.seconds,
            **self.metrics,
            "interrupted": self.interrupted,
            "files": [str(path) for path in self.files],
        }
