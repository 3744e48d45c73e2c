"""What a notebook shows for a song.

``music`` draws nothing itself and knows nobody who does; who draws registers here.
"""

from collections.abc import Callable

_DRAWERS: list[Callable[[object], str]] = []  # one at most


def register(draw: Callable[[object], str]) -> None:
    """Let ``draw`` make the HTML that shows a song."""
    _DRAWERS[:] = [draw]


def html(song: object) -> str | None:
    """The HTML that shows ``song``; None where nobody draws, and its ``repr`` is shown."""
    return _DRAWERS[0](song) if _DRAWERS else None
