"""How far long work has come."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

_SECONDS_BEFORE_LINES = 1.0  # what is done sooner, or refused, needs no word of progress
_SECONDS_BETWEEN_LINES = 2.0


@contextmanager
def progress_of(what: str, unit: str, quiet: bool = False) -> Iterator[Any]:
    """Gives ``report(done, all, words)``: a bar on a terminal, a plain line now and then elsewhere.

    All of it goes to standard error, so that standard output holds results only.
    """
    if quiet:
        yield lambda done, all_, words="": None
    elif sys.stderr.isatty():
        with _bar(what, unit) as report:
            yield report
    else:
        begun = Timer(
            _SECONDS_BEFORE_LINES, lambda: print(f"{what} …", file=sys.stderr, flush=True)
        )
        begun.start()
        try:
            yield _lines(what, unit)
        finally:
            begun.cancel()


@contextmanager
def _bar(what: str, unit: str) -> Iterator[Any]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),  # a file's name may look like markup
        BarColumn(None),
        TextColumn("{task.fields[words]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None, words="starting")
        start = None

        def report(done: int, all_: int, words: str = "") -> None:
            nonlocal start
            start = start or (time.monotonic(), done)
            told = _told(unit, done, all_, words, start)
            bar.update(task, completed=done, total=all_, words=told)

        yield report


def _lines(what: str, unit: str) -> Any:
    last, start = time.monotonic(), None

    def report(done: int, all_: int, words: str = "") -> None:
        nonlocal last, start
        start = start or (time.monotonic(), done)
        if time.monotonic() - last >= _SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            _print(f"{what}: {_told(unit, done, all_, words, start)}")

    return report


def _print(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _told(unit: str, done: int, all_: int, words: str, start: tuple[float, int]) -> str:
    """``epoch 40/2000 loss 1.234 right 55% ≤0:41``; the time left is at the pace so far, and
    learning may well end sooner.
    """
    began, first = start
    parts = [unit, f"{done}/{all_}", words]
    if done > first:
        seconds = round((time.monotonic() - began) / (done - first) * (all_ - done))
        parts.append(f"≤{seconds // 60}:{seconds % 60:02}")
    return " ".join(filter(None, parts))
