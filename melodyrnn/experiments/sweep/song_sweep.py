"""A sweep over songs: its runs are trials, as a comparison makes them, in real run folders."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import cast

from melodyrnn.data.gather import Songs
from melodyrnn.data.split import FRACTION, SongSplit, Split, split
from melodyrnn.experiments.comparison.run_trials import run_trials
from melodyrnn.experiments.comparison.trial import Plan, Trial
from melodyrnn.experiments.sweep.grid import Fields, Grid, Settings, settings_of, shown
from melodyrnn.experiments.sweep.outcome import BITS, Outcome
from melodyrnn.experiments.sweep.sweepable import Execution, Outcomes
from melodyrnn.models.config import ModelConfig, TrainConfig
from melodyrnn.models.registry import MODELS
from melodyrnn.runs.output_folders import slug
from melodyrnn.system.documents import JSON
from melodyrnn.tasks.tokenizer import Dataset


@dataclass(frozen=True)
class SongSweep:
    """Songs, a model of which is trained with each combination of a grid."""

    songs: Songs

    @property
    def name(self) -> str:
        return slug(self.songs.name)

    @property
    def fields(self) -> Fields:
        return settings_of(ModelConfig, TrainConfig)

    @property
    def default_grid(self) -> Grid:
        return {}

    @property
    def identity(self) -> dict[str, JSON]:
        return {"songs": [song.record["sha256"] for song in self.songs]}

    @cached_property
    def parts(self) -> SongSplit:
        """One song is the whole training set; of several, some are held out."""
        if len(self.songs) == 1:
            return Split(tuple(self.songs), (), ())
        return split(self.songs, FRACTION)

    def check(self, combinations: Sequence[Settings]) -> None:
        for window in dict.fromkeys(map(_window, combinations)):
            Dataset.of(self.songs, window)

    def run(
        self, combinations: Sequence[Settings], fixed: Settings, execution: Execution
    ) -> Outcomes:
        plans = self.plans(combinations, fixed, execution)
        trials = run_trials(plans, execution.jobs, execution.progress)
        return Outcomes(
            BITS,
            [
                Outcome(settings, _bits(trial), _diverged(trial), trial.seconds, trial.run)
                for settings, trial in zip(combinations, trials, strict=True)
            ],
        )

    def plans(
        self, combinations: Sequence[Settings], fixed: Settings, execution: Execution
    ) -> list[Plan]:
        """A trial for each combination."""
        return [self._plan(combination, fixed, execution) for combination in combinations]

    def _plan(self, combination: Settings, fixed: Settings, execution: Execution) -> Plan:
        settings = {**fixed, **combination}
        model = cast(str, settings.pop("model", ModelConfig().model))
        seed = cast(int, settings.pop("seed"))
        settings.pop("window", None)
        name = "-".join(f"{key}={shown(value)}" for key, value in combination.items())
        return Plan(
            model,
            seed,
            _window(combination),
            settings,
            self.parts,
            execution.folder(name),
        )


def _window(combination: Settings) -> int:
    return cast(int, combination.get("window", ModelConfig().window))


def _bits(trial: Trial) -> float:
    """Of the songs held out, each song counting once, or else of the training set."""
    held_out = trial.held_out_bits
    return sum(held_out) / len(held_out) if held_out else trial.bits_per_note


def _diverged(trial: Trial) -> bool:
    """Whether the loss is not a number any more, or ended above where it began."""
    if not MODELS[trial.model].learns_by_gradient:
        return False
    with (Path(trial.run) / "history.csv").open(encoding="utf-8", newline="") as file:
        losses = [float(row["loss"]) for row in csv.DictReader(file)]
    return bool(losses) and not (isfinite(losses[-1]) and losses[-1] <= losses[0])
