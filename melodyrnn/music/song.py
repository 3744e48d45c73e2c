"""A melody: spelled pitches and exact durations, one voice, frozen.

A ``Note`` is what sounds once. Ties are a matter of writing: the parser and the readers merge
tied notes into one, and whoever writes a song splits a note at bar lines and where no single
value writes its duration (``bars.py``).
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from typing import Any, Self
from unicodedata import normalize

from melodyrnn.errors import NotationError
from melodyrnn.music import display
from melodyrnn.music.durations import GRID, can_write

SEMITONES: dict[str, int] = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
"""Step -> semitones above C."""

SHARPS = "fcgdaeb"
"""The order in which a key signature gains sharps; flats come in the reverse order."""

DEFAULT_TEMPO = 120.0
"""Quarter notes per minute where a song names no tempo, as in the MIDI file standard."""

_UNWRITABLE = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufffe\\uffff]")


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


@dataclass(frozen=True, slots=True)
class Note:
    """One sounding note, or a rest where ``pitch`` is None.

    ``duration`` is in quarter notes. Raises NotationError where it cannot be written.
    """

    pitch: Pitch | None
    duration: Fraction

    def __post_init__(self) -> None:
        if not can_write(self.duration):
            raise NotationError(
                f"a duration of {self.duration} quarter notes cannot be written; "
                f"durations are multiples of 1/{GRID}, greater than 0"
            )

    @property
    def is_rest(self) -> bool:
        return self.pitch is None


@dataclass(frozen=True, slots=True)
class Meter:
    """A time signature."""

    beats: int = 4
    unit: int = 4  # 1, 2, 4 … 64: the note value counted

    def __post_init__(self) -> None:
        if not 1 <= self.beats <= 99 or self.unit not in (1, 2, 4, 8, 16, 32, 64):
            raise NotationError(
                f"unknown meter '{self}'; write it as beats/unit, the unit 1, 2, 4 … 64"
            )

    @property
    def bar(self) -> Fraction:
        """The length of a full bar, in quarter notes."""
        return Fraction(4 * self.beats, self.unit)

    @property
    def is_compound(self) -> bool:
        """Whether beats are felt in threes, as in 6/8."""
        return self.beats > 3 and self.beats % 3 == 0 and self.unit >= 8

    @property
    def beat(self) -> Fraction:
        """The length of the felt beat, in quarter notes: a dotted quarter in 6/8."""
        return Fraction(4, self.unit) * (3 if self.is_compound else 1)

    def __str__(self) -> str:
        return f"{self.beats}/{self.unit}"


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

    def __str__(self) -> str:
        step, alter = self.tonic
        return f"{step.upper()}{'#' * alter}{'-' * -alter} {self.mode}"


@lru_cache(4096)
def _spell(key: Key, midi: int) -> Pitch:
    # On the line of fifths, F is 0, the scale of C major 0 to 6.
    centre = key.fifths + 2 + (2 if key.mode == "minor" else 0)
    places = [p for p in range(-8, 20) if (7 * (p - 1) - midi) % 12 == 0]
    place = min(places, key=lambda p: (abs(p - centre - 0.5), p))
    step, alter = SHARPS[place % 7], place // 7
    return Pitch(step, alter, (midi - alter - SEMITONES[step]) // 12 - 1)


def _one_line(text: str) -> str:
    """``text`` as a header can hold it and every format (XML, MIDI, UTF-8) can carry it."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = (c for c in text if c.isspace() or not _UNWRITABLE.match(c))
    return " ".join(normalize("NFC", "".join(kept)).split())


@dataclass(frozen=True)
class Song:
    """A melody with what a score says above it. Offsets and lengths are in quarter notes.

    Title and composer are kept as one line of NFC text without control characters. A meter
    change after the last note, which changes nothing, is dropped. Raises NotationError.
    """

    notes: tuple[Note, ...]
    title: str = ""
    composer: str = ""
    meter: Meter = Meter()
    key: Key = Key()
    tempo: float | None = None  # quarter notes per minute
    pickup: Fraction = Fraction(0)  # the length of the incomplete first bar, 0 for none
    meter_changes: tuple[tuple[Fraction, Meter], ...] = ()  # (offset > 0, from there on)
    codes: tuple[str, ...] = ()  # the vocabulary that the song asks for, () for its own

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", _one_line(self.title))
        object.__setattr__(self, "composer", _one_line(self.composer))
        if self.pickup and not (can_write(self.pickup) and self.pickup < self.meter.bar):
            raise NotationError(
                f"a pickup of {self.pickup} quarter notes; it is shorter than a bar of {self.meter}"
            )
        if self.tempo is not None and not 5 <= self.tempo <= 1000:
            raise NotationError(
                f"a tempo of {self.tempo:g}; it is in quarter notes per minute, 5 to 1000"
            )
        if self.meter_changes:
            self._check_changes()

    def _check_changes(self) -> None:
        offsets = [offset for offset, _ in self.meter_changes]
        if offsets != sorted(set(offsets)) or not all(map(can_write, offsets)):
            raise NotationError(
                f"meter changes at {', '.join(map(str, offsets[:8]))} quarter notes; they stand in "
                f"order, after the song's start, at multiples of 1/{GRID}"
            )
        if offsets[-1] >= (end := self.duration):
            heard = tuple(change for change in self.meter_changes if change[0] < end)
            object.__setattr__(self, "meter_changes", heard)

    @classmethod
    def known(cls, **fields: Any) -> Self:
        """A song of all the fields that one has had before; they are not checked again."""
        song = object.__new__(cls)
        song.__dict__.update(fields)
        return song

    def __len__(self) -> int:
        return len(self.notes)

    def _repr_html_(self) -> str | None:
        """What a notebook shows: the score and a player."""
        return display.html(self)

    @property
    def duration(self) -> Fraction:
        """In quarter notes."""
        return Fraction(sum(self.steps), GRID)

    @property
    def seconds(self) -> float:
        """How long it sounds at its tempo."""
        return float(self.duration) * 60 / (self.tempo or DEFAULT_TEMPO)

    @property
    def offsets(self) -> tuple[Fraction, ...]:
        """Where each note starts."""
        starts = list(accumulate(self.steps, initial=0))[:-1]
        return tuple(Fraction(start, GRID) for start in starts)

    @property
    def steps(self) -> list[int]:
        """The durations in steps of 1/GRID: whole numbers add up ten times faster."""
        lengths = [note.duration for note in self.notes]
        return [length.numerator * (GRID // length.denominator) for length in lengths]
