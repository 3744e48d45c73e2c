"""The runs of a sweep over songs: trials, as a comparison makes them, in real run folders."""

import csv
from collections.abc import Callable, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from melodyrnn.data.gather import Named
from melodyrnn.data.split import FRACTION, Split, split
from melodyrnn.experiments.comparison.run_trials import run_trials
from melodyrnn.experiments.comparison.trial import Plan, Trial
from melodyrnn.experiments.sweep.grid import settings_of, shown
from melodyrnn.experiments.sweep.outcome import BITS, Outcome, Score
from melodyrnn.models.config import ModelConfig, TrainConfig
from melodyrnn.models.registry import MODELS
from melodyrnn.tasks.tokenizer import Dataset, default_input, vocabulary_of

USABLE = settings_of(ModelConfig, TrainConfig)
"""Name of each setting that a grid can have -> its field."""


def parted(songs: Sequence[Named]) -> Split:
    """One song is learned by heart; of several, some are held out and judged by."""
    return Split(tuple(songs), (), ()) if len(songs) == 1 else split(songs, FRACTION)


def plans_of(
    songs: Sequence[Named],
    combinations: Sequence[dict[str, Any]],
    fixed: dict[str, Any],
    path: Path,
) -> list[Plan]:
    """Raises MelodyError where a combination cannot be trained."""
    parts, vocabulary = parted(songs), vocabulary_of([song.song for song in songs])
    plans = []
    for combination in combinations:
        settings = {**fixed, **combination}
        model = settings.pop("model", ModelConfig().model)
        settings = {"input": default_input(parts.learned, model), **settings}
        window = settings.pop("window", ModelConfig().window)
        Dataset.of(songs, window, vocabulary)
        name = "-".join(f"{key}={shown(value)}" for key, value in combination.items())
        place = path / "runs" / name
        seed = settings.pop("seed")
        plans.append(Plan(model, seed, window, settings, *parts, vocabulary, place))
    return plans


def run_plans(
    plans: Sequence[Plan],
    combinations: Sequence[dict[str, Any]],
    jobs: int,
    progress: Callable[[int, int], None],
) -> tuple[Score, list[Outcome]]:
    """Run what is not finished yet. Raises MelodyError."""
    trials = run_trials(plans, jobs, progress)
    return BITS, [
        Outcome(settings, _bits(trial), _diverged(trial), trial.seconds, trial.run)
        for settings, trial in zip(combinations, trials, strict=True)
    ]


def _bits(trial: Trial) -> float:
    """Of the songs held out, a song counting as a song, or else of those learned."""
    held_out = trial.held_out_bits
    return sum(held_out) / len(held_out) if held_out else trial.bits_per_note


def _diverged(trial: Trial) -> bool:
    """Whether the loss is no number any more, or ended above where it began."""
    if MODELS[trial.model].counted:
        return False
    with (Path(trial.run) / "history.csv").open(encoding="utf-8", newline="") as file:
        losses = [float(row["loss"]) for row in csv.DictReader(file)]
    return bool(losses) and not (isfinite(losses[-1]) and losses[-1] <= losses[0])
