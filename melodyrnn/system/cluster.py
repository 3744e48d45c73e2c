"""Work shared out to a cluster of dask.distributed: a scheduler, and workers on any machines.

A worker of dask does no task itself: it begins a process for each that it has room for, as a
machine alone does (``system.workers``). So a task finds the same there: one thread, a process that
has nothing else to do, limits of time that need a main thread, and an end at any moment. Files are
sent back with the answer; the machines need no disk in common.
"""

import logging
import os
import pickle
import platform
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import TimeoutError as NotYet
from contextlib import ExitStack, contextmanager, suppress
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple, cast

from melodyrnn.errors import ConfigError, MelodyError, RunError
from melodyrnn.files import make_folder, write_atomically
from melodyrnn.system.extras import require_extra
from melodyrnn.system.place import Place
from melodyrnn.system.sharing import Done, WritesFolder
from melodyrnn.system.workers import Answer, LostError, Task, Work, Worker, answer_of

_SECONDS = 10  # that a scheduler may take to answer
_LOOK = 0.2  # seconds between looks whether a task is still wanted
_SAME = {
    "melodyrnn": ("melodyrnn",),
    "numpy": ("numpy",),
    "tensorflow": ("tensorflow", "tensorflow-cpu"),
    "keras": ("keras",),
}
"""Packages of which the workers have the same release, so that the same seed gives the same -> what
pip may call each.
"""

_INSTALLED = f"""
(lambda metadata, platform: {{
    "python": platform.python_version(),
    **{{
        wheel: found.version
        for wheel in {[wheel for wheels in _SAME.values() for wheel in wheels]}
        for found in [*metadata.distributions(name=wheel)][:1]
    }},
}})(__import__("importlib.metadata").metadata, __import__("platform"))
"""
"""What a worker has of these, as an expression: it may lack this package, and so its functions."""


class Sent(NamedTuple):
    """What comes back from a worker: an answer, or why there is none, and the task's files."""

    answer: object
    files: Mapping[str, bytes]


class Cluster:
    """The workers whose scheduler is at an address such as ``tcp://host:8786``; ``tls://`` takes
    its certificates from dask's configuration.
    """

    def __init__(self, place: Place, tasks: int) -> None:
        """Raises ConfigError where nobody answers, or workers are of another version."""
        assert place.cluster
        require_extra("cluster")
        self._address, self._room = place.cluster, place.jobs or tasks
        self._futures: set[Any] = set()
        self._said = ""
        with ExitStack() as opened:
            opened.enter_context(_unlogged())
            self._client = _client(place.cluster)
            opened.callback(self._leave)
            self._versions = versions()
            self._compare()
            self._opened = opened.pop_all()

    def _leave(self) -> None:
        with suppress(Exception):  # the scheduler may be gone
            if self._client.status == "running":
                self._client.cancel(list(self._futures), force=True)
        with suppress(Exception):
            self._client.close(timeout=2)

    def _compare(self) -> None:
        """Raise ConfigError where a worker has other versions."""
        for worker, found in self._client.run(eval, _INSTALLED).items():
            for name, wheels in _SAME.items():
                there = next((found[wheel] for wheel in wheels if wheel in found), "")
                _check(worker, name, there, self._versions)
            _check(worker, "python", _minor(found["python"]), self._versions)

    def room(self) -> int:
        """The scheduler holds all tasks, so that a cluster that grows with its work can."""
        return self._room

    def begin(self, work: Work[Task, Answer], task: Task, done: Done) -> None:
        with warnings.catch_warnings():  # that many songs make a large task
            warnings.simplefilter("ignore")
            sent = pickle.dumps((work, task))
            try:
                future = self._client.submit(carry_out, self._versions, sent, pure=False)
            except (OSError, RuntimeError) as error:  # a connection, or a client, that is closed
                raise self._gone() from error
        self._futures.add(future)
        future.add_done_callback(lambda it: done(partial(self._answer, it, task)))

    def _answer(self, future: Any, task: object) -> object:
        """Of a future that is done; the files that came with it are written. Raises MelodyError."""
        from distributed import CancelledError
        from distributed.scheduler import KilledWorker

        self._futures.discard(future)
        try:
            sent: Sent = pickle.loads(future.result(timeout=_SECONDS))
        except MelodyError:
            raise
        except KilledWorker as error:  # dask has tried it again by itself
            lost = LostError(str(error))
            lost.times = 1000
            raise lost from None
        except CancelledError:
            raise self._gone() from None
        except Exception as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            raise RunError(
                f"--cluster {self._address}: a worker cannot do its task ({said}); it needs the "
                "same melodyrnn as this machine"
            ) from None
        if isinstance(sent.answer, MelodyError):
            raise sent.answer
        if isinstance(task, WritesFolder):
            _write(task.path, sent.files)
        return sent.answer

    def _gone(self) -> RunError:
        return RunError(
            f"--cluster {self._address}: the scheduler is gone; what was done so far is kept: "
            "begin it again, and give the same command again to go on"
        )

    def said(self) -> str:
        with suppress(Exception):  # where the scheduler is gone, its tasks say so
            count = sum(self._client.nthreads().values())
            self._said = f"{count} worker{'s' * (count != 1)}"
        return self._said

    def close(self) -> None:
        self._opened.close()


