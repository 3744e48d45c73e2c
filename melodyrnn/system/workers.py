"""One process beside the caller's that does one task after another, and can be ended at any moment.

It is a loky executor of one process: a fresh interpreter that does not run the caller's script
again, so that one without ``if __name__ == "__main__"``, or piped to Python, can have workers. Of
one, for loky ends all of an executor's processes where one of them is killed: so each task has a
process to itself, and none is lost with another. (joblib would bring the same loky, and with it
NumPy into every process: half a second of each start.)
"""

import os
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import process
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from loky.process_executor import (
    BrokenProcessPool,
    ProcessPoolExecutor,
    ShutdownExecutorError,
)

from melodyrnn.errors import MelodyError, RunError, naming_options
from melodyrnn.system import startup as own_process

_SIDE_BY_SIDE = "TF_NUM_INTEROP_THREADS"
"""How many threads TensorFlow, in a worker that comes to import it, takes for operations side by
side: one where the workers fill the machine together. Those for one operation, or for a product of
NumPy's, are always one, for on them depends what a task finds, in its last bits. All that is in the
worker's environment when it begins: it imports NumPy before anything here where its caller has
TensorFlow."""

_SAFE_PATH = {"PYTHONSAFEPATH": "1"}
"""By which Python, begun with ``-m`` or ``-c``, takes no module from the folder it is begun in."""

Task = TypeVar("Task")
Answer = TypeVar("Answer")
Work = Callable[[Task], Answer]
"""A function of a module, which a worker imports. It returns an answer or raises MelodyError."""


class LostError(RunError):
    """A worker was killed, ``times`` so often with the same task."""

    times = 1


class Worker:
    """A process, begun with its first task, and again with the next one after it was ended."""

    def __init__(self, threads: int = 1) -> None:
        """``threads``: how many operations of TensorFlow go side by side."""
        self.stopped = False
        one = dict.fromkeys(own_process.ONE_THREAD, "1")
        self._environment = one | {_SIDE_BY_SIDE: str(threads)}
        self._lock = threading.Lock()  # so that none begins while it is being stopped
        self._executor: ProcessPoolExecutor | None = None
        self._caller: Connection | None = None  # of which the worker waits for the end

    def submit(self, work: Work[Task, Answer], task: Task) -> "Future[Answer | MelodyError]":
        """The answer to be; ``answer_of`` waits for it. Raises LostError where it was stopped."""
        with self._lock:
            if self.stopped:
                raise LostError("the worker was stopped")
            with suppress(BrokenProcessPool, ShutdownExecutorError):
                if self._executor:
                    return self._begun(self._executor, work, task)
            return self._begun(self._new(), work, task)

    def _new(self) -> ProcessPoolExecutor:
        from loky.backend.context import get_context

        self._close()
        ended, self._caller = get_context("loky").Pipe(duplex=False)
        self._executor = ProcessPoolExecutor(
            1,
            context=get_context("loky"),
            initializer=_begin,
            initargs=(ended,),
            env=self._environment,
        )
        return self._executor

    @staticmethod
    def _begun(
        executor: ProcessPoolExecutor, work: Work[Task, Answer], task: Task
    ) -> "Future[Answer | MelodyError]":
        with _beginning():
            found: Future[Answer | MelodyError] = executor.submit(_do, work, task)
        return found

    def ask(self, work: Work[Task, Answer], task: Task) -> Answer:
        """Raises the MelodyError that ``work`` raises, and LostError where the worker is killed."""
        return answer_of(self.submit(work, task))

    @property
    def process(self) -> int | None:
        """Its id, where there is one."""
        return next(iter(self._executor._processes), None) if self._executor else None

    def give_up(self) -> None:
        """End what it does, at once; whoever waits for that gets LostError."""
        with self._lock:
            if self._executor:
                self._executor.shutdown(wait=False, kill_workers=True)

    def stop(self) -> None:
        """For good, whatever it does, at once."""
        self.stopped = True
        self.give_up()
        self._close()

    def _close(self) -> None:
        if self._executor:
            self._executor.shutdown(kill_workers=True)
        if self._caller:
            self._caller.close()
        self._executor = self._caller = None


def answer_of(future: "Future[Answer | MelodyError]") -> Answer:
    """As ``Worker.ask``."""
    try:
        answer = future.result()
    except (BrokenProcessPool, ShutdownExecutorError):
        raise LostError("the worker was killed") from None
    if isinstance(answer, MelodyError):
        raise answer
    return answer


_one_at_a_time = threading.Lock()


@contextmanager
def _beginning() -> Iterator[None]:
    """While a process may begin: it takes no module from the folder it is in, Ctrl-C goes past it
    to the caller, which ends its workers, and a daemon, as the workers of a cluster are, may have
    processes too, which end with it.
    """
    config: dict[str, Any] = process.current_process()._config  # type: ignore[attr-defined]
    with _one_at_a_time:
        before = os.environ.get("PYTHONSAFEPATH")
        daemon = config.pop("daemon", None)
        os.environ.update(_SAFE_PATH)
        if mask := getattr(signal, "pthread_sigmask", None):
            blocked = mask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            if before is None:
                del os.environ["PYTHONSAFEPATH"]
            if daemon is not None:
                config["daemon"] = daemon
            if mask:
                mask(signal.SIG_SETMASK, blocked)


_lasting = ExitStack()
"""What a worker is in from its beginning to its end."""


def _begin(caller: Connection) -> None:
    """Become a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where there are no masks
    os.dup2(2, 1)  # what a library prints does not go among what the caller prints
    threading.Thread(target=_end_with, args=(caller,), daemon=True).start()
    _lasting.enter_context(naming_options())  # the caller words messages for its face
    own_process.claim()
    warnings.simplefilter("ignore")  # the caller said its own; those of libraries help nobody


def _end_with(caller: Connection) -> None:
    """In the midst of a task too: no worker outlives its caller."""
    with suppress(EOFError, OSError):
        caller.recv()
    os._exit(0)


def _do(work: Work[Task, Answer], task: Task) -> Answer | MelodyError:
    try:
        return work(task)
    except MelodyError as error:
        return error
