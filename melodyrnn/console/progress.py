"""How far long work has come."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
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
        task, pace = bar.add_task(what, total=None, words="starting"), Pace(unit)

        def report(done: int, all_: int, words: str = "") -> None:
            told = pace.tell(done, all_, words)
            bar.update(task, completed=done, total=all_, words=told)

        yield report


def _lines(what: str, unit: str) -> Any:
    last, pace = time.monotonic(), Pace(unit)

    def report(done: int, all_: int, words: str = "") -> None:
        nonlocal last
        told = pace.tell(done, all_, words)
        if time.monotonic() - last >= _SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            _print(f"{what}: {told}")

    return report


def _print(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class Pace:
    """Tells of each step of some work, and how long the rest takes at the pace so far."""

    def __init__(self, unit: str, now: Callable[[], float] = time.monotonic) -> None:
        self.unit, self.now = unit, now
        self.last, self.first, self.began = inf, 0, 0.0

    def tell(self, done: int, all_: int, words: str) -> str:
        """``epoch 40/2000 loss 1.234 right 55% ≤0:41``; learning may well end sooner.

        Where less is done than before, other work has begun, with a pace of its own.
        """
        if done < self.last:
            self.first, self.began = done, self.now()
        self.last = done
        parts = [self.unit, f"{done}/{all_}", words]
        if done > self.first:
            seconds = round((self.now() - self.began) / (done - self.first) * (all_ - done))
            parts.append(f"≤{seconds // 60}:{seconds % 60:02}")
        return " ".join(filter(None, parts))
