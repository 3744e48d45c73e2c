"""A sweep over songs: its runs are trials, as a comparison makes them, in real run folders."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from pathlib import Path

from melodyrnn.data.gather import Songs
from melodyrnn.data.split import SETTINGS, SongSplit
from melodyrnn.errors import ConfigError
from melodyrnn.evaluation.note_bits import common_start
from melodyrnn.experiments.comparison import plans
from melodyrnn.experiments.comparison.generalising import held_out_table
from melodyrnn.experiments.comparison.trial import Plan, Trial, read_trial, run_trials
from melodyrnn.experiments.sweep.grid import Fields, Grid, Settings, settings_of, shown
from melodyrnn.experiments.sweep.outcome import BITS, Outcome
from melodyrnn.experiments.sweep.sweepable import Execution, Outcomes
from melodyrnn.models.config import (
    ModelConfig,
    SequenceConfig,
    StreamConfig,
    TrainConfig,
    cell_as_model,
)
from melodyrnn.models.registry import MODELS
from melodyrnn.render.pages.comparison_data import HeldOut
from melodyrnn.runs.output_folders import slug
from melodyrnn.system.documents import JSON
from melodyrnn.tasks.checks import check_effect
from melodyrnn.tasks.registry import task_of
from melodyrnn.tasks.songs import SongTask


@dataclass(frozen=True)
class SongSweep:
    """Songs, a model of which is trained with each combination of a grid: as ``train`` would, one
    song by heart, of several the part ``held_out`` kept from it.
    """

    songs: Songs
    held_out: float | None = None

    @property
    def name(self) -> str:
        return slug(self.songs.name)

    @property
    def fields(self) -> Fields:
        several = (StreamConfig,) if len(self.songs) > 1 else ()
        found = settings_of(*several, ModelConfig, TrainConfig)
        cell = settings_of(SequenceConfig)["cell"]  # the model of that cell, as ``train`` has it
        kept = {name: field for name, field in found.items() if not several or name not in SETTINGS}
        return {**kept, "cell": cell}

    @property
    def default_grid(self) -> Grid:
        return {}

    @property
    def chosen_on(self) -> str:
        return "training" if len(self.songs) == 1 else "validation"

    @property
    def split_by(self) -> Mapping[str, JSON]:
        """The setting ``held_out`` of all trainings."""
        return plans.held_out_of(self.songs, self.held_out)

    @property
    def identity(self) -> dict[str, JSON]:
        return {"songs": [song.record["sha256"] for song in self.songs], **self.split_by}

    @cached_property
    def parts(self) -> SongSplit:
        """Raises ConfigError where no songs are left to choose by."""
        parts = plans.parts_of(self.songs, self.split_by)
        if parts.held_out and not parts.validation:
            raise ConfigError(
                f"{len(self.songs)} songs leave none to choose settings by, beside those held out; "
                "give more songs"
            )
        return parts

    def check(self, combinations: Sequence[Settings]) -> None:
        if any({"cell", "model"} <= set(each) for each in combinations):
            raise ConfigError("--grid cell names models, as --grid model does; leave one out")
        asked = [{**cell_as_model(each), **self.split_by} for each in combinations]
        tasks = [task_of(self.songs, each) for each in asked]
        models = [
            str(each.get("model", task.default_model))
            for each, task in zip(asked, tasks, strict=True)
        ]
        given = {name: value for each in asked for name, value in each.items()}
        by_heart = all(task.name == SongTask.name for task in tasks)
        check_effect(list(dict.fromkeys(models)), given, windows=by_heart)
        plans.check(self.songs, self.parts, asked)

    def run(
        self, combinations: Sequence[Settings], fixed: Settings, execution: Execution
    ) -> Outcomes:
        trials = run_trials(
            self.plans(combinations, fixed, execution), execution.place, execution.progress
        )
        bits = _bits(trials)
        return Outcomes(
            BITS,
            [
                Outcome(settings, score, _diverged(trial), trial.seconds, trial.run)
                for settings, score, trial in zip(combinations, bits, trials, strict=True)
            ],
        )

    def measured_apart(self, best: Outcome) -> HeldOut | None:
        trial = read_trial(Path(best.run))
        if trial is None or trial.held_out is None:
            return None
        return held_out_table({trial.model: [trial.held_out]}, self.parts.held_out)

    def plans(
        self, combinations: Sequence[Settings], fixed: Settings, execution: Execution
    ) -> list[Plan]:
        """A trial for each combination."""
        return [self._plan(combination, fixed, execution) for combination in combinations]

    def _plan(self, combination: Settings, fixed: Settings, execution: Execution) -> Plan:
        settings = {**fixed, **cell_as_model(combination), **self.split_by}
        model = str(settings.get("model", task_of(self.songs, settings).default_model))
        name = "-".join(f"{key}={shown(value)}" for key, value in combination.items())
        return Plan(model, self.songs, settings, execution.folder(name), len(self.songs) > 1)


def _bits(trials: Sequence[Trial]) -> list[float]:
    """Of each trial the bits per note that it is chosen by: of the validation songs, of the notes
    that all models predict; of one song, those of the song.
    """
    new = [trial.validation for trial in trials if trial.validation]
    if new:
        window = common_start(new)
        return [each.mean(window) for each in new]
    return [trial.memory.bits_per_note for trial in trials if trial.memory]


def _diverged(trial: Trial) -> bool:
    """Whether the loss is not a number any more, or ended above where it began."""
    if not MODELS[trial.model].learns_by_gradient:
        return False
    with (Path(trial.run) / "history.csv").open(encoding="utf-8", newline="") as file:
        losses = [float(row["loss"]) for row in csv.DictReader(file)]
    return bool(losses) and not (isfinite(losses[-1]) and losses[-1] <= losses[0])
