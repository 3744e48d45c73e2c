"""Rows of a batch shared out to threads: NumPy lets other threads go on while it computes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

import numpy as np

from melodyrnn.models.predictor import Rows
from melodyrnn.system.machine import cores
from melodyrnn.system.progress import Progress

_WORTH_A_THREAD = 200
"""Rows; of fewer, what is not NumPy's takes longer."""


class _CancelledError(Exception):
    """Raised in a thread to end it."""


def in_threads(work: Callable[[Rows, Progress], Rows], count: int, progress: Progress) -> Rows:
    """``work(rows, progress)`` on parts of ``range(count)``; what it returns, one after the other.

    The first part is done here, and it alone reports its progress. Where it ends early, by Ctrl-C
    say, the others do when they next report theirs.
    """
    parts = max(1, min(cores(), count // _WORTH_A_THREAD))
    first, *others = np.array_split(np.arange(count), parts)
    if not others:
        return work(first, progress)
    # A song alone is spared this.
    from concurrent.futures import ThreadPoolExecutor

    cancelled = Event()

    def go_on(done: int, total: int, words: str = "") -> None:
        if cancelled.is_set():
            raise _CancelledError

    # Two threads at two products are quicker than one product after the other by two.
    with one_thread_a_product(count), ThreadPoolExecutor(len(others)) as pool:
        try:
            futures = [pool.submit(work, rows, go_on) for rows in others]
            return np.concatenate([work(first, progress), *(f.result() for f in futures)])
        except BaseException:
            cancelled.set()
            raise


@contextmanager
def one_thread_a_product(count: int) -> Iterator[None]:
    """The products of a few rows are small: threads would wait for each other longer than they
    compute. For one row nothing is worth while.
    """
    if count == 1:
        yield
        return
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield
