"""Which trainings a comparison or a sweep asks for, and whether they can be."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from melodyrnn.data.gather import Named
from melodyrnn.data.split import SongSplit, split
from melodyrnn.errors import ConfigError
from melodyrnn.experiments.comparison.trial import Plan
from melodyrnn.models.config import ModelConfig, StreamConfig
from melodyrnn.models.registry import MODELS
from melodyrnn.tasks.baselines import BASELINES, STRONGEST
from melodyrnn.tasks.registry import task_of
from melodyrnn.tasks.task import Settings


class Wanted(NamedTuple):
    """A training that is asked for."""

    model: str  # as tables call it
    settings: Settings  # as ``train`` takes them

    def plan(self, songs: Sequence[Named], path: Path) -> Plan:
        """``path`` is the folder of all runs."""
        window = f"-window{self.settings['window']}" if "window" in self.settings else ""
        model = "baseline" if self.model == STRONGEST else self.model
        name = f"{model}{window}-seed{self.settings['seed']}"
        return Plan(self.model, songs, self.settings, path / "runs" / name)


def asked_of(models: Sequence[str], seeds: int, settings: Settings) -> Iterator[Wanted]:
    """Each model with each seed; one that draws nothing at random, once."""
    for model in models:
        for seed in range(seeds if MODELS[model].draws_at_random else 1):
            yield Wanted(model, {**settings, "model": model, "seed": seed})


def baseline_beside(models: Sequence[str], settings: Settings) -> Iterator[Wanted]:
    """The strongest n-gram model, of the same songs, unless one of ``models`` is it."""
    own = {"model": "ppm", **BASELINES[STRONGEST]}
    given = {name: value for name, value in settings.items() if name in MODELS["ppm"].settings}
    same = ModelConfig(**{**given, "model": "ppm"}) == ModelConfig(**own)
    if "ppm" in models and same and not settings.get("transpose"):
        return
    shared = {name: settings[name] for name in ("window", "held_out") if name in settings}
    yield Wanted(STRONGEST, {**shared, **own, "seed": 0})


def held_out_of(songs: Sequence[Named], held_out: float | None) -> Settings:
    """The setting of that name: of several songs ``train``'s own where nothing is said."""
    if held_out is None and len(songs) > 1:
        held_out = StreamConfig().held_out
    return {} if held_out is None else {"held_out": held_out}


def parts_of(songs: Sequence[Named], settings: Settings) -> SongSplit:
    """The songs as each training splits them: one is learned by heart, of several some are held
    out. Raises ConfigError.
    """
    parts = split(songs, settings.get("held_out", 0))
    if len(songs) > 1 and not parts.held_out:
        raise ConfigError(
            "--held-out 0 leaves no songs to compare models on; it is a part, such as 0.1"
        )
    return parts


def check(songs: Sequence[Named], parts: SongSplit, asked: Iterable[Settings]) -> None:
    """Raise MelodyError where one of the trainings ``asked`` for cannot begin. What suits one model
    may not suit another: of several songs, the message says which.
    """
    read = set()
    for settings in asked:
        task = task_of(songs, settings)
        try:
            record = task.record(parts, settings)
        except ConfigError as error:
            model = f"{settings.get('model', task.default_model)}: " if len(songs) > 1 else ""
            raise ConfigError(f"{model}{error}") from None
        if (way := (task.name, record.model.window)) not in read:
            task.encode(record, parts)
            read.add(way)
