"""Notes on the time line, and the voices that have them."""

from dataclasses import dataclass
from fractions import Fraction

from melodyrnn.music.pitch import Pitch


@dataclass(frozen=True, slots=True)
class TimedNote:
    """A note on the time line. ``pitch`` is spelled, or a MIDI number."""

    onset: Fraction  # quarter notes from the start
    end: Fraction
    pitch: Pitch | int

    @property
    def midi(self) -> int:
        return self.pitch if isinstance(self.pitch, int) else self.pitch.midi

    @property
    def length(self) -> Fraction:
        return self.end - self.onset


@dataclass(frozen=True, slots=True)
class Voice:
    """A track, channel or part that has notes."""

    name: str  # "" for none
    notes: tuple[TimedNote, ...]  # in order
    track: str = ""  # the name of the track, where it is one of several channels in it
    written: bool = False  # whether it is of a score, and not of what was played
    sung: float = 0.0  # how well its notes fit the words of the song, 0 to 1
