"""The song that a file or a name stands for, as Python asks for it."""

from pathlib import Path

from melodyrnn.data.gather import gather_one
from melodyrnn.formats import read
from melodyrnn.music.song import Song


def read_song(
    song: str | Path, *, track: str | None = None, grid: str | None = None, tune: str = ""
) -> Song:
    """The song in a file of any known format, or the tune of a corpus that is called so:
    ``"nabiya"``, ``"kinder0-121"``. Of a file of several tunes the one whose label is ``tune`` or,
    where none is asked for, the first.

    ``track`` chooses among several voices, by name or number from 1; ``grid`` quantises performed
    timing (``Grid.parse``). Raises FileError where the file is missing, a folder, unreadable or
    too large, whatever its suffix, and another MelodyError where it is not what its suffix says,
    damaged or without notes.
    """
    if tune:
        return read.read_song(song, track=track, grid=grid, tune=tune)
    return gather_one(song, track=track, grid=grid).song
