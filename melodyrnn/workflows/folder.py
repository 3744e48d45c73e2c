"""Where a run goes, and under which settings."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from melodyrnn.errors import RunError
from melodyrnn.networks import run as runs
from melodyrnn.networks.config import ModelConfig, TrainConfig, configure
from melodyrnn.sequences.vocabulary import Vocabulary
from melodyrnn.workflows.dataset import Dataset, default_input
from melodyrnn.workflows.sources import Named

RUNS = Path("runs")
_MOVABLE = ("epochs", "early_stop")  # settings that may change when a run goes on


def slug(named: Sequence[Named]) -> str:
    """A folder's name for songs: ``nabiya``, ``22-songs``."""
    name = named[0].name if len(named) == 1 else f"{len(named)}-songs"
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "song"


def default_path(named: Sequence[Named], model: str) -> Path:
    """Where a run goes if nothing is said; numbered where one stands there."""
    return RUNS / f"{slug(named)}-{model}"


def newest(plain: Path) -> Path:
    """The run of that name with the highest number. Raises RunError where there is none."""
    numbered = re.compile(re.escape(plain.name) + r"(?:-(\d+))?")
    found = [
        (int(match[1] or 1), path)
        for path in (plain.parent.iterdir() if plain.parent.is_dir() else ())
        if (match := numbered.fullmatch(path.name))
    ]
    if not found:
        raise RunError(f"{plain}: no such run to resume; name it with --output")
    return max(found)[1]


def new_record(
    named: Sequence[Named],
    settings: dict[str, Any],
    vocabulary: Vocabulary | None = None,
    validation: Sequence[Named] = (),
) -> runs.Record:
    """The record of a run that is to begin. Raises ConfigError, WindowError, VocabularyError."""
    complete = {"input": default_input(named), **settings}
    model, training = configure(complete, ModelConfig, TrainConfig)
    dataset = Dataset.of([*named, *validation], model.window, vocabulary)
    return runs.Record(
        model,
        training,
        dataset.vocabulary,
        tuple(song.record for song in named),
        tuple(song.record for song in validation),
        dataset.features if model.input == "features" else None,
    )


def resumed_record(path: Path, named: Sequence[Named], settings: dict[str, Any]) -> runs.Record:
    """The record of the run at ``path``, with a new end where ``settings`` has one.

    Raises RunError where the run is of other songs or settings.
    """
    record = runs.read_record(path)
    if [song.record["sha256"] for song in named] != [song["sha256"] for song in record.songs]:
        names = ", ".join(song["name"] for song in record.songs)
        raise RunError(f"{path}: was trained on {names} as they then were; resume it with those")
    for name, value in settings.items():
        holder = record.model if hasattr(record.model, name) else record.training
        if name not in _MOVABLE and getattr(holder, name, None) != value:
            raise RunError(
                f"{path}: was trained with {name} {getattr(holder, name, None)}, not {value}; "
                "a resumed run keeps its settings, or train anew with another --output"
            )
    moved = {name: value for name, value in settings.items() if name in _MOVABLE}
    return replace(record, training=replace(record.training, **moved))
