"""Commands that a test stops in the midst of their work."""

import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

COMMAND = Path(sys.executable).with_name("melodyrnn")


@contextmanager
def running(*arguments, cwd, **options):
    """The installed command at work in the folder ``cwd``; it does not outlive the block.

    Ctrl-C reaches it wherever the tests were started. A shell starts a job in the background with
    SIGINT ignored, and what a process ignores its children ignore too; what it handles is at its
    default in them (POSIX, exec), so that it is handled here while the child begins.
    """
    line = [COMMAND, *map(str, arguments)]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(line, cwd=cwd, stderr=subprocess.PIPE, **options)
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(happened, process, seconds=120):
    """Wait until ``happened()``, while ``process`` is at work."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
