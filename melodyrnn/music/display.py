"""What a notebook shows for a song.

``music`` draws nothing itself and knows nobody who does; who draws registers here.
"""

from collections.abc import Callable
from typing import Any

_DRAWERS: list[Callable[[Any], str]] = []  # one at most


def register(draw: Callable[[Any], str]) -> None:
    """Let ``draw`` make the HTML that shows a song."""
    _DRAWERS[:] = [draw]


def html(song: Any) -> str | None:
    """The HTML that shows ``song``; None where nobody draws, and its ``repr`` is shown."""
    return _DRAWERS[0](song) if _DRAWERS else None
