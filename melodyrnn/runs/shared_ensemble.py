"""The networks of an ensemble trained side by side, each in a process to itself.

Each has a seed and files of its own, so that it learns the same wherever that is. A process of this
machine works in the run folder; from a cluster the files come back when the network is trained.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, Self

from melodyrnn.data.split import Split
from melodyrnn.errors import ConfigError, MelodyWarning, warn
from melodyrnn.files import make_folder, write_atomically
from melodyrnn.models.settings import check
from melodyrnn.runs.network_files import file_of
from melodyrnn.runs.record import Record
from melodyrnn.runs.run import Run
from melodyrnn.runs.session import FirstWeights, Session, TrainedNetwork
from melodyrnn.runs.training_files import CHECKPOINT
from melodyrnn.system.devices import Devices
from melodyrnn.system.machine import cores
from melodyrnn.system.place import Place
from melodyrnn.system.sentences import Sentence, listed
from melodyrnn.system.startup import trains_on_one_thread

_WORTH_SHARING = 10.0
"""Seconds to be saved: processes import TensorFlow, and compile the network, before they train."""

_SAVED = 0.2
"""The part of the time that is saved at least: alone, too, a training keeps more than one core at
work now and then."""


@dataclass(frozen=True)
class NetworkTask:
    """A network to be trained, for a worker."""

    path: Path  # of the run
    record: Record
    data: Split[Any]  # encoded
    member: int  # which network of the run, from 1
    first_weights: FirstWeights | None
    checkpoint: bytes | None  # from which it goes on elsewhere
    tensorboard: bool

    def at(self, path: Path) -> "NetworkTask":
        """The same elsewhere."""
        return replace(self, path=path)


class NetworkDone(NamedTuple):
    """What comes back."""

    record: Record
    files: tuple[str, ...]  # their names in the run folder
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class SharedEnsemble:
    """Where the networks of an ensemble are trained, as far as somebody ``asked`` for it."""

    place: Place
    asked: tuple[str, ...]  # the options that were given

    @classmethod
    def of(cls, jobs: int | None = None, cluster: str | None = None) -> Self:
        """Raises ConfigError where ``jobs`` is out of range."""
        check("jobs", 1 if jobs is None else jobs, {"least": 1, "most": 1000})
        given = {"--jobs": jobs, "--cluster": cluster}
        place = replace(Place.of(jobs, cluster), threads=cores())  # the last one may have them all
        return cls(place, tuple(name for name in given if given[name]))

    def check(self, record: Record, devices: Devices) -> None:
        """Raise ConfigError where what was asked for has no effect, or no cluster answers: a run
        folder is not begun then.
        """
        for option in self.asked:
            if record.model.ensemble == 1:
                raise ConfigError(f"{option} has no effect without --ensemble; leave it out")
            if not devices.alone:
                raise ConfigError(
                    f"{option} has no effect with --devices, which train each network together; "
                    "leave one of them out"
                )
        if self.place.cluster and record.model.ensemble > 1 and devices.alone:
            from melodyrnn.system.sharing import check_reached

            check_reached(self.place)

    def worth(self, waiting: int, seconds: float | None) -> bool:
        """Whether to share out the networks that are ``waiting``, where the one before them took so
        many ``seconds`` here; None before the first.

        Where nobody asked, one is trained here first: most songs are learned by heart before
        another process has TensorFlow. And in a process whose operations take several threads,
        those of workers would learn others in the last bits.
        """
        if self.place.cluster:
            return True
        if waiting == 1 or (self.place.jobs or cores()) == 1:
            return False
        if self.place.jobs:
            return True
        if seconds is None or not trains_on_one_thread():
            return False
        return seconds * waiting * _SAVED > _WORTH_SHARING

    def train(self, session: Session, members: Sequence[int]) -> dict[int, TrainedNetwork]:
        """Train these networks of the session's run; those that were done before whoever waits
        interrupted. Raises MelodyError; what is done so far is kept in the run folder.
        """
        from melodyrnn.system.sharing import AGAIN, share_out  # a network alone is spared it

        count, found = session.config.ensemble, dict[int, TrainedNetwork]()
        at_once = min(self.place.jobs or cores(), len(members))
        here = "" if self.place.cluster else Sentence("{count} processes", count=at_once)

        def hear(at_work: str = "") -> None:
            done = count - len(members) + len(found)
            session.progress(done, count, listed("networks", at_work or here))

        def after(member: int, done: NetworkDone) -> None:
            files = [session.path / name for name in done.files]
            found[member] = TrainedNetwork(done.record, files)
            for message in done.warnings:
                warn(message)

        def lost(task: NetworkTask) -> str:
            return (
                f"{task.path}: the training of network {task.member} of {count} was killed "
                f"{AGAIN + 1} times, perhaps for want of memory; --resume goes on, --jobs 1 takes "
                "less memory"
            )

        tasks = {member: self._task(session, member) for member in members}
        hear()
        try:
            share_out(train_network, tasks, self.place, after, lost, hear=hear)
        except KeyboardInterrupt:
            return found
        return found

    def _task(self, session: Session, member: int) -> NetworkTask:
        kept = file_of(session.path, CHECKPOINT, member)
        return NetworkTask(
            session.path,
            session.record,
            session.data,
            member,
            session.first_weights(member),
            kept.read_bytes() if self.place.cluster and kept.is_file() else None,
            session.tensorboard,
        )


def train_network(task: NetworkTask) -> NetworkDone:
    """What a worker does. Raises MelodyError."""
    path, kept = make_folder(task.path), file_of(task.path, CHECKPOINT, task.member)
    if task.checkpoint and not kept.is_file():
        make_folder(kept.parent)
        write_atomically(kept, task.checkpoint)
    session = Session(
        Run(path, task.record),
        task.data,
        tensorboard=task.tensorboard,
        only=task.member,
        first_weights=task.first_weights,
    )
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", MelodyWarning)
        session.fit()
    (done,) = session.trained.values()
    names = tuple(file.relative_to(path).as_posix() for file in done.files)
    messages = [str(each.message) for each in said if issubclass(each.category, MelodyWarning)]
    return NetworkDone(done.record, names, tuple(messages))
