"""Work shared out to processes of their own, as many at once as there is room for.

A worker is a fresh interpreter that reads tasks from its standard input and answers on its
standard output. ``multiprocessing`` would not do: its workers run the caller's script again, so
that a script without ``if __name__ == "__main__"``, or one piped to Python, could not use them.
"""

import os
import pickle
import sys
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from importlib import import_module
from queue import SimpleQueue
from subprocess import PIPE, Popen
from threading import Lock, Thread
from typing import IO, TypeVar, cast

from melodyrnn.errors import MelodyError, RunError, naming_options
from melodyrnn.system import startup as own_process

_WORKER = (
    "import sys; work = sys.argv[1]; sys.path[:] = sys.argv[2:]; "
    "from melodyrnn.system.workers import serve; serve(work)"
)

_ONE_THREAD = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
"""By which TensorFlow, in a worker that comes to import it, takes one thread: the workers fill the
machine together, and what a task finds does not depend on how many there are."""


Answer = TypeVar("Answer")


def share_out(
    work: str,
    tasks: Mapping[int, object],
    jobs: int,
    after: Callable[[int, Answer], None],
    lost: str,
    survive: Callable[[object, Callable[[object], object]], Answer] | None = None,
) -> None:
    """Give each task to the next idle one of ``jobs`` workers.

    ``work`` is ``module:function``, called with a task in the worker, which returns an ``Answer``.
    ``after`` is called here, with the task's number and the answer, as each is done. Raises the
    MelodyError that ``work`` raises, and LostError, with the words ``lost``, where a worker is
    killed; with ``survive`` that is called instead, with the task and what asks another worker,
    for the answer.
    """
    workers = [Worker(work, lost) for _ in range(min(jobs, len(tasks)))]
    idle: SimpleQueue[Worker] = SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def ask(task: object) -> Answer:
        worker = idle.get()
        try:
            return cast("Answer", worker.ask(task))
        except LostError:
            if survive is None:
                worker.stop()
            if survive is None or worker.stopped:
                raise
            return survive(task, worker.ask)
        finally:
            idle.put(worker)

    pool = ThreadPoolExecutor(max(1, len(workers)))  # its threads only wait for the workers
    try:
        futures = {pool.submit(ask, task): number for number, task in tasks.items()}
        for future in as_completed(futures):
            after(futures[future], future.result())
    finally:  # also at once on Ctrl-C: what a task has done so far is on the disk, or lost
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.stop()
        pool.shutdown()  # now that nobody waits for an answer, the pipes may be closed
        for worker in workers:
            worker.close()


class LostError(RunError):
    """A worker was killed."""


class Worker:
    """One process and its pipes, as the one that shares out sees them: ``work`` is
    ``module:function``, ``lost`` what is said where the process is killed.
    """

    def __init__(self, work: str, lost: str) -> None:
        self.work, self.lost = work, lost
        self.stopped = False
        self._lock = Lock()  # so that none begins while it is being stopped
        self._begin()

    def _begin(self) -> None:
        self.process = Popen(
            [sys.executable, "-P", "-c", _WORKER, self.work, *sys.path],
            stdin=PIPE,
            stdout=PIPE,
            env=os.environ | _ONE_THREAD,
            start_new_session=True,  # Ctrl-C goes to the caller, which ends its workers
        )
        assert self.process.stdin
        assert self.process.stdout
        self._tasks: IO[bytes] = self.process.stdin
        self._answers: IO[bytes] = self.process.stdout

    def ask(self, task: object) -> object:
        """Raises MelodyError: the task's own, or LostError where the worker is killed.

        The next task begins another, unless it was stopped.
        """
        with self._lock:
            if self.stopped:
                raise LostError(self.lost)
            if self.process.poll() is not None:  # also by somebody else, while it had no task
                self.close()
                self._begin()
        try:
            _send(self._tasks, task)
            answer: object = pickle.load(self._answers)
        except (EOFError, OSError, pickle.UnpicklingError):
            self.process.kill()
            self.close()
            raise LostError(self.lost) from None
        if isinstance(answer, MelodyError):
            raise answer
        return answer

    def give_up(self) -> None:
        """End what it does, at once; whoever waits for that gets LostError, and the next task
        begins another process.
        """
        with self._lock:
            self.process.kill()

    def stop(self) -> None:
        """For good, whatever it does, at once."""
        with self._lock:
            self.stopped = True
            self.process.kill()

    def close(self) -> None:
        self.process.wait()
        for pipe in (self._tasks, self._answers):
            with suppress(OSError):  # a task that was never read stands in it
                pipe.close()


@naming_options()  # as messages are written: the caller words them for its face
def serve(work: str) -> None:
    """Be a worker: until standard input ends, which it also does where the caller is killed."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    tasks: SimpleQueue[object] = SimpleQueue()
    Thread(target=_receive, args=(tasks,), daemon=True).start()
    own_process.claim()
    warnings.simplefilter("ignore")  # the caller said its own; those of libraries help nobody
    module, _, function = work.partition(":")
    do = getattr(import_module(module), function)
    while True:
        task = tasks.get()
        try:
            answer = do(task)
        except MelodyError as error:
            answer = error
        _send(answers, answer)


def _receive(tasks: "SimpleQueue[object]") -> None:
    with suppress(EOFError, pickle.UnpicklingError):
        while True:
            tasks.put(pickle.load(sys.stdin.buffer))
    os._exit(0)  # in the midst of a task too: no worker outlives its caller


def _send(pipe: IO[bytes], what: object) -> None:
    pickle.dump(what, pipe)
    pipe.flush()
