"""Spelled pitches, and the keys that spell them.

Names of pitches stand on the line of fifths, … B flat, F, C, G, D …: a key's scale is seven places
in a row on it, and to transpose by an interval is to move along it.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from melodyrnn.errors import NotationError

SEMITONES: dict[str, int] = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
"""Step -> semitones above C."""

SHARPS = "fcgdaeb"
"""The order in which a key signature gains sharps; flats come in the reverse order."""


@dataclass(frozen=True, slots=True)
class Pitch:
    """A spelled pitch: ``Pitch("c", 0, 4)`` is middle C, MIDI number 60."""

    step: str  # "c" … "b"
    alter: int = 0  # semitones: 1 is a sharp, -1 a flat
    octave: int = 4

    def __post_init__(self) -> None:
        if self.step not in SEMITONES:
            raise NotationError(f"unknown pitch {self.step!r}; pitches are a to g")
        if not -2 <= self.alter <= 2:
            raise NotationError(
                f"an alteration of {self.alter} semitones; at most 2 can be written"
            )
        if not 0 <= self.midi <= 127:
            raise NotationError(
                f"a pitch with MIDI number {self.midi}; pitches are 0 (C-1) to 127 (G9)"
            )

    @property
    def midi(self) -> int:
        """The MIDI number, 60 for middle C."""
        return 12 * (self.octave + 1) + SEMITONES[self.step] + self.alter

    def __str__(self) -> str:
        """In scientific pitch notation: ``Bb4``."""
        return f"{self.step.upper()}{'#' * self.alter}{'b' * -self.alter}{self.octave}"

    def __repr__(self) -> str:
        return f"<Pitch {self}>"


@dataclass(frozen=True, slots=True)
class Key:
    """A key signature: the number of sharps (negative: flats), and the mode."""

    fifths: int = 0  # -7 … 7
    mode: str = "major"  # or "minor"

    def __post_init__(self) -> None:
        if self.mode not in ("major", "minor"):
            raise NotationError(f"unknown mode '{self.mode}'; keys are major or minor")
        if not -7 <= self.fifths <= 7:
            signs = f"{abs(self.fifths)} {'sharps' if self.fifths > 0 else 'flats'}"
            raise NotationError(f"a key with {signs}; keys have up to 7 sharps or flats")

    @classmethod
    def of(cls, step: str, alter: int = 0, mode: str = "major") -> Self:
        """The key on a tonic: ``Key.of("b", -1)`` is B flat major."""
        return cls(SHARPS.index(step) - 1 + 7 * alter - (3 if mode == "minor" else 0), mode)

    @property
    def tonic(self) -> tuple[str, int]:
        """Step and alteration of the tonic: ("b", -1) for B flat."""
        place = self.fifths + 1 + (3 if self.mode == "minor" else 0)
        return SHARPS[place % 7], place // 7

    def alter(self, step: str) -> int:
        """What the signature does to ``step``: 1, 0 or -1 semitones."""
        return (self.fifths - 1 - SHARPS.index(step)) // 7 + 1

    def pitch(self, midi: int) -> Pitch:
        """Spell a MIDI number as this key would: in the scale where it can, else by the nearest
        fifths to its tonic, in minor with the leading notes' sharps: G# rather than A- in A minor.
        """
        return _spell(self, midi)

    def transpose(self, semitones: int) -> "Key":
        """The key so much higher; of two that sound alike the one with fewer sharps or flats."""
        if semitones % 12 == 0:
            return self
        alike = [n for n in range(-7, 8) if (n - self.fifths - 7 * semitones) % 12 == 0]
        side = -1 if self.fifths < 0 else 1  # six sharps or six flats: as they were before
        return Key(min(alike, key=lambda n: (abs(n), -side * n)), self.mode)

    def __str__(self) -> str:
        step, alter = self.tonic
        return f"{step.upper()}{'#' * alter}{'-' * -alter} {self.mode}"

    def __repr__(self) -> str:
        return f"<Key {self}>"


@lru_cache(4096)
def _spell(key: Key, midi: int) -> Pitch:
    # On the line of fifths, F is 0, the scale of C major 0 to 6.
    centre = key.fifths + 2 + (2 if key.mode == "minor" else 0)
    places = [p for p in range(-8, 20) if (7 * (p - 1) - midi) % 12 == 0]
    place = min(places, key=lambda p: (abs(p - centre - 0.5), p))
    return _at(place, midi)


def _at(place: int, midi: int) -> Pitch:
    """The pitch of that name, a place on the line of fifths, and of that MIDI number."""
    step, alter = SHARPS[place % 7], place // 7
    return Pitch(step, alter, (midi - alter - SEMITONES[step]) // 12 - 1)


def transposed(pitch: Pitch, semitones: int, fifths: int, key: Key) -> Pitch:
    """``pitch`` so much higher, its name so many fifths on; as ``key`` spells it where no name of
    at most two sharps or flats is there.
    """
    midi = pitch.midi + semitones
    place = SHARPS.index(pitch.step) + 7 * pitch.alter + fifths
    return _at(place, midi) if -2 <= place // 7 <= 2 else key.pitch(midi)
