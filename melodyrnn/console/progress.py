"""How far long work has come."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

from melodyrnn.console.language import said
from melodyrnn.system.progress import Pace, Progress, silent

_SECONDS_BEFORE_LINES = 1.0  # what is done sooner, or refused, needs no word of progress
_SECONDS_BETWEEN_LINES = 2.0


@contextmanager
def progress_of(what: str, quiet: bool = False) -> Iterator[Progress]:
    """Gives the callback of the work: a bar on a terminal, a plain line now and then elsewhere.

    All of it goes to standard error, so that standard output holds results only.
    """
    what = said(what)
    if quiet:
        yield silent
    elif sys.stderr.isatty():
        with _bar(what) as report:
            yield report
    else:
        begun = Timer(
            _SECONDS_BEFORE_LINES, lambda: print(f"{what} …", file=sys.stderr, flush=True)
        )
        begun.start()
        try:
            yield _lines(what)
        finally:
            begun.cancel()


@contextmanager
def _bar(what: str) -> Iterator[Progress]:
    # A start in the twentieth of a second that it takes, where there is no terminal.
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn
    from rich.progress import Progress as ProgressBar

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),  # a file's name may look like markup
        BarColumn(None),
        TextColumn("{task.fields[words]}"),
    )
    with ProgressBar(*columns, console=Console(stderr=True), transient=True) as bar:
        task, pace = bar.add_task(what, total=None, words=said("starting")), Pace()

        def report(done: int, total: int, words: str = "") -> None:
            line = pace.line(done, total, said(words))
            bar.update(task, completed=done, total=total, words=line)

        yield report


def _lines(what: str) -> Progress:
    last, pace = time.monotonic(), Pace()

    def report(done: int, total: int, words: str = "") -> None:
        nonlocal last
        line = pace.line(done, total, said(words))
        if time.monotonic() - last >= _SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            _print(f"{what}: {line}")

    return report


def _print(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
