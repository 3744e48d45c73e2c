"""A song written to a file in the format of its suffix.

What draws or sounds is imported only where it is used: writing MIDI starts no engraver.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from melodyrnn.errors import MelodyError, RenderError
from melodyrnn.files import is_folder, write_atomically
from melodyrnn.music.song import Song
from melodyrnn.render.instruments import program


def write_song(
    song: Song,
    path: str | Path,
    *,
    instrument: str | int | None = None,
    tempo: float | None = None,
) -> list[Path]:
    """Write ``song`` to ``path`` in the format of its suffix; returns the files written.

    An existing file is replaced. The first page of a score takes the name asked for; where an
    SVG or PNG needs more pages, they stand beside it as ``song-2.svg``, ``song-3.svg`` … .
    ``instrument`` (see ``audio.program``) is what .mid and .wav sound like, ``tempo`` in quarter
    notes per minute takes the place of the song's. Raises MelodyError, and then has written
    nothing, unless the disk fills up between two pages.
    """
    path = Path(path)
    writer = writer_of(path)
    if not song.notes:
        raise RenderError(f"{path}: a song without notes cannot be written; give it one")
    try:
        program(instrument)  # a name that nobody has is wrong for a picture, too
        if tempo is not None:
            song = replace(song, tempo=tempo)
        pages = writer(song, instrument)
    except MelodyError as error:
        raise type(error)(f"{path}: {error}") from None
    names = [path, *(path.with_stem(f"{path.stem}-{n}") for n in range(2, len(pages) + 1))]
    return [write_atomically(name, page) for name, page in zip(names, pages, strict=True)]


def writer_of(path: Path) -> "Writer":
    """What writes the format of the suffix. Raises RenderError where there is no such format."""
    suffix = path.suffix.lower()
    if suffix in WRITERS:
        return WRITERS[suffix]
    if is_folder(path):
        raise RenderError(f"{path}: a folder; name a file to write, such as {path / 'song.mid'}")
    close = get_close_matches(suffix, WRITERS, 1, 0.6) if suffix else []
    nearest = f" did you mean '{path.with_suffix(close[0])}'?" if close else ""
    problem = f"unknown format '{suffix}'" if suffix else "no suffix names a format"
    raise RenderError(f"{path}: {problem};{nearest} formats are {' '.join(WRITERS)}")


def _midi(song: Song, instrument: str | int | None) -> list[bytes]:
    from melodyrnn.formats.midi.midi import midi_bytes

    return [midi_bytes(song, program=program(instrument))]


def _musicxml(song: Song, instrument: str | int | None) -> list[str]:
    from melodyrnn.formats.musicxml.write import musicxml

    return [musicxml(song)]


def _abc(song: Song, instrument: str | int | None) -> list[str]:
    from melodyrnn.formats.abc.write import abc

    return [abc(song)]


def _text(song: Song, instrument: str | int | None) -> list[str]:
    from melodyrnn.music.notation import text as notation

    return [notation.format(song)]


def _svg(song: Song, instrument: str | int | None) -> list[str]:
    from melodyrnn.render.sheet import svg

    return svg(song)


def _png(song: Song, instrument: str | int | None) -> list[bytes]:
    from melodyrnn.render.sheet import png

    return png(song)


def _pdf(song: Song, instrument: str | int | None) -> list[bytes]:
    from melodyrnn.render.sheet import pdf

    return [pdf(song)]


def _wav(song: Song, instrument: str | int | None) -> list[bytes]:
    from melodyrnn.render.audio import wav

    return [wav(song, instrument=instrument)]


Writer = Callable[[Song, str | int | None], Sequence[bytes | str]]

WRITERS: dict[str, Writer] = {
    ".mid": _midi,
    ".midi": _midi,
    ".musicxml": _musicxml,
    ".xml": _musicxml,
    ".abc": _abc,
    ".txt": _text,
    ".svg": _svg,
    ".png": _png,
    ".pdf": _pdf,
    ".wav": _wav,
}
"""Suffix -> what writes it, page by page."""
