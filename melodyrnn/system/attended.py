"""What Python shows of long work to whoever sits before it: a line that goes when the work is done.

In a notebook it is an output of the cell, in an interactive Python a line of the terminal. A
program shows nothing unless it asks for it by ``progress=melodyrnn.show_progress``; or it gives a
callback of its own.
"""

import sys
import time
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any, ParamSpec, Protocol, TypeVar

from melodyrnn.system.progress import Pace, silent

P = ParamSpec("P")
R = TypeVar("R")

_SECONDS_BEFORE = 0.5  # what is done sooner needs no word of progress
_SECONDS_BETWEEN = 0.2
_BAR = 24  # characters
_COLUMNS = 79


def if_attended(done: int, total: int, words: str = "") -> None:
    """The default of a verb (``verb``): shown in a notebook and in an interactive Python, and
    nowhere else.
    """


def show_progress(done: int, total: int, words: str = "") -> None:
    """As an argument, ``progress=melodyrnn.show_progress``: how far the work has come is shown
    wherever Python runs, as a line on standard error or, in a notebook, below the cell.
    """


def verb(what: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Lets a function with an argument ``progress`` show, where that is ``if_attended`` or
    ``show_progress``, how far it has come. ``what`` says what it does, such as ``training``.
    """

    def decorated(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            asked = kwargs.get("progress", if_attended)
            if asked not in (if_attended, show_progress):
                return function(*args, **kwargs)
            line = _line(what, always=asked is show_progress)
            kwargs["progress"] = line.report if line else silent
            try:
                return function(*args, **kwargs)
            finally:
                if line:
                    line.erase()

        return called

    return decorated


class _Surface(Protocol):
    """Where a line can be written over."""

    def write(self, text: str) -> None:
        """Show ``text`` in place of what was written before."""
        ...


class _TerminalLine:
    def write(self, text: str) -> None:
        cut = text if len(text) <= _COLUMNS else text[: _COLUMNS - 1] + "…"
        print(f"\r\x1b[K{cut}", end="", file=sys.stderr, flush=True)


class _ProgressLog:
    """Standard error where nobody can write over it: a line now and then."""

    def __init__(self) -> None:
        self.last = -float("inf")

    def write(self, text: str) -> None:
        if text and time.monotonic() - self.last >= 10 * _SECONDS_BETWEEN:
            self.last = time.monotonic()
            print(text, file=sys.stderr, flush=True)


class _CellOutput:
    def __init__(self) -> None:
        self.handle: Any = None

    def write(self, text: str) -> None:
        display: Any = import_module("IPython.display").display
        data = {"text/plain": text}
        if self.handle is None:
            self.handle = display(data, raw=True, display_id=True)
        else:
            self.handle.update(data, raw=True)


class _ProgressLine:
    """What stands on a surface while some work is done."""

    def __init__(self, what: str, surface: _Surface, now: Callable[[], float] = time.monotonic):
        self.what, self.surface, self.now = what, surface, now
        self.pace = Pace(now)
        self.next, self.written = now() + _SECONDS_BEFORE, False

    def report(self, done: int, total: int, words: str = "") -> None:
        line = self.pace.line(done, total, words)
        if self.now() < self.next:
            return
        self.next, self.written = self.now() + _SECONDS_BETWEEN, True
        full = min(_BAR, _BAR * done // total) if total > 0 else 0
        self.surface.write(f"{self.what} {'█' * full}{'░' * (_BAR - full)} {line}")

    def erase(self) -> None:
        if self.written:
            self.surface.write("")


def _line(what: str, *, always: bool) -> _ProgressLine | None:
    """Of the surface that is there; None where nobody sits before it and nobody asked."""
    if _in_notebook():
        return _ProgressLine(what, _CellOutput())
    terminal = sys.stderr is not None and sys.stderr.isatty()
    if not always and not (terminal and hasattr(sys, "ps1")):  # a prompt: it is interactive
        return None
    return _ProgressLine(what, _TerminalLine() if terminal else _ProgressLog())


def _in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")
