"""A song file made visible or audible."""

from pathlib import Path

from melodyrnn.data.gather import Source, gather_one
from melodyrnn.errors import ConfigError
from melodyrnn.files import is_same
from melodyrnn.formats.registry import writers
from melodyrnn.render.write import write_song


def suffixes() -> list[str]:
    """How the names of files end that can be written, those of other packages too."""
    return list(writers())


def render(
    song: Source,
    output: str | Path,
    *,
    instrument: str | None = None,
    tempo: float | None = None,
    track: str | None = None,
    grid: str | None = None,
) -> list[Path]:
    """Write ``song`` to ``output`` in the format of its suffix; returns the files written.

    ``instrument`` is a General MIDI name, ``tempo`` in quarter notes per minute.
    Raises MelodyError; nothing is written then.
    """
    if isinstance(song, str | Path) and is_same(Path(song), Path(output)):
        raise ConfigError(f"{output}: is the song itself; choose another --output")
    named = gather_one(song, track=track, grid=grid)
    return write_song(named.song, output, instrument=instrument, tempo=tempo)
