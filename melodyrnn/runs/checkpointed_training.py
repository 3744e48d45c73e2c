"""A training carried out in its run folder: from the last checkpoint to the end or to Ctrl-C."""

import ctypes
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from melodyrnn.errors import RunError, warn
from melodyrnn.models.types import Arrays
from melodyrnn.runs.network_files import file_of, most_bytes
from melodyrnn.runs.record import Record, write_record
from melodyrnn.runs.training_files import (
    read_checkpoint,
    versions,
    write_checkpoint,
    write_history,
)
from melodyrnn.system.extras import require_extra
from melodyrnn.system.progress import Progress, silent

if TYPE_CHECKING:
    from melodyrnn.training.trainer import Trainer

_CHECKPOINT_SECONDS = 2.0
_HISTORY_SECONDS = 0.5
_CHECKPOINT_SHARE = 0.05
"""The part of the time that writing checkpoints may take, where one takes long."""


def check_tensorboard(wanted: bool = True) -> None:
    """Raise ConfigError where summaries are wanted and cannot be written."""
    if wanted:
        require_extra("tensorboard")


def train_in_folder(
    path: Path,
    record: Record,
    trainer: "Trainer[Any, Any]",
    save: Callable[[Path], Path],
    progress: Progress = silent,
    tensorboard: bool = False,
    member: int = 1,
    agree: Callable[[Arrays], Arrays] | None = None,
) -> tuple[Record, list[Path]]:
    """Run ``trainer`` in the run folder ``path``; write its best weights, which ``save`` does, and
    its history, the latter as it grows.

    With ``tensorboard`` summaries are written as it goes, into a folder of that name. ``member``:
    which network of the run it trains, from 1; ``agree`` makes of a state the one from which all
    processes of the training go on. Returns the record as it is then and the files
    written. Raises RunError for a checkpoint of another network.
    """
    spent = _restored(path, record, trainer, member)
    if agree:
        _go_on_from(trainer, agree)
    record = replace(record, versions=versions())
    write_record(path, record)
    summaries = file_of(path, "tensorboard", member)
    summarise = _summaries(summaries, trainer) if tensorboard else lambda: None
    checkpoints = _Checkpoints(path, trainer, spent, member)
    if record.base and not trainer.epoch:  # from now on the run needs its base no more
        checkpoints.write()

    history = _History(path, trainer, member)

    def after_advance(done: int, total: int, words: str = "") -> None:
        checkpoints.write_if_due()
        history.write_if_due()
        summarise()
        progress(done, total, words)

    finished = trainer.run(after_advance)
    _give_back_memory()
    summarise()
    _warn_of_divergence(trainer, record)
    record = replace(
        record,
        seconds=round(checkpoints.seconds, 3),
        status="finished" if finished else "interrupted",
        epochs=trainer.epoch,
        best_epoch=trainer.best_epoch,
    )
    if finished:
        checkpoints.write()
    trainer.keep_best()
    return record, [save(path), history.write()]


def _restored(path: Path, record: Record, trainer: "Trainer[Any, Any]", member: int) -> float:
    """Go back to the last checkpoint, if there is one; the seconds that training took so far."""
    if not (checkpoint := read_checkpoint(path, member, most_bytes(record))):
        return 0.0
    try:
        trainer.restore(checkpoint)
        return max(0.0, float(checkpoint["seconds"]))
    except (KeyError, ValueError, TypeError, IndexError, OverflowError):
        raise RunError(
            f"{path}: its checkpoint is of another network or version; train again with --overwrite"
        ) from None


def _go_on_from(trainer: "Trainer[Any, Any]", agree: Callable[[Arrays], Arrays]) -> None:
    mine = trainer.state()
    if (agreed := agree(mine)) is not mine:
        trainer.restore(agreed)


class _Checkpoints:
    """Writes the trainer's state now and then, in a small part of the time."""

    def __init__(self, path: Path, trainer: "Trainer[Any, Any]", spent: float, member: int) -> None:
        self._path, self._trainer, self._member = path, trainer, member
        self._start = time.monotonic() - spent
        self._due = time.monotonic() + _CHECKPOINT_SECONDS

    @property
    def seconds(self) -> float:
        """Of training, with those before it was resumed."""
        return time.monotonic() - self._start

    def write(self) -> None:
        state = self._trainer.state() | {"seconds": np.array(self.seconds)}
        write_checkpoint(self._path, state, self._member)

    def write_if_due(self) -> None:
        if (begun := time.monotonic()) > self._due:
            self.write()
            done = time.monotonic()
            self._due = done + max(_CHECKPOINT_SECONDS, (done - begun) / _CHECKPOINT_SHARE)


class _History:
    """Writes the history of epochs so far, for whoever looks on."""

    def __init__(self, path: Path, trainer: "Trainer[Any, Any]", member: int) -> None:
        self._path, self._trainer, self._member = path, trainer, member
        self._written, self._due = 0, time.monotonic() + _HISTORY_SECONDS

    def write(self) -> Path:
        rows = self._trainer.history
        self._written, self._due = len(rows), time.monotonic() + _HISTORY_SECONDS
        columns, table = with_loss(self._trainer.columns, rows)
        return write_history(self._path, table, columns, self._member)

    def write_if_due(self) -> None:
        if len(self._trainer.history) > self._written and time.monotonic() > self._due:
            self.write()


def with_loss(
    columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    """A history with ``val_loss`` after ``loss``, where it has ``val_bits``: the same in natural
    logarithms, under the name by which other programs look for it.
    """
    if "val_bits" not in columns:
        return columns, rows
    place, bits = columns.index("loss") + 1, columns.index("val_bits")
    losses = (None if row[bits] is None else row[bits] * log(2) for row in rows)
    return (*columns[:place], "val_loss", *columns[place:]), [
        (*row[:place], loss, *row[place:]) for row, loss in zip(rows, losses, strict=True)
    ]


def _warn_of_divergence(trainer: "Trainer[Any, Any]", record: Record) -> None:
    if trainer.diverged:
        warn(
            f"training diverged: at epoch {trainer.epoch} the loss is not a finite number; "
            f"choose a --learning-rate below {record.training.learning_rate:g}"
        )


def _give_back_memory() -> None:
    """Some 90 MB that compiling took, which the C library would keep while the songs are drawn."""
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)


def _summaries(path: Path, trainer: "Trainer[Any, Any]") -> Callable[[], None]:
    from melodyrnn.training.summaries import Summaries

    summaries = Summaries(path, trainer.epoch)
    return lambda: summaries.write(trainer.history)
