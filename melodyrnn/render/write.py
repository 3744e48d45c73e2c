"""A song written to a file in the format of its suffix.

What draws or sounds is imported only where it is used: writing MIDI starts no engraver.
"""

from dataclasses import replace
from pathlib import Path

from melodyrnn.errors import FileError, MelodyError, RenderError
from melodyrnn.files import is_folder, write_atomically
from melodyrnn.formats.format import Format
from melodyrnn.formats.registry import nearest, writer, writers
from melodyrnn.music.playing import Playing
from melodyrnn.music.song import Song
from melodyrnn.render.instruments import program


def write_song(
    song: Song,
    path: str | Path,
    *,
    instrument: str | int | None = None,
    tempo: float | None = None,
    playing: Playing | None = None,
) -> list[Path]:
    """Write ``song`` to ``path`` in the format of its suffix; returns the files written.

    An existing file is replaced. The first page of a score takes the name asked for; where an
    SVG or PNG needs more pages, they stand beside it as ``song-2.svg``, ``song-3.svg`` … .
    ``instrument`` (see ``audio.program``) is what .mid and .wav sound like, ``tempo`` in quarter
    notes per minute takes the place of the song's, ``playing`` is how .mid and .wav play it: by
    default gently louder and softer, without swing. Raises MelodyError, and then has written
    nothing, unless the disk fills up between two pages.
    """
    path = Path(path)
    written_as = writer_of(path)
    if not song.notes:
        raise RenderError(f"{path}: a song without notes cannot be written; give it one")
    try:
        number = program(instrument)  # a name that nobody has is wrong for a picture, too
        if tempo is not None:
            song = replace(song, tempo=tempo)
        pages = written_as.pages(song, number, playing or Playing())
    except MelodyError as error:
        raise type(error)(f"{path}: {error}") from None
    names = [path, *(path.with_stem(f"{path.stem}-{n}") for n in range(2, len(pages) + 1))]
    return [write_atomically(name, page) for name, page in zip(names, pages, strict=True)]


def writer_of(path: Path) -> Format:
    """The format that the suffix names. Raises RenderError where none is written."""
    suffix = path.suffix.lower()
    if known := writer(suffix):
        return known
    if is_folder(path):
        raise FileError(f"{path}: a folder; name a file to write, such as {path / 'song.mid'}")
    near = nearest(suffix, writers()) if suffix else None
    meant = f" did you mean '{path.with_suffix(near)}'?" if near else ""
    problem = f"unknown format '{suffix}'" if suffix else "no suffix names a format"
    raise RenderError(f"{path}: {problem};{meant} formats are {' '.join(writers())}")
