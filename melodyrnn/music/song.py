"""A melody: spelled pitches and exact durations, one voice, frozen.

A ``Note`` is what sounds once. Ties are a matter of writing: the parser and the readers merge
tied notes into one, and whoever writes a song splits a note at bar lines and where no single
value writes its duration (``bars.py``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate
from operator import index
from typing import Self, overload
from unicodedata import normalize

from melodyrnn.errors import NotationError
from melodyrnn.limits import TITLE
from melodyrnn.music import notebook_hook
from melodyrnn.music.chord_symbols import read_chord, transpose_chord
from melodyrnn.music.durations import GRID, can_write, on_grid
from melodyrnn.music.pitch import SEMITONES as SEMITONES
from melodyrnn.music.pitch import SHARPS as SHARPS
from melodyrnn.music.pitch import Key as Key
from melodyrnn.music.pitch import Pitch as Pitch
from melodyrnn.music.pitch import transposed

DEFAULT_TEMPO = 120.0
"""Quarter notes per minute where a song names no tempo, as in the MIDI file standard."""

_UNWRITABLE = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufffe\\uffff]")


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

    def __repr__(self) -> str:
        return f"<Note {self.pitch or 'rest'}, {self.duration}>"


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

    def __repr__(self) -> str:
        return f"<Meter {self}>"


def _one_line(text: str) -> str:
    """``text`` as a header can hold it and every format (XML, MIDI, UTF-8) can carry it."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())[: TITLE.most].strip()
    kept = (c for c in text if c.isspace() or not _UNWRITABLE.match(c))
    # Cut before, for what many combining characters are put in order by takes the square of their
    # number, and after, for what is composed may be longer.
    line = normalize("NFC", " ".join("".join(kept).split())[: TITLE.most])
    return " ".join(line.split())[: TITLE.most].strip()


@dataclass(frozen=True, slots=True)
class Song(Sequence[Note]):
    """A melody with what a score says above it. Offsets and lengths are in quarter notes.

    It is the sequence of its notes: ``len(song)``, ``song[0]``, ``song[-4:]``. Title and composer
    are kept as one line of NFC text without control characters. A meter change or chord symbol
    after the last note, which changes nothing, is dropped. Raises NotationError.
    """

    notes: tuple[Note, ...]
    title: str = ""
    composer: str = ""
    meter: Meter = Meter()
    key: Key = Key()  # noqa: RUF009 - it is frozen
    tempo: float | None = None  # quarter notes per minute
    pickup: Fraction = Fraction(0)  # the length of the incomplete first bar, 0 for none
    meter_changes: tuple[tuple[Fraction, Meter], ...] = ()  # (offset > 0, from there on)
    codes: tuple[str, ...] = ()  # the vocabulary that the song asks for, () for its own
    chords: tuple[tuple[Fraction, str], ...] = ()  # (offset, chord symbol) in order: no model sees

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
        if self.chords:
            self._check_chords()

    def _check_changes(self) -> None:
        offsets = [offset for offset, _ in self.meter_changes]
        if offsets != sorted(set(offsets)) or not all(map(can_write, offsets)):
            raise NotationError(
                f"meter changes at {', '.join(map(str, offsets[:8]))} quarter notes; they stand in "
                f"order, after the song's start, at multiples of 1/{GRID}"
            )
        if offsets[-1] >= (end := self.duration):
            kept = tuple(change for change in self.meter_changes if change[0] < end)
            object.__setattr__(self, "meter_changes", kept)

    def _check_chords(self) -> None:
        offsets = [offset for offset, _ in self.chords]
        if offsets != sorted(set(offsets)) or offsets[0] < 0 or not all(map(on_grid, offsets)):
            raise NotationError(
                f"chords at {', '.join(map(str, offsets[:8]))} quarter notes; they stand in order, "
                f"at multiples of 1/{GRID}"
            )
        for _, name in self.chords:
            if name != str(read_chord(name)):
                raise NotationError(f"unknown chord {name[:24]!r}; chords are such as Am7 or Bb/D")
        end = self.duration
        if offsets[-1] >= end:
            kept = tuple(chord for chord in self.chords if chord[0] < end)
            object.__setattr__(self, "chords", kept)

    @classmethod
    def known(cls, **fields: object) -> Self:
        """A song of all the fields that one has had before; they are not checked again."""
        song = object.__new__(cls)
        for name, value in fields.items():
            object.__setattr__(song, name, value)
        return song

    def __len__(self) -> int:
        return len(self.notes)

    @overload
    def __getitem__(self, place: int) -> Note: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Note, ...]: ...
    def __getitem__(self, place: int | slice) -> Note | tuple[Note, ...]:
        return self.notes[place]

    def __repr__(self) -> str:
        named = f"Song {self.title}" if self.title else "Song"
        return f"<{named}, {len(self)} note{'s' * (len(self) != 1)}, {self.meter}, {self.key}>"

    def _repr_html_(self) -> str | None:
        """What a notebook shows: the score and a player."""
        return notebook_hook.html(self)

    def transpose(self, semitones: int) -> Self:
        """The song so many semitones higher (negative: lower), its key with it.

        Pitches are spelled in the new key as they were in the old one, so that a raised leading
        note stays one, and so are the names of chords. ``codes``, which name notes of the old key,
        are dropped. Raises NotationError where a pitch would be no MIDI number.
        """
        semitones = index(semitones)
        key = self.key.transpose(semitones)
        fifths = key.fifths - self.key.fifths
        notes = [
            replace(note, pitch=transposed(note.pitch, semitones, fifths, key))
            if note.pitch
            else note
            for note in self.notes
        ]
        chords = [
            (offset, transpose_chord(name, semitones, fifths, key)) for offset, name in self.chords
        ]
        codes = self.codes if semitones == 0 else ()
        return replace(self, notes=tuple(notes), key=key, codes=codes, chords=tuple(chords))

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
