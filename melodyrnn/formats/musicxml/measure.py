"""What a measure of one part holds, all of its staves."""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

from melodyrnn.formats.piece import Head
from melodyrnn.music.song import Key, Meter


@dataclass
class Sound:
    """A note with a pitch, and where it stands."""

    staff: int
    voice: str
    head: Head
    in_chord: bool  # and not its first note


@dataclass
class MeasureRead:
    """A measure of one part, all of its staves."""

    number: str
    implicit: bool = False  # not counted: a pickup
    length: Fraction = Fraction(0)  # quarter notes
    full: Fraction = Fraction(4)  # what the meter says
    sounds: list[Sound] = field(default_factory=list)
    graces: Counter[int] = field(default_factory=Counter)  # staff -> grace notes
    syllables: Counter[int] = field(default_factory=Counter)  # staff -> notes with words
    meters: list[tuple[int, Meter]] = field(default_factory=list)  # (staff, 0 for all; signature)
    keys: list[tuple[int, Key]] = field(default_factory=list)
    chords: list[tuple[Fraction, str]] = field(default_factory=list)  # (place, symbol)

    def repeat(self, other: "MeasureRead", staff: int) -> None:
        """Sound as another one on a staff, 0 for all, where nothing is written out there."""
        if any(staff in (0, sound.staff) for sound in self.sounds):
            return
        self.sounds += [sound for sound in other.sounds if staff in (0, sound.staff)]
        self.length = max(self.length, other.length)
