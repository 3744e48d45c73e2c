"""How much memory the machine has, and how much of it a process may take."""

import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_LOOK = 0.25  # seconds between two looks at what a process takes


def installed() -> int | None:
    """Bytes of the machine; None where the system does not say."""
    with suppress(AttributeError, ValueError, OSError):
        pages: int = os.sysconf("SC_PHYS_PAGES")
        return pages * _page() if pages > 0 else None
    return None


def taken() -> int:
    """Bytes of this process that are in memory; where the system does not say, the most that ever
    were; 0 where it does not say that either.
    """
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * _page()
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS


def bound(most: int, what: str = "RLIMIT_AS") -> None:
    """Let this process ask for no more than so many bytes, where the system can hold it to that:
    of address space or, as RLIMIT_DATA, of what it writes to.
    """
    if sys.platform == "win32":
        return
    import resource

    kind = getattr(resource, what)
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))


def watch(most: int, over: Callable[[], None]) -> threading.Thread:
    """Calls ``over``, in a thread of its own, once this process takes more than so many bytes."""

    def look() -> None:
        while taken() <= most:
            time.sleep(_LOOK)
        over()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    return thread


def _page() -> int:
    return os.sysconf("SC_PAGE_SIZE")
