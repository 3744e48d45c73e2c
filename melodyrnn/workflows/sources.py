"""What a person names as a song, read: a file, a folder or a Song in hand. Imports no numpy."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from melodyrnn.errors import ConfigError
from melodyrnn.music import notation
from melodyrnn.music.corpus import read_song, read_songs
from melodyrnn.music.song import Song

Source = str | Path | Song
"""A file, a folder or a song in hand."""


@dataclass(frozen=True)
class Named:
    """A song, and what to call it in messages and files."""

    name: str
    song: Song

    @classmethod
    def in_hand(cls, song: Song) -> Self:
        """A song that no file names."""
        return cls(song.title or "song", song)

    @property
    def text(self) -> str:
        """The canonical text."""
        return notation.format(self.song)

    @property
    def record(self) -> dict[str, str]:
        """What a run remembers of the song."""
        digest = hashlib.sha256(self.text.encode()).hexdigest()
        return {"name": self.name, "sha256": digest, "text": self.text}

    @classmethod
    def of_record(cls, record: dict[str, str]) -> Self:
        """Raises NotationError where the text was damaged."""
        return cls(record["name"], notation.parse(record["text"], record["name"]))


def gather_one(source: Source, *, track: str | None = None, grid: str | None = None) -> Named:
    """Read the song of one file or Song object. Raises MelodyError, of a folder too."""
    if isinstance(source, Song):
        return Named.in_hand(source)
    return Named(Path(source).stem, read_song(source, track=track, grid=grid))


def gather(
    sources: Source | Iterable[Source], *, track: str | None = None, grid: str | None = None
) -> list[Named]:
    """Read the songs of files, folders and Song objects, in order.

    Raises MelodyError where a file cannot be read, and ConfigError where there is no song.
    """
    listed = [sources] if isinstance(sources, str | Path | Song) else list(sources)
    named: list[Named] = []
    for source in listed:
        if isinstance(source, Song):
            named.append(Named.in_hand(source))
        else:
            named += [Named(*pair) for pair in read_songs([source], track=track, grid=grid)]
    if not named:
        raise ConfigError("no song was given; name a file, such as songs/nabiya.txt")
    return named
