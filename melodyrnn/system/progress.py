"""How far long work has come: one callback, the same everywhere."""

import time
from collections.abc import Callable
from math import inf
from typing import Protocol


class Progress(Protocol):
    """Called now and then by work that may take longer than two seconds."""

    def __call__(self, done: int, total: int, words: str = "") -> None:
        """``done`` of ``total`` units of work; ``words`` begin with their name, and say how it
        goes: ``epochs, loss 1.234``.
        """
        ...


def silent(done: int, total: int, words: str = "") -> None:
    """The callback of those who do not want to know."""


class Pace:
    """How far some work has come, and how long the rest takes at the pace so far."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        self.last, self.first, self.began = inf, 0, 0.0

    def line(self, done: int, total: int, words: str) -> str:
        """``40/2000 epochs, loss 1.234 ≤0:41``; training may well end sooner.

        Where less is done than before, other work has begun, with a pace of its own.
        """
        if done < self.last:
            self.first, self.began = done, self.now()
        self.last = done
        parts = [f"{done}/{total}", words]
        if done > self.first:
            seconds = round((self.now() - self.began) / (done - self.first) * (total - done))
            parts.append(f"≤{seconds // 60}:{seconds % 60:02}")
        return " ".join(filter(None, parts))
