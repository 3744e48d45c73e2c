"""The songs that a command names, read with a bar where that takes long."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from melodyrnn.data.gather import Songs


def songs_of(
    songs: Sequence[Path],
    quiet: bool,
    *,
    track: str | None = None,
    grid: str | None = None,
    report: bool = False,
) -> "Songs":
    """The songs, with their names; the keyword arguments are the options of ``reading_many``."""
    from melodyrnn.console.progress import progress_of
    from melodyrnn.data.gather import gather

    with progress_of("reading", quiet) as progress:
        return gather(songs, track=track, grid=grid, report=report, progress=progress)
