"""A melody as steps from note to note, the same in every key and in longer or shorter values."""

from math import gcd
from typing import NamedTuple

from melodyrnn.music.song import Song

Step = tuple[int | None, int, int, bool]
"""From one note or rest to the next: semitones from the last that sounded (None to a rest), the
duration as a ratio to the last one, in lowest terms, and whether the last one was a rest."""

START: Step = (None, 0, 0, False)
"""The step to each rest and note up to the first that sounds: there is nothing to compare with."""


class LastNote(NamedTuple):
    """What the next step is counted from."""

    pitch: int | None = None  # MIDI number of the last note that sounded
    length: int = 0  # of the last note or rest, in steps of 1/GRID quarter note
    rest: bool = False  # whether the last one was a rest

    def step(self, pitch: int | None, length: int) -> Step:
        """To a note, or a rest where ``pitch`` is None."""
        if self.pitch is None:
            return START
        part = gcd(length, self.length)
        interval = None if pitch is None else pitch - self.pitch
        return interval, length // part, self.length // part, self.rest

    def after(self, pitch: int | None, length: int) -> "LastNote":
        """From where that note or rest leads on."""
        return LastNote(self.pitch if pitch is None else pitch, length, pitch is None)

    def target(self, step: Step) -> tuple[int | None, int] | None:
        """The pitch and length to which ``step`` leads; None where it cannot be taken from here."""
        interval, times, parts, rest = step
        if self.pitch is None or rest != self.rest or (self.length * times) % parts:
            return None
        pitch = None if interval is None else self.pitch + interval
        return pitch, self.length * times // parts


def relative(song: Song) -> list[Step]:
    """One step a note or rest."""
    steps: list[Step] = []
    last = LastNote()
    for note, length in zip(song.notes, song.steps, strict=True):
        pitch = note.pitch.midi if note.pitch else None
        steps.append(last.step(pitch, length))
        last = last.after(pitch, length)
    return steps
