"""Songs in, a run folder out: the network, what it learned, and the song it plays."""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from melodyrnn.errors import RunError
from melodyrnn.music.codes import from_codes
from melodyrnn.music.song import Song
from melodyrnn.networks import run as runs
from melodyrnn.networks.config import ModelConfig, TrainConfig, configure
from melodyrnn.render.write import write
from melodyrnn.sequences.ngram import Tally
from melodyrnn.workflows.dataset import Dataset, Named, Source, gather

SONG_FILES = ("song.mid", "song.musicxml", "song.svg", "song.png", "song.wav")
RUNS = Path("runs")
_CHECKPOINT_SECONDS = 2.0


@dataclass(frozen=True)
class TrainResult:
    """What a training left."""

    run: Path
    model: str
    parameters: int
    epochs: int
    seconds: float  # of training, without start-up and drawing
    one_step: Tally
    whole_song: Tally
    bits_per_note: float
    ceiling: Tally
    files: tuple[Path, ...]
    interrupted: bool

    def to_json(self) -> dict[str, Any]:
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        tallies = {name: plain[name].to_json() for name in ("one_step", "whole_song", "ceiling")}
        paths = {"run": str(self.run), "files": [str(path) for path in self.files]}
        return plain | tallies | paths


def train(
    songs: Source | Iterable[Source],
    *,
    output: str | Path | None = None,
    overwrite: bool = False,
    resume: bool = False,
    track: str | None = None,
    grid: str | None = None,
    progress: Callable[[Any], None] = lambda progress: None,
    **settings: Any,
) -> TrainResult:
    """Train a network on songs and leave a run folder.

    ``settings`` are fields of ModelConfig and TrainConfig, such as ``model="mlp"``, ``seed=1``.
    Without ``output`` a fresh folder under ``runs/`` is taken. With ``resume`` the settings
    recorded in the run hold, and those given must agree with them, except ``epochs`` and
    ``early_stop``. ``progress`` is called with a ``training.Progress`` after each block of epochs.
    Raises MelodyError.
    """
    named = gather(songs, track=track, grid=grid)
    path = _place(named, output, settings, resume)
    if resume:
        record = _resumed(path, named, settings)
    else:
        record = _record(named, settings)
        runs.create(path, record, overwrite=overwrite)
    return _run(path, record, named, progress)


def _place(
    named: list[Named], output: str | Path | None, settings: dict[str, Any], resume: bool
) -> Path:
    if output is not None:
        return Path(output)
    name = named[0].name if len(named) == 1 else f"{named[0].name}-and-{len(named) - 1}-more"
    slug = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "song"
    plain = RUNS / f"{slug}-{settings.get('model') or ModelConfig().model}"
    if not resume:
        return runs.fresh_path(plain)
    numbered = re.compile(re.escape(plain.name) + r"(?:-(\d+))?")
    found = [
        (int(match[1] or 1), path)
        for path in (RUNS.iterdir() if RUNS.is_dir() else ())
        if (match := numbered.fullmatch(path.name))
    ]
    if not found:
        raise RunError(f"{plain}: no such run to resume; name it with --output")
    return max(found)[1]


def _record(named: list[Named], settings: dict[str, Any]) -> runs.Record:
    model, training = configure(settings, ModelConfig, TrainConfig)
    dataset = Dataset.of(named, model.window)
    return runs.Record(
        model,
        training,
        dataset.vocabulary,
        tuple(song.record for song in named),
        dataset.features if model.input == "features" else None,
        versions=runs.versions(),
    )


def _resumed(path: Path, named: list[Named], settings: dict[str, Any]) -> runs.Record:
    """The record of the run at ``path``, if it is of these songs and settings."""
    record = runs.read_record(path)
    if [song.record["sha256"] for song in named] != [song["sha256"] for song in record.songs]:
        names = ", ".join(song["name"] for song in record.songs)
        raise RunError(f"{path}: was trained on {names} as they then were; resume it with those")
    for name, value in settings.items():
        holder = record.model if hasattr(record.model, name) else record.training
        if name not in ("epochs", "early_stop") and getattr(holder, name, None) != value:
            raise RunError(
                f"{path}: was trained with {name} {getattr(holder, name, None)}, not {value}; "
                "a resumed run keeps its settings, or train anew with another --output"
            )
    movable = {k: v for k, v in settings.items() if k in ("epochs", "early_stop")}
    return replace(record, training=replace(record.training, **movable), versions=runs.versions())


def _run(
    path: Path, record: runs.Record, named: list[Named], progress: Callable[[Any], None]
) -> TrainResult:
    """Train from the last checkpoint, if any, to the end; write all files of the run."""
    from melodyrnn.networks import models  # TensorFlow: after all mistakes have had their say
    from melodyrnn.networks.training import Row, Trainer
    from melodyrnn.workflows.measure import measure

    config, training = record.model, record.training
    dataset = Dataset.of(named, config.window, record.vocabulary)
    model = models.build(config, len(dataset.vocabulary), training.seed, record.features)
    batch = 1 if config.spec.stateful else training.batch or config.spec.batch
    trainer = Trainer(model, dataset.sequences, config.window, training, batch)
    if checkpoint := runs.read_checkpoint(path):
        try:
            trainer.restore(checkpoint)
        except (KeyError, ValueError):
            raise RunError(
                f"{path}: its checkpoint is of another network; train again with --overwrite"
            ) from None
    runs.write_record(path, record)

    start = last = time.monotonic()

    def after_block(news: Any) -> None:
        nonlocal last
        if time.monotonic() - last > _CHECKPOINT_SECONDS:
            runs.write_checkpoint(path, trainer.state())
            last = time.monotonic()
        progress(news)

    whole = trainer.run(after_block)
    if whole:
        runs.write_checkpoint(path, trainer.state())
    seconds = record.seconds + time.monotonic() - start

    trainer.keep_best()
    measures = measure(model, dataset, config.window)
    record = replace(
        record,
        status="finished" if whole else "interrupted",
        epochs=trainer.epoch,
        best_epoch=trainer.best_epoch,
        seconds=round(seconds, 3),
        metrics=measures.to_json(),
    )
    song = _song_played(dataset, measures.played[0].whole_song, config.model)
    files = [
        runs.save_model(path, model),
        runs.write_history(path, trainer.history, Row._fields),
        *(file for name in SONG_FILES for file in write(song, path / name)),
        runs.write_record(path, record),
    ]
    return TrainResult(
        path,
        config.model,
        models.parameters(model),
        trainer.epoch,
        record.seconds,
        measures.one_step,
        measures.whole_song,
        measures.bits_per_note,
        measures.ceiling,
        tuple(files),
        not whole,
    )


def _song_played(dataset: Dataset, indices: Any, model: str) -> Song:
    original = dataset.songs[0].song
    song = from_codes(dataset.vocabulary.decode(indices), original)
    return replace(song, title=original.title, composer=f"melodyrnn, {model}")
