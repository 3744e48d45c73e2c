"""The songs that a command names, read with a bar where that takes long."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any


def songs_of(songs: Sequence[Path], quiet: bool, **reading: Any) -> Any:
    """The songs, with their names; ``reading`` holds the options of ``reading_many``."""
    from melodyrnn.console.progress import progress_of
    from melodyrnn.data.gather import gather

    with progress_of("reading", "file", quiet) as progress:
        return gather(songs, progress=progress, **reading)
