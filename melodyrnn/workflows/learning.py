"""A training carried out in its run folder: from the last checkpoint to the end or to Ctrl-C."""

import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from melodyrnn.errors import MelodyWarning, RunError
from melodyrnn.networks import run as runs

_CHECKPOINT_SECONDS = 2.0
_CHECKPOINT_SHARE = 0.05
"""The part of the time that writing checkpoints may take, where one takes long."""


def learn(
    path: Path, record: runs.Record, trainer: Any, progress: Callable[[Any], None]
) -> tuple[runs.Record, list[Path]]:
    """Run ``trainer``, a ``Trainer`` or a ``StreamTrainer``; write its best weights and history.

    Returns the record as it is then and the files written. Raises RunError for a checkpoint of
    another network.
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
        progress(news)

    finished = trainer.run(after_step)
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
