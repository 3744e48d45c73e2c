"""The melodies of a benchmark: songs, and their pitches in one alphabet."""

from collections.abc import Sequence
from dataclasses import dataclass

from melodyrnn.data.gather import Named
from melodyrnn.sequences.vocabulary import Indices, Vocabulary
from melodyrnn.system.documents import JSON


@dataclass(frozen=True, eq=False)  # one is itself and no other, were they the same tune
class Melody:
    """A song and what is to be predicted of it."""

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

    def to_json(self) -> dict[str, JSON]:
        """How large it is."""
        return {
            "melodies": len(self.melodies),
            "notes": self.notes,
            "pitches": len(self.alphabet),
        }


def compass_of(melodies: Sequence[Melody]) -> tuple[int, int]:
    """The lowest and the highest of their MIDI numbers."""
    midi = [note.pitch.midi for each in melodies for note in each.song.song if note.pitch]
    return min(midi), max(midi)


def melodies_of(songs: Sequence[Named]) -> Melodies:
    """In an order of their own, by content, whatever the order of the files."""
    ordered = sorted(songs, key=lambda named: (named.record["sha256"], named.name))
    midi = [[str(note.pitch.midi) for note in named.song.notes if note.pitch] for named in ordered]
    alphabet = Vocabulary.of(midi, int)
    return Melodies(
        tuple(
            Melody(named.name, named, alphabet.encode(pitches))
            for named, pitches in zip(ordered, midi, strict=True)
        ),
        alphabet,
    )
