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


def killed_training(folder, path, settings, when):
    """``melodyrnn train FOLDER -o PATH`` with ``settings``, in a process that ends as by ``kill
    -9`` after the first checkpoint for which ``when`` holds, an expression of ``self``, the
    ``_Checkpoints``. A checkpoint is written whenever one can be.
    """
    code = (
        "import sys, os\n"
        "from melodyrnn.runs import checkpointed_training as runs\n"
        "runs._CHECKPOINT_SECONDS, runs._CHECKPOINT_SHARE = 0, 1e9\n"
        "write = runs._Checkpoints.write\n"
        "def once(self):\n"
        "    write(self)\n"
        f"    if {when}: os._exit(9)\n"
        "runs._Checkpoints.write = once\n"
        "from melodyrnn.cli import main\n"
        "main(sys.argv[1:])\n"
    )
    options = [f"--{name}={value}" for name, value in settings.items()]
    command = [sys.executable, "-c", code, "train", str(folder), "-o", str(path), *options]
    return subprocess.run(command, capture_output=True, check=False).returncode