@contextmanager
def _unlogged() -> Iterator[None]:
    """What dask logs of a scheduler that is gone is left out: the error says it."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _client(address: str) -> Any:
    from distributed import Client

    class ClosedClient(Client):
        """Closed where it cannot begin: else its end waits for a connection, twice as long."""

        def start(self, **options: Any) -> Any:
            try:
                return super().start(**options)  # type: ignore[no-untyped-call]
            except Exception:
                self.status = "closed"
                self._loop_runner.stop()  # type: ignore[no-untyped-call]
                raise

    try:
        client: Any = partial(ClosedClient, timeout=_SECONDS, set_as_default=False)
        return client(address, name="melodyrnn")
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        said = " ".join(str(error).split())[:100]
        raise ConfigError(
            f"--cluster {address}: no scheduler answers there ({said}); begin one with 'dask "
            "scheduler', and give the address that it prints, such as tcp://host:8786"
        ) from None


# On the machines of the cluster


@cache
def versions() -> dict[str, str]:
    """Of what tasks and their answers depend on."""
    found = {"python": _minor(platform.python_version())}
    for name, wheels in _SAME.items():
        for wheel in wheels:
            with suppress(PackageNotFoundError):
                found.setdefault(name, version(wheel))
    return found


def _minor(python: str) -> str:
    return ".".join(python.split(".")[:2])


def _check(worker: str, name: str, there: str, here: Mapping[str, str]) -> None:
    if there == (known := here.get(name, "")):
        return
    remedy = f"python {known}" if name == "python" else f"pip install {name}=={known}"
    raise ConfigError(
        f"--cluster: the worker {worker} has {f'{name} {there}' if there else f'no {name}'}, and "
        f"this machine {known or 'none'}; {remedy} there"
    )


_idle: list[Worker] = []
"""Of this process, a worker of dask: as many as it has threads."""


def carry_out(here: Mapping[str, str], sent: bytes) -> bytes:
    """Do a task in a process of this worker's; it was sent from where the versions are ``here``.

    Returns a pickled ``Sent``. One whose answer nobody waits for any more is ended.
    """
    from distributed import get_worker

    dask_worker = get_worker()
    for name, there in versions().items():  # it may have come after the others were looked at
        _check(dask_worker.address, name, there, here)
    key = dask_worker.get_current_task()

    def wanted() -> bool:
        state = dask_worker.state.tasks.get(key)
        return state is not None and state.state == "executing"

    with _scratch(dask_worker.local_directory) as folder:
        return pickle.dumps(_done(sent, folder, wanted))


def _done(sent: bytes, folder: str, wanted: Callable[[], bool]) -> Sent:
    worker = _idle.pop() if _idle else Worker()
    future = worker.submit(_do_away, (sent, folder))
    try:
        while True:
            with suppress(NotYet):
                future.exception(timeout=_LOOK)
                return answer_of(future)
            if not wanted():
                worker.give_up()
    except MelodyError as error:  # LostError too
        return Sent(error, {})
    finally:
        _idle.append(worker)


@contextmanager
def _scratch(within: str) -> Iterator[str]:
    """A folder while it lasts; not in a process that may be killed."""
    os.makedirs(within, exist_ok=True)  # noqa: PTH103 - dask's name for it is a text
    folder = tempfile.mkdtemp(prefix="melodyrnn-", dir=within)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _do_away(sent_to: tuple[bytes, str]) -> Sent:
    """What that process does."""
    sent, folder = sent_to
    work, task = cast("tuple[Work[Any, object], object]", pickle.loads(sent))
    if not isinstance(task, WritesFolder):
        return Sent(work(task), {})
    path = Path(folder) / task.path.name
    answer = work(task.at(path))
    files = [file for file in path.rglob("*") if file.is_file()]
    return Sent(answer, {file.relative_to(path).as_posix(): file.read_bytes() for file in files})


# Here again


def _write(path: Path, files: Mapping[str, bytes]) -> None:
    """The files of a task that was done elsewhere, in place of those that were begun here."""
    make_folder(path)
    for name, data in files.items():
        place = path / name
        if not place.resolve().is_relative_to(path.resolve()):
            raise RunError(f"{name}: a worker sent a file for another folder")
        make_folder(place.parent)
        write_atomically(place, data)
