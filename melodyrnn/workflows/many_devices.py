"""A training that several processes share: what they agree on, and which of them leaves the run."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from melodyrnn.errors import ConfigError
from melodyrnn.files import exists
from melodyrnn.runs.record import Record
from melodyrnn.runs.training_files import versions
from melodyrnn.system.devices import Devices, meet
from melodyrnn.system.progress import Progress
from melodyrnn.tasks.registry import TASKS


def begin_together(devices: Devices, record: Record, progress: Progress) -> None:
    """Wait until all processes are there, and about to train what ``record`` has.

    Raises ConfigError where they are not, or where ``devices`` have no effect.
    """
    if devices.alone:
        return
    if not TASKS[record.task].shares_out:
        raise ConfigError(
            f"--devices has no effect with {record.task} learned from windows; leave it out"
        )
    if not record.model.spec.learns_by_gradient:
        raise ConfigError(
            f"--devices has no effect with --model {record.model.model}, which counts; leave it out"
        )
    meet(devices, _about(devices, record), progress)


def _about(devices: Devices, record: Record) -> Any:
    """What has to be the same in all processes, in words of a message."""
    songs = json.dumps([record.songs, record.validation, record.held_out])
    about = {
        **{name: found for name, found in versions().items() if name != "python"},
        "melodyrnn": version("melodyrnn"),
        "addresses": devices.given,
        **asdict(record.model),
        **asdict(record.training),
        "songs": hashlib.sha256(songs.encode()).hexdigest()[:12],
    }
    return json.loads(json.dumps(about, default=str))


@contextmanager
def scratch_of(devices: Devices) -> Iterator[Path | None]:
    """A folder, while it lasts, for a process that leaves no run; None for the one that does."""
    if devices.leads:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="melodyrnn-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def copied(run: Path, scratch: Path) -> Path:
    """A copy of a run folder that is gone on from; its checkpoint comes from who leads."""
    copy = scratch / run.name
    if exists(run):
        shutil.copytree(run, copy, ignore=shutil.ignore_patterns("checkpoint"))
    return copy if exists(run) else run
