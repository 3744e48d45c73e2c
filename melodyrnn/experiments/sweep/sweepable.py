"""What a grid can be swept over: a lesson and songs have this one interface."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from melodyrnn.experiments.sweep.grid import Fields, Grid, Settings
from melodyrnn.experiments.sweep.outcome import Criterion, Outcome
from melodyrnn.render.pages.comparison_data import HeldOut
from melodyrnn.system.documents import JSON
from melodyrnn.system.place import Place
from melodyrnn.system.progress import Progress


@dataclass(frozen=True)
class Execution:
    """Where the folders of the runs are made, who runs them, and the progress callback."""

    path: Path
    place: Place
    progress: Progress

    def folder(self, name: str) -> Path:
        """Of the run ``name``."""
        return self.path / "runs" / name


class Outcomes(NamedTuple):
    """What came of some combinations of settings."""

    score: Criterion  # the figure that all are compared by
    outcomes: list[Outcome]


class Sweepable(Protocol):
    """Something that can be run with each combination of a grid."""

    @property
    def name(self) -> str:
        """As tables, pictures and the default folder call it."""

    @property
    def fields(self) -> Fields:
        """The settings that a grid can have."""

    @property
    def default_grid(self) -> Grid:
        """The grid where none is given; empty where there is none."""

    @property
    def chosen_on(self) -> str | None:
        """The set whose figures are compared, training or validation; None where it varies."""

    @property
    def identity(self) -> dict[str, JSON]:
        """What its runs depend on, besides their settings."""

    def check(self, combinations: Sequence[Settings]) -> None:
        """Raise MelodyError where one of ``combinations`` cannot be run."""

    def run(
        self, combinations: Sequence[Settings], fixed: Settings, execution: Execution
    ) -> Outcomes:
        """Run each of ``combinations`` that is not finished yet, with the settings ``fixed`` too.

        The outcomes come in any order. Raises MelodyError.
        """

    def measured_apart(self, best: Outcome) -> HeldOut | None:
        """What the run of the best makes of songs that chose nothing, if there are any."""
