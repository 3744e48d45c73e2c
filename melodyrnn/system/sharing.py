"""Work shared out to many processes, of this machine or of a cluster: the one door to them.

A task whose process dies costs itself only: it is done again, elsewhere where there is an
elsewhere, and named where that does not help.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Generic, Protocol, cast, runtime_checkable

from melodyrnn.system.machine import cores
from melodyrnn.system.place import Place
from melodyrnn.system.workers import Answer, LostError, Task, Work, Worker, answer_of

AGAIN = 3
"""How often a task is done again that lost its process."""

_LOOK = 1.0  # seconds between looks at who is at work

Done = Callable[[Callable[[], object]], None]
"""Called, in any thread, with what returns a task's answer or raises why there is none."""


class Engine(Protocol):
    """What does tasks side by side, while it is open."""

    def room(self) -> int:
        """How many tasks it takes at once."""

    def begin(self, work: Work[Task, Answer], task: Task, done: Done) -> None:
        """Do the task, soon, and call ``done``, whose callable raises LostError where the process
        was killed.
        """

    def said(self) -> str:
        """Who is at work, where there is something to say about it."""

    def close(self) -> None:
        """End all that is still done."""


@runtime_checkable
class WritesFolder(Protocol):
    """A task that leaves a folder, ``path``. Away from this machine it is done ``at`` another path,
    and the files are sent back to this one.
    """

    @property
    def path(self) -> Path: ...

    def at(self, path: Path) -> "WritesFolder": ...


def silent(_: str) -> None:
    """For who does not want to know."""


def share_out(
    work: Work[Task, Answer],
    tasks: Mapping[int, Task] | Iterable[tuple[int, Task]],
    place: Place,
    after: Callable[[int, Answer], None],
    lost: Callable[[Task], str] = str,
    *,
    again: int = AGAIN,
    survive: Callable[[int, Task], None] | None = None,
    hear: Callable[[str], None] = silent,
) -> None:
    """Do each task, as many at once as ``place`` has room for, in their order. Tasks that are not
    in a mapping are asked for when there is room for them, and forgotten when they are done.

    ``after`` is called here, with the task's number and the answer, as each is done; ``hear`` then,
    and when there is news of it, with who is at work. A task that loses its process is done
    ``again`` so often.
    Then ``survive`` is called with it and its number; or, once all others are done, LostError is
    raised with the words ``lost`` of the first. Raises the MelodyError that ``work`` raises, at
    once.
    """
    finished: SimpleQueue[tuple[int, Callable[[], object]]] = SimpleQueue()
    todo = _Todo(tasks, again)
    if todo.is_empty:
        return
    running: dict[int, Task] = {}
    given_up: dict[int, Task] = {}
    engine = _engine(place, len(tasks) if isinstance(tasks, Mapping) else place.jobs or cores())
    said, due = "", 0.0
    try:
        while running or not todo.is_empty:
            while len(running) < engine.room() and not todo.is_empty:
                number, task = todo.take()
                running[number] = task
                engine.begin(work, task, partial(_put, finished, number))
            if time.monotonic() >= due:
                due = time.monotonic() + _LOOK
                if (now := engine.said()) != said:
                    said = now
                    hear(said)
            try:
                number, answer = finished.get(timeout=_LOOK)
            except Empty:
                continue
            task = running.pop(number)
            try:
                after(number, cast("Answer", answer()))
            except LostError as error:
                if todo.put_back(number, task, error.times):
                    continue
                if survive:
                    survive(number, task)
                else:
                    given_up[number] = task
            else:
                hear(said)
    finally:  # also at once on Ctrl-C: what a task has done so far is on the disk, or lost
        engine.close()
    if given_up:
        raise LostError(lost(given_up[min(given_up)]))


class _Todo(Generic[Task]):
    """Tasks with their numbers, one looked at ahead; those that lost their process come again."""

    def __init__(self, tasks: Mapping[int, Task] | Iterable[tuple[int, Task]], again: int) -> None:
        self._others = iter(tasks.items() if isinstance(tasks, Mapping) else tasks)
        self._next = list(islice(self._others, 1))  # the last of these is
        self._again, self._lost = again, Counter[int]()

    @property
    def is_empty(self) -> bool:
        return not self._next

    def take(self) -> tuple[int, Task]:
        """The next one."""
        taken = self._next.pop()
        self._next = self._next or list(islice(self._others, 1))
        return taken

    def put_back(self, number: int, task: Task, times: int) -> bool:
        """One that lost its process so often; False where that is too often."""
        self._lost[number] += times
        if self._lost[number] > self._again:
            return False
        self._next.append((number, task))
        return True


def _put(
    finished: "SimpleQueue[tuple[int, Callable[[], object]]]",
    number: int,
    answer: Callable[[], object],
) -> None:
    finished.put((number, answer))


class Processes:
    """Those of this machine."""

    def __init__(self, place: Place, tasks: int) -> None:
        self._workers = [Worker(place.threads) for _ in range(min(place.jobs or cores(), tasks))]
        self._idle = list(self._workers)

    def room(self) -> int:
        return len(self._workers)

    def begin(self, work: Work[Task, Answer], task: Task, done: Done) -> None:
        worker = self._idle.pop()

        def after(future: object) -> None:
            self._idle.append(worker)
            done(partial(answer_of, future))  # type: ignore[arg-type]

        worker.submit(work, task).add_done_callback(after)

    def said(self) -> str:
        return ""

    def close(self) -> None:
        for worker in self._workers:
            worker.give_up()
        for worker in self._workers:
            worker.stop()


def check_reached(place: Place) -> None:
    """Raise ConfigError where the cluster at ``place`` does not answer, or cannot do our work."""
    if place.cluster:
        _engine(place, 1).close()


ENGINES: Mapping[bool, str] = {
    False: "melodyrnn.system.sharing:Processes",
    True: "melodyrnn.system.cluster:Cluster",
}
"""Whether there is a cluster -> the engine, which is imported when it is asked for."""


def _engine(place: Place, tasks: int) -> Engine:
    module, _, name = ENGINES[place.cluster is not None].partition(":")
    return cast(Engine, getattr(import_module(module), name)(place, tasks))
