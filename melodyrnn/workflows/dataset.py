"""Songs as the networks see them: one vocabulary, one sequence of indices a song."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from melodyrnn.errors import ConfigError, VocabularyError
from melodyrnn.music import notation
from melodyrnn.music.codes import attributes, sort_key, to_codes
from melodyrnn.music.corpus import read_song, read_songs
from melodyrnn.music.song import Song
from melodyrnn.sequences.vocabulary import Indices, Vocabulary
from melodyrnn.sequences.windows import windows

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


@dataclass(frozen=True)
class Dataset:
    """Songs with their vocabulary and index sequences."""

    songs: tuple[Named, ...]
    vocabulary: Vocabulary
    sequences: tuple[Indices, ...]  # each (L,)

    @classmethod
    def of(cls, songs: Sequence[Named], window: int, vocabulary: Vocabulary | None = None) -> Self:
        """``vocabulary`` is that of the songs (``vocabulary_of``) where none is given.

        Raises WindowError for a song no longer than ``window``, VocabularyError for a code that
        ``vocabulary`` lacks; both name the song.
        """
        vocabulary = vocabulary or vocabulary_of([named.song for named in songs])
        sequences = []
        for named in songs:
            try:
                sequences.append(vocabulary.encode(to_codes(named.song)))
                windows(sequences[-1], window, named.name)
            except VocabularyError as error:
                raise VocabularyError(
                    f"{named.name}: {error}; a model tells only what it was trained to tell"
                ) from None
        return cls(tuple(songs), vocabulary, tuple(sequences))

    @property
    def features(self) -> tuple[tuple[float, ...], ...]:
        """Pitch and duration of each code, (V, 2)."""
        return tuple(attributes(self.vocabulary.symbols))


def vocabulary_of(songs: Sequence[Song]) -> Vocabulary:
    """The table that all songs ask for by ``codes:``, or the sorted codes that they use."""
    asked = {song.codes for song in songs}
    if len(asked) == 1 and (codes := asked.pop()):
        return Vocabulary(codes)
    return Vocabulary.of(map(to_codes, songs), sort_key)


def default_input(songs: Sequence[Named]) -> str:
    """How codes enter the network where nothing is said: the courses' plain index for one song,
    learned vectors for several, whose codes are too many for one number to tell apart.
    """
    return "index" if len(songs) == 1 else "embedding"


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
