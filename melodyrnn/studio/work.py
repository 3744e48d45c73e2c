"""What the helper processes do: each function is one thing that the page asks for.

The server never reads a file, a run or a note itself: all that is done here.
"""

import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from melodyrnn.errors import MelodyError, MelodyWarning
from melodyrnn.files import NO_MEMORY

Task = tuple[str, dict[str, Any], int]
"""The name of a function here, its arguments, and how many bytes of memory the process may have."""

_WIDEST_PIXELS = 1_400
_PIXELS = 5.0  # of a screen, for a millimetre of paper: a staff 8 mm high is read well at 40 pixels


def answer(task: Task) -> dict[str, Any]:
    """Do it; beside what was found, ``notices`` say what was decided. Raises MelodyError."""
    name, values, memory = task
    _bound(memory)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", MelodyWarning)
        try:
            found = _WORK[name](**values)
        except MemoryError:
            raise MelodyError(f"this {NO_MEMORY}") from None
    return {**found, "notices": [str(each.message) for each in said]}


def _bound(memory: int) -> None:
    """Let this process have so many bytes, where the system can hold it to that."""
    if sys.platform == "win32":
        return
    import resource

    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, resource.getrlimit(resource.RLIMIT_AS)[1]))


def read(text: str) -> dict[str, Any]:
    from melodyrnn.workflows.score import read_notes, song_document

    return {"song": song_document(read_notes(text))}


def score(text: str, width: float = 900, prefix: str = "") -> dict[str, Any]:
    from melodyrnn.workflows.score import read_notes, score

    millimetres = max(60, round(min(width, _WIDEST_PIXELS) / _PIXELS))
    return score(read_notes(text), width=millimetres, prefix=prefix).to_json()


_WORK: dict[str, Callable[..., dict[str, Any]]] = {each.__name__: each for each in (read, score)}
"""What may be asked for."""
