"""How far long work has come: one callback, the same everywhere."""

from typing import Protocol


class Progress(Protocol):
    """Called now and then by work that may take longer than two seconds."""

    def __call__(self, done: int, total: int, words: str = "") -> None:
        """``done`` of ``total`` units of work; ``words`` say which, and how it goes."""
        ...


def silent(done: int, total: int, words: str = "") -> None:
    """The callback of those who do not want to know."""
