"""Trials in processes of their own, as many at once as there is room for.

A worker is a fresh interpreter that reads plans from its standard input and answers with trials,
one thread each: small networks are no faster with more, and the results do not depend on how many
run at once. ``multiprocessing`` would not do: its workers run the caller's script again, so that a
script without ``if __name__ == "__main__"``, or one piped to Python, could not compare.
"""

import os
import pickle
import sys
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from queue import SimpleQueue
from subprocess import PIPE, Popen
from threading import Thread
from typing import Any

from melodyrnn.errors import MelodyError, MelodyWarning, RunError
from melodyrnn.workflows.trial import Plan, Trial, finished, run_trial

_WORKER = (
    "import sys; sys.path[:] = sys.argv[1:]; "
    "from melodyrnn.workflows.side_by_side import serve; serve()"
)


def run_trials(
    plans: Sequence[Plan], jobs: int, progress: Callable[[int, int], None]
) -> list[Trial]:
    """The trials of ``plans``, in their order; those found finished are not run again.

    ``progress`` is called with (trials done, all) after each. Raises MelodyError.
    """
    trials = {place: trial for place, plan in enumerate(plans) if (trial := finished(plan))}
    todo = {place: plan for place, plan in enumerate(plans) if place not in trials}
    progress(len(trials), len(plans))

    def after(place: int, trial: Trial) -> None:
        trials[place] = trial
        progress(len(trials), len(plans))

    if todo:
        _share_out(todo, min(jobs, len(todo)), after)
    return [trials[place] for place in range(len(plans))]


def _share_out(todo: dict[int, Plan], jobs: int, after: Callable[[int, Trial], None]) -> None:
    """Give each plan to the next idle worker; ``after`` is called here, as each is done."""
    workers = [_Worker() for _ in range(jobs)]
    idle: SimpleQueue[_Worker] = SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def ask(plan: Plan) -> Trial:
        worker = idle.get()
        try:
            return worker.ask(plan)
        finally:
            idle.put(worker)

    with ThreadPoolExecutor(jobs) as pool:  # its threads only wait for the workers
        try:
            futures = {pool.submit(ask, plan): place for place, plan in todo.items()}
            for future in as_completed(futures):
                after(futures[future], future.result())
        finally:  # also at once on Ctrl-C: what a trial has done so far is on the disk
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in workers:
                worker.process.kill()
    for worker in workers:
        worker.close()


class _Worker:
    """One process and its pipes, as its comparison sees them."""

    def __init__(self) -> None:
        self.process = Popen(
            [sys.executable, "-P", "-c", _WORKER, *sys.path],
            stdin=PIPE,
            stdout=PIPE,
            start_new_session=True,  # the comparison hears Ctrl-C, and ends its workers
        )

    def ask(self, plan: Plan) -> Trial:
        """Raises MelodyError: the trial's own, or RunError where the worker was killed."""
        try:
            _send(self.process.stdin, plan)
            answer = pickle.load(self.process.stdout)  # type: ignore[arg-type]  # it has one
        except (EOFError, OSError, pickle.UnpicklingError):
            raise RunError(
                "a training was killed, perhaps for want of memory; "
                "the same command goes on, --jobs 1 takes less memory"
            ) from None
        if isinstance(answer, MelodyError):
            raise answer
        return answer  # type: ignore[no-any-return]  # a Trial, as serve() sends

    def close(self) -> None:
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):  # a plan that was never read stands in it
                pipe.close()  # type: ignore[union-attr]  # it has both


def serve() -> None:
    """Be a worker: until standard input ends, which it also does where the comparison is killed."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    plans: SimpleQueue[Plan] = SimpleQueue()
    Thread(target=_receive, args=(plans,), daemon=True).start()
    warnings.simplefilter("ignore", MelodyWarning)  # the comparison read the songs, and said it

    from melodyrnn.networks.backend import tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    while True:
        plan = plans.get()
        try:
            answer: Trial | MelodyError = run_trial(plan)
        except MelodyError as error:
            answer = error
        _send(answers, answer)


def _receive(plans: "SimpleQueue[Plan]") -> None:
    with suppress(EOFError, pickle.UnpicklingError):
        while True:
            plans.put(pickle.load(sys.stdin.buffer))
    os._exit(0)  # in the midst of a training too: no worker outlives its comparison


def _send(pipe: Any, what: Plan | Trial | MelodyError) -> None:
    pickle.dump(what, pipe)
    pipe.flush()
