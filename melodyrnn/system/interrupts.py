"""Ctrl-C, held back where it would be lost or turned into another error."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Raise the KeyboardInterrupt of a Ctrl-C at the end, and not in the midst; at a second Ctrl-C
    at once.

    While modules are imported, it may come where Python only prints that it is ignored (in what is
    called when an object goes), or where an extension makes ``ImportError: initialization failed``
    of it. Where somebody else handles Ctrl-C, or this is not the main thread, nothing changes.
    """
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    came = False

    def note(*_: object) -> None:
        nonlocal came
        came = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if came:
        raise KeyboardInterrupt
