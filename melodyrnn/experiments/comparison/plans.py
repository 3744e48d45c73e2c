"""Which trainings a comparison or a sweep asks for, and whether they can be."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from melodyrnn.data.gather import Named
from melodyrnn.data.split import SETTINGS, SongSplit, split_by
from melodyrnn.errors import ConfigError
from melodyrnn.experiments.comparison.trial import Plan
from melodyrnn.models.config import ModelConfig, StreamConfig
from melodyrnn.models.registry import MODELS
from melodyrnn.tasks.baselines import BASELINES, STRONGEST
from melodyrnn.tasks.checks import has_use
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
        fold = f"-fold{self.settings['fold']}" if "fold" in self.settings else ""
        name = f"{model}{window}-seed{self.settings['seed']}{fold}"
        return Plan(self.model, songs, self.settings, path / "runs" / name)


def asked_of(models: Sequence[str], seeds: int, settings: Settings) -> Iterator[Wanted]:
    """Each model with each seed; one that draws nothing at random, once. Settings that it has no
    use for are those of others.
    """
    for model in models:
        row = MODELS[model]
        own = {name: value for name, value in settings.items() if has_use(row, name)}
        for seed in range(seeds if row.draws_at_random else 1):
            yield Wanted(model, {**own, "model": model, "seed": seed})


def baseline_beside(models: Sequence[str], settings: Settings) -> Iterator[Wanted]:
    """The strongest n-gram model, of the same songs, unless one of ``models`` is it."""
    own = {"model": "ppm", **BASELINES[STRONGEST]}
    given = {name: value for name, value in settings.items() if name in MODELS["ppm"].settings}
    same = ModelConfig(**{**given, "model": "ppm"}) == ModelConfig(**own)
    if "ppm" in models and same and not settings.get("transpose"):
        return
    shared = {name: settings[name] for name in ("window", *SETTINGS) if name in settings}
    yield Wanted(STRONGEST, {**shared, **own, "seed": 0})


def beside_each_other(models: Sequence[str], seeds: int, settings: Settings) -> list[Wanted]:
    """The models with their seeds, and the strongest n-gram model."""
    return [*asked_of(models, seeds, settings), *baseline_beside(models, settings)]


def held_out_of(songs: Sequence[Named], held_out: float | None) -> Settings:
    """The setting of that name: of several songs ``train``'s own where nothing is said."""
    if held_out is None and len(songs) > 1:
        held_out = StreamConfig().held_out
    return {} if held_out is None else {"held_out": held_out}


def cuts_of(songs: Sequence[Named], held_out: float | None, folds: int | None) -> list[Settings]:
    """Which songs are held out: the settings of each of ``folds``, or the only ones. Raises
    ConfigError.
    """
    if folds is None:
        return [held_out_of(songs, held_out)]
    if held_out is not None:
        raise ConfigError("--folds holds each song out once; leave --held-out out")
    if len(songs) == 1:
        raise ConfigError("--folds is for several songs: one is learned by heart")
    return [{"held_out": 1 / folds, "fold": fold} for fold in range(folds)]


def parts_of(songs: Sequence[Named], settings: Settings) -> SongSplit:
    """The songs as each training splits them: one is learned by heart, of several some are held
    out. Raises ConfigError.
    """
    parts = split_by(songs, settings)
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
