"""An end to work that takes too long, whatever it is busy with."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_AGAIN = 0.2  # seconds, for whoever catches everything


class TimeUpError(BaseException):
    """The time is up. No Exception, so that no library takes it for one of its own."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise TimeUpError in the block once the process has been at work for so many seconds.

    What counts is the processor's time, so that a busy machine refuses nothing. There is an end
    only where the system has such clocks, the thread is the main one, and nobody else uses them.
    """
    if not _can_be_set():
        yield
        return
    at_work = True

    def ring(*_: object) -> None:
        if at_work:
            raise TimeUpError

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)
    try:
        yield
    finally:
        at_work = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _can_be_set() -> bool:
    return (
        hasattr(signal, "SIGPROF")
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGPROF) is signal.SIG_DFL
    )
