"""Note symbols of the text notation, read and written: ``g8``, ``f'#4.``, ``r2``, ``c1~c4``.

Every token here means what it means in music21's TinyNotation.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from melodyrnn.errors import NotationError
from melodyrnn.music.bars import Written, tuplets
from melodyrnn.music.durations import TYPES, Value, spell
from melodyrnn.music.song import Note, Pitch

ACCIDENTALS: dict[str, int] = {"": 0, "n": 0, "#": 1, "##": 2, "-": -1, "--": -2}
"""As written after the letter -> semitones."""

MOST_DOTS = 4
"""As many as engravers draw."""

# Keyboards and word processors write these for the characters of the notation: curly and typed
# primes, minus and dashes, musical signs, and the full-width forms of ASCII.
_PLAIN = str.maketrans(
    "\u2018\u2019\u02bc\u2032\u00b4\u2013\u2212\u266f\u266d\u266e\u3000"
    + "".join(map(chr, range(0xFF01, 0xFF5F))),
    "'''''--#-n " + "".join(map(chr, range(0x21, 0x7F))),
)
_NUMBERS = {str(number): number for number in TYPES}


def plain(text: str) -> str:
    """``text`` with typographic characters as the notation's, each in its old column."""
    return text.translate(_PLAIN)


@lru_cache(maxsize=1024)
def read_value(text: str) -> Value:
    """``8`` or ``4.`` (or ``.4``, as TinyNotation has it). Raises NotationError."""
    number = text.strip(".")
    dots = len(text) - len(number)
    if not number:
        raise NotationError(f"a dot without a number, '{text}'; write the value, such as '4.'")
    if number not in _NUMBERS:
        raise NotationError(f"unknown duration '{text}'; durations are 1, 2, 4, 8, 16, 32, 64")
    if dots > MOST_DOTS:
        raise NotationError(f"{dots} dots in '{text}'; a note has at most {MOST_DOTS}")
    return Value(_NUMBERS[number], dots)


@lru_cache(maxsize=1024)
def read_pitch(letters: str, marks: str) -> Pitch | None:
    """``("c", "'#")`` is C#5, ``("CC", "")`` is C2, ``("r", "")`` a rest. Raises NotationError."""
    name = letters + marks
    if letters == "r":
        if marks:
            raise NotationError(f"a rest with '{marks}', '{name}'; write 'r' and its duration")
        return None
    accidental = marks.lstrip("'")
    raised = len(marks) - len(accidental)
    if accidental.endswith("'"):
        # music21's TinyNotation loses these primes, so that they would mean two things.
        right = letters + "'" * marks.count("'") + marks.replace("'", "")
        raise NotationError(f"an accidental before the octave, {name}; write {right}")
    if accidental not in ACCIDENTALS:
        raise NotationError(f"unknown accidental '{accidental}' in {name}; use # ## - -- n")
    if letters.islower():
        return Pitch(letters, ACCIDENTALS[accidental], 4 + raised)
    if raised:
        raise NotationError(
            f"{name} goes down by its capital and up by its prime; "
            f"write {letters[0].lower()} for octave 4"
        )
    return Pitch(letters[0].lower(), ACCIDENTALS[accidental], 4 - len(letters))


@lru_cache(maxsize=4096)
def token(note: Note) -> str:
    """The symbol of one note, a vocabulary's entry: ``g8``, ``trip{c8}``, ``c1~c4``."""
    written = heads(0, note, Fraction(0), spell(note.duration))
    return "".join(write(written, ""))


def heads(
    index: int, note: Note, offset: Fraction, values: tuple[Value, ...]
) -> tuple[Written, ...]:
    """The heads which, tied, write a note in the text, its rests tied too."""
    laid = []
    for place, value in enumerate(values, 1):
        more = place < len(values)
        laid.append(Written(index, note.pitch, offset, value, tie=more, tied=place > 1))
        offset += value.duration
    return tuple(laid)


def write(written: tuple[Written, ...], blank: str = " ") -> Iterator[str]:
    """The tokens of heads, those of a tuplet together: ``c4``, ``trip{c8 d8 e8}``."""
    for group in tuplets(written):
        word = group[0].value.tuplet
        tokens = blank.join(map(_write_head, group))
        yield f"{word}{{{tokens}}}" if word else tokens


def _write_head(head: Written) -> str:
    return f"{write_pitch(head.pitch)}{head.value}{'~' * head.tie}"


@lru_cache(maxsize=1024)
def write_pitch(pitch: Pitch | None) -> str:
    """``f'#`` for F#5, ``CC`` for C2, ``r`` for a rest."""
    if pitch is None:
        return "r"
    sign = "#" * pitch.alter + "-" * -pitch.alter
    if pitch.octave >= 4:
        return pitch.step + "'" * (pitch.octave - 4) + sign
    return pitch.step.upper() * (4 - pitch.octave) + sign
