"""Transposing instruments: what is written, and what sounds."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Self
from xml.etree import ElementTree as ET

from melodyrnn.errors import NotationError
from melodyrnn.formats.musicxml.lengths import number, number_in
from melodyrnn.music.pitch import transposed
from melodyrnn.music.song import SEMITONES, Key, Pitch


@dataclass(frozen=True, slots=True)
class Transposition:
    """By what a part sounds higher than it is written."""

    semitones: int = 0
    fifths: int = 0  # how far names move along the line of fifths

    @classmethod
    def of(cls, transpose: ET.Element) -> Self:
        """What a ``<transpose>`` says. Raises NotationError where it holds no numbers."""
        chromatic = round(number_in(transpose, "chromatic"))
        octaves = round(number_in(transpose, "octave-change"))
        fifths = 7 * chromatic - 12 * round(number_in(transpose, "diatonic"))
        if transpose.find("diatonic") is None or abs(fifths) > 11:  # no interval has so many
            fifths = (7 * chromatic + 5) % 12 - 5
        return cls(chromatic + 12 * octaves, fifths)

    def key(self, fifths: int, mode: str) -> Key:
        """The sounding key of a written one, with at most seven sharps or flats."""
        moved = fifths + self.fifths
        if abs(moved) > 7:
            moved -= 12 if moved > 0 else -12
        return Key(moved, mode)

    def pitch(self, element: ET.Element, key: Key) -> Pitch | int:
        """The sounding pitch of a written ``<pitch>``, spelled as in the sounding ``key``.

        Its MIDI number where a song cannot spell it (quarter tones, triple sharps). Raises
        NotationError beyond the range of pitches, or where it holds none.
        """
        step, alter = (element.findtext("step") or "").strip(), element.findtext("alter") or "0"
        return _sounding(step, alter, element.findtext("octave") or "", self, key)


@lru_cache(65536)
def _sounding(
    step: str, alter: str, octave: str, transposition: Transposition, key: Key
) -> Pitch | int:
    if step.lower() not in SEMITONES:
        raise NotationError(f"<step> is {step[:20]!r}; steps are A to G")
    raised, height = number(alter, "alter"), number(octave, "octave")
    if raised.denominator > 1 or abs(raised) > 2:
        midi = Pitch(step.lower(), 0, round(height)).midi + round(raised) + transposition.semitones
        return min(max(midi, 0), 127)
    written = Pitch(step.lower(), int(raised), round(height))
    return transposed(written, transposition.semitones, transposition.fifths, key)
