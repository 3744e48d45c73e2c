"""The one door by which song files come in: files and folders -> songs."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

from melodyrnn.errors import MelodyError, MelodyWarning, NotationError, ScoreError
from melodyrnn.files import exists, is_folder, read_bytes, suggest
from melodyrnn.music.grid import Grid
from melodyrnn.music.notation import parse
from melodyrnn.music.song import Song

Reader = Callable[[Path, str | None, Grid | None], Song]

LARGEST_TEXT = 2_000_000
"""Bytes; a text of notes this long would play for days."""


def read_song(path: str | Path, *, track: str | None = None, grid: str | None = None) -> Song:
    """The song in a file of any known format.

    ``track`` chooses among several voices, by name or number from 1; ``grid`` rounds performed
    timing (``Grid.parse``). Raises MelodyError where the file is missing, not what its
    suffix says, damaged or without notes.
    """
    path = Path(path)
    song = _reader(path)(path, track, Grid.parse(grid) if grid else None)
    if not any(note.pitch for note in song.notes):
        raise ScoreError(f"{path}: there are no notes in it")
    return song


def read_songs(
    paths: Iterable[str | Path], *, track: str | None = None, grid: str | None = None
) -> list[tuple[str, Song]]:
    """(name, song) of each file, a folder standing for all songs below it, sorted.

    The name is the file's, without its suffix. A file in a folder that cannot be read is left
    out with a MelodyWarning that says why; a file named itself raises MelodyError, as does a
    folder in which nothing can be read.
    """
    songs: list[tuple[str, Song]] = []
    for path in map(Path, paths):
        if is_folder(path):
            songs += _folder(path, track, grid)
        else:
            songs.append((path.stem, read_song(path, track=track, grid=grid)))
    return songs


def _folder(path: Path, track: str | None, grid: str | None) -> list[tuple[str, Song]]:
    songs = []
    for file in sorted(_song_files(path)):
        try:
            songs.append((file.stem, read_song(file, track=track, grid=grid)))
        except MelodyError as error:
            warnings.warn(f"left out {error}", MelodyWarning, stacklevel=3)
    if not songs:
        raise ScoreError(f"{path}: no song in this folder; songs end in {' '.join(READERS)}")
    return songs


def _song_files(path: Path) -> Iterator[Path]:
    for file in path.rglob("*"):
        if file.suffix.lower() in READERS and file.is_file() and not file.name.startswith("."):
            yield file


def _reader(path: Path) -> Reader:
    if is_folder(path):
        raise ScoreError(f"{path}: a folder; name a file in it")
    if not exists(path):
        raise ScoreError(f"{path}: no such file{suggest(path)}")
    suffix = path.suffix.lower()
    if suffix in READERS:
        return READERS[suffix]
    near = get_close_matches(suffix, READERS, 1, 0.6)
    meant = f" is it a '{near[0]}'?" if near else ""
    raise ScoreError(
        f"{path}: unknown kind of file '{suffix}';{meant} songs end in {' '.join(READERS)}"
    )


def _text(path: Path, track: str | None, grid: Grid | None) -> Song:
    try:
        return parse(read_bytes(path, LARGEST_TEXT).decode(), str(path))
    except UnicodeDecodeError as error:
        raise NotationError(
            f"{path}: byte {error.start} is not UTF-8 text; save it as UTF-8"
        ) from None


def _midi(path: Path, track: str | None, grid: Grid | None) -> Song:
    from melodyrnn.music.midi import read_midi

    return read_midi(path, track=track, grid=grid)


def _score(path: Path, track: str | None, grid: Grid | None) -> Song:
    from melodyrnn.music.score import read_score  # music21: 0.4 s that other files are spared

    return read_score(path, track=track, grid=grid)


READERS: dict[str, Reader] = {
    ".txt": _text,
    ".mid": _midi,
    ".midi": _midi,
    ".musicxml": _score,
    ".xml": _score,
    ".mxl": _score,
    ".abc": _score,
    ".krn": _score,
}
"""Suffix -> reader."""
