"""A training carried out in its run folder: from the last checkpoint to the end or to Ctrl-C."""

import ctypes
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from melodyrnn.errors import ConfigError, MelodyWarning, RunError
from melodyrnn.runs import record as runs

_CHECKPOINT_SECONDS = 2.0
_CHECKPOINT_SHARE = 0.05
"""The part of the time that writing checkpoints may take, where one takes long."""


def check_tensorboard(wanted: bool = True) -> None:
    """Raise ConfigError where summaries are wanted and cannot be written."""
    if wanted and find_spec("tensorboard") is None:
        raise ConfigError(
            "--tensorboard needs a package that is not here; pip install 'melodyrnn[tensorboard]'"
        )


def learn(
    path: Path,
    record: runs.Record,
    trainer: Any,
    progress: Callable[[Any], None],
    tensorboard: bool = False,
) -> tuple[runs.Record, list[Path]]:
    """Run ``trainer``, a ``Trainer`` or a ``StreamTrainer``; write its best weights and history.

    With ``tensorboard`` summaries are written as it goes, into a folder of that name. Returns the
    record as it is then and the files written. Raises RunError for a checkpoint of another network.
    """
    spent = 0.0
    if checkpoint := runs.read_checkpoint(path):
        try:
            trainer.restore(checkpoint)
            spent = float(checkpoint["seconds"])
        except (KeyError, ValueError):
            raise RunError(
                f"{path}: its checkpoint is of another network; train again with --overwrite"
            ) from None
    record = replace(record, versions=runs.versions())
    runs.write_record(path, record)

    summarise = _summaries(path, trainer) if tensorboard else lambda: None
    start = time.monotonic()
    due = start + _CHECKPOINT_SECONDS

    def seconds() -> float:
        return spent + time.monotonic() - start

    def save_state() -> None:
        runs.write_checkpoint(path, trainer.state() | {"seconds": np.array(seconds())})

    def after_step(news: Any) -> None:
        nonlocal due
        if (begun := time.monotonic()) > due:
            save_state()
            done = time.monotonic()
            due = done + max(_CHECKPOINT_SECONDS, (done - begun) / _CHECKPOINT_SHARE)
        summarise()
        progress(news)

    finished = trainer.run(after_step)
    _give_back_memory()
    summarise()
    if trainer.diverged:
        warnings.warn(
            f"learning diverged by epoch {trainer.epoch}, where the loss is no number any more; "
            f"a --learning-rate below {record.training.learning_rate:g} would mend it",
            MelodyWarning,
            stacklevel=5,
        )
    record = replace(
        record,
        seconds=round(seconds(), 3),
        status="finished" if finished else "interrupted",
        epochs=trainer.epoch,
        best_epoch=trainer.best_epoch,
    )
    if finished:
        save_state()
    trainer.keep_best()
    files = [
        runs.save_model(path, trainer.model),
        runs.write_history(path, trainer.history, trainer.row._fields),
    ]
    return record, files


def _give_back_memory() -> None:
    """Some 90 MB that compiling took, which the C library would keep while the songs are drawn."""
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)


def _summaries(path: Path, trainer: Any) -> Callable[[], None]:
    from melodyrnn.training.summaries import Summaries

    summaries = Summaries(path / "tensorboard", trainer.epoch)
    return lambda: summaries.write(trainer.history)
