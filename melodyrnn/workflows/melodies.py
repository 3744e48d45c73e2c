"""The melodies of a benchmark: songs, and their pitches in one alphabet."""

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from melodyrnn.errors import MelodyError, MelodyWarning, ScoreError
from melodyrnn.files import exists, is_folder, read_bytes
from melodyrnn.music.abc_reader import read_abc
from melodyrnn.music.score import LARGEST_FILE
from melodyrnn.music.score_piece import song_of
from melodyrnn.sequences.vocabulary import Indices, Vocabulary
from melodyrnn.workflows.sources import Named, gather


@dataclass(frozen=True, eq=False)  # one is itself and no other, were they the same tune
class Melody:
    """A song and what is to be told of it."""

    name: str
    song: Named
    pitches: Indices  # (L,): of each note, its place in the alphabet; tied notes are one, no rests


@dataclass(frozen=True)
class Melodies:
    """A collection in one alphabet of pitches."""

    melodies: tuple[Melody, ...]
    alphabet: Vocabulary  # MIDI numbers, ascending

    @property
    def notes(self) -> int:
        return sum(len(melody.pitches) for melody in self.melodies)


def melodies_of(songs: Sequence[Named]) -> Melodies:
    """In an order of their own, by content, whatever the order of the files."""
    ordered = sorted(songs, key=lambda named: (named.record["sha256"], named.name))
    midi = [[str(note.pitch.midi) for note in named.song.notes if note.pitch] for named in ordered]
    alphabet = Vocabulary.of(midi, int)
    return Melodies(
        tuple(
            Melody(named.name, named, alphabet.encode(told))
            for named, told in zip(ordered, midi, strict=True)
        ),
        alphabet,
    )


def read(path: Path) -> list[Named]:
    """The songs of a file, of all its tunes if it is ABC, or of a folder. Raises MelodyError."""
    if path.suffix.lower() != ".abc" or not exists(path) or is_folder(path):
        return gather([path])
    head, *tunes = re.split(rb"(?m)^(?=X:)", read_bytes(path, LARGEST_FILE))
    named = []
    for tune in tunes or [head]:
        number = re.match(rb"X:\s*(\d*)", tune)
        name = f"{path.stem}:{number[1].decode() if number else 1}"
        try:
            piece = read_abc(head + tune if tunes else tune, f"{path}, {name}")
            named.append(Named(name, song_of(piece, f"{path}, {name}", None, None)))
        except MelodyError as error:
            warnings.warn(f"left out {error}", MelodyWarning, stacklevel=3)
    if not named:
        raise ScoreError(f"{path}: there is no tune in it that can be read")
    return named


def corpus_file(name: str) -> Path:
    """Where music21 keeps a file of its corpus. Raises ScoreError where it has none such."""
    spec = find_spec("music21")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "corpus" / name
        if exists(path):
            return path
    raise ScoreError(f"music21 carries no {name} here; name the songs by --songs PATH")
