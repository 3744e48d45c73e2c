"""Every song that is read from a file is read here: files -> songs."""

from dataclasses import dataclass
from pathlib import Path

from melodyrnn.errors import FileError, ScoreError
from melodyrnn.files import exists, is_folder, read_bytes, shown, suggest
from melodyrnn.formats.format import Format
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.formats.registry import nearest, reader, readers
from melodyrnn.music.song import Song

PACKED = ".parquet"
"""How the name of a pack ends: a table of many songs, which is read elsewhere."""


@dataclass(frozen=True)
class Corpus:
    """A corpus of ``collections``, whatever files or folders of its name there are."""

    name: str

    def __str__(self) -> str:
        return self.name


def read_song(
    path: str | Path, *, track: str | None = None, grid: str | None = None, tune: str = ""
) -> Song:
    """The song in a file of any known format; of several tunes, the one whose label is ``tune`` or,
    where none is asked for, the first.

    ``track`` chooses among several voices, by name or number from 1; ``grid`` quantises performed
    timing (``Grid.parse``). Raises FileError where the file is missing, a folder, unreadable or
    too large, whatever its suffix, and another MelodyError where it is not what its suffix says,
    damaged or without notes.
    """
    path = Path(path)
    quantised = Grid.parse(grid) if grid else None
    data = read_file(path)
    name, known = shown(str(path)), format_of(path)
    if not tune:
        return known.read_song(data, name, track, quantised)
    for label, read in known.read_tunes(data, name, track, quantised):
        if label == tune:
            return read()
    raise ScoreError(f"{path}: no tune {tune} in it; choose another one")


def read_file(path: Path) -> bytes:
    """The bytes of a song's file.

    Raises FileError where it is missing, a folder, unreadable or too large, ScoreError where its
    suffix is of no known format.
    """
    known = reader(path.suffix)
    if known:
        return read_bytes(path, known.largest)
    if is_folder(path):
        raise FileError(f"{path}: a folder; name a file in it")
    if not exists(path):
        raise FileError(f"{path}: no such file{suggest(path)}")
    raise _unknown(path)


def format_of(path: Path) -> Format:
    """The format that reads files of this name. Raises ScoreError where there is none."""
    if known := reader(path.suffix):
        return known
    raise _unknown(path)


def _unknown(path: Path) -> ScoreError:
    suffix = path.suffix.lower()
    near = nearest(suffix, readers())
    meant = f" is it a '{near}'?" if near else ""
    return ScoreError(f"{path}: unknown kind of file '{suffix}';{meant} {endings()}")


def endings() -> str:
    """How the names of files end that can be read, as messages say it."""
    return f"songs end in {' '.join(readers())} {PACKED}"
