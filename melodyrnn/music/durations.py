"""Durations in quarter notes, and the note values that write them.

A duration is an exact ``Fraction`` of a quarter note, a multiple of 1/GRID. A *value* is what can
be written as one note head: a whole to a 64th note, dotted, alone or in a tuplet (and yet shorter
ones, which only odd splits at a bar line need). A duration that no single value writes is spelled
as several tied ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

TYPES: dict[int, str] = {
    1: "whole",
    2: "half",
    4: "quarter",
    8: "eighth",
    16: "16th",
    32: "32nd",
    64: "64th",
    128: "128th",
    256: "256th",
    512: "512th",
    1024: "1024th",
}
"""The token's number -> the name that MusicXML and music21 give it."""

COMMON_TUPLETS: dict[str, tuple[int, int]] = {"": (1, 1), "trip": (3, 2), "quad": (4, 3)}
"""The notation's word -> (actual, normal): 3 in the time of 2, 4 in the time of 3."""

TUPLETS = COMMON_TUPLETS | {"5:4": (5, 4), "7:4": (7, 4), "9:8": (9, 8)}
"""All that music is written in."""

_REMAINDERS = {f"{actual}:4": (actual, 4) for actual in (9, 15, 21, 35, 45, 63, 105, 315)}
"""What writes the rest of a difference between notes of two tuplets."""

GRID = 20_160
"""Durations are multiples of 1/GRID quarter note: of 64 in the time of a quarter, alone and in
tuplets of 3, 5, 7 and 9. The difference of any two durations is one too, so that wherever a note
is split its parts can be written."""


@dataclass(frozen=True, slots=True, order=True)
class Value:
    """One written note value: ``Value(8, dots=1)`` is a dotted eighth."""

    type: int  # 1, 2, 4 … 1024
    dots: int = 0
    tuplet: str = ""  # what tuplet_ratio knows

    @property
    def duration(self) -> Fraction:
        """In quarter notes."""
        actual, normal = tuplet_ratio(self.tuplet)
        dotted = 2 - Fraction(1, 2**self.dots)
        return Fraction(4, self.type) * dotted * normal / actual

    def __str__(self) -> str:
        """As the notation writes it inside its tuplet: ``8.``."""
        return f"{self.type}{'.' * self.dots}"


def tuplet_ratio(word: str) -> tuple[int, int]:
    """(actual, normal) of "", ``trip``, ``quad`` or ``5:4``; actual notes in the time of normal.

    Raises ValueError for any other word.
    """
    if word in COMMON_TUPLETS:
        return COMMON_TUPLETS[word]
    actual, _, normal = word.partition(":")
    if not (actual.isdecimal() and normal.isdecimal() and int(actual) and int(normal)):
        raise ValueError(f"no tuplet: {word!r}")
    return int(actual), int(normal)


def is_dyadic(duration: Fraction) -> bool:
    """Whether ``duration`` ends where undivided beats can: where a tuplet group may close."""
    return _odd_part(duration) == 1


def is_common(duration: Fraction) -> bool:
    """Whether ``duration`` needs no tuplet but those of 3."""
    return _odd_part(duration) in (1, 3)


def _odd_part(duration: Fraction) -> int:
    """Into how many a beat is divided that holds ``duration``, halves apart."""
    return duration.denominator // (duration.denominator & -duration.denominator)


def _single_values(forms: Iterable[tuple[str, int]], common: bool) -> dict[Fraction, Value]:
    """Duration -> the first value of these (tuplet, dots) that writes it."""
    values: dict[Fraction, Value] = {}
    for tuplet, dots in forms:
        for number in TYPES:
            value = Value(number, dots, tuplet)
            duration = value.duration
            if GRID % duration.denominator == 0 and is_common(duration) == common:
                values.setdefault(duration, value)
    return values


# Plain before dotted, before triplets, before quadruplets (which dots can nearly always write).
_COMMON = _single_values(
    [("", 0), ("", 1), ("", 2), ("trip", 0), ("trip", 1), ("quad", 0), ("", 3)], True
)
_VALUES = _COMMON | _single_values([(word, dots) for word in TUPLETS for dots in (0, 1)], False)
_ALL = _single_values([(word, 0) for word in _REMAINDERS], False) | _VALUES
_WHOLE = Value(1)
COMMON_WRITTEN, WRITTEN = len(_COMMON), len(_ALL)
"""Durations that a single value writes: those that need no tuplet but of 3, and all."""

_COMMON_FIRST = sorted(_COMMON, key=lambda d: (_COMMON[d].tuplet != "", _COMMON[d].dots, -d))
_PLAIN_FIRST = [*_COMMON_FIRST, *(duration for duration in _VALUES if duration not in _COMMON)]
_LONGEST_COMMON = sorted(_COMMON, reverse=True)
_LONGEST_UNDIVIDED = sorted((d for d in _COMMON if is_dyadic(d)), reverse=True)


def ticks(quarters: Fraction) -> int:
    """A length in quarter notes in steps of 1/GRID."""
    return quarters.numerator * GRID // quarters.denominator


def value_of(duration: Fraction) -> Value | None:
    """The single value that writes ``duration`` (quarter notes), or None."""
    return _VALUES.get(duration)


def can_write(duration: Fraction) -> bool:
    """Whether tied values can last ``duration`` quarter notes."""
    # The numerator, for comparing Fractions is slow.
    return duration.numerator > 0 and GRID % duration.denominator == 0


def on_grid(offset: Fraction) -> bool:
    """Whether something can stand at ``offset`` quarter notes."""
    return GRID % offset.denominator == 0


def spell(duration: Fraction) -> tuple[Value, ...]:
    """Values which, tied, last ``duration`` quarter notes: one or two where so few can, else few.

    ``spell(Fraction(5, 4))`` is a quarter tied to a 16th.
    """
    wholes = max(0, (duration - 4) // 4)  # a very long note: the search is for its end only
    return (_WHOLE,) * wholes + _spell_end(duration - 4 * wholes)


@lru_cache(maxsize=4096)
def _spell_end(duration: Fraction) -> tuple[Value, ...]:
    if single := _VALUES.get(duration):
        return (single,)
    common = is_common(duration)
    for first in _COMMON_FIRST if common else _PLAIN_FIRST:
        if second := _VALUES.get(duration - first):
            return (_VALUES[first], second)
    if duration in _ALL:
        return (_ALL[duration],)
    longest = next(length for length in _longest(duration, common) if length < duration)
    return (_ALL[longest], *_spell_end(duration - longest))


def _longest(duration: Fraction, common: bool) -> Iterable[Fraction]:
    """What may be taken from ``duration``, the longest first; what is left can be written too."""
    if common:
        return _LONGEST_COMMON
    odd = _odd_part(duration)
    divided = sorted((d for d in _ALL if _odd_part(d) == odd), reverse=True)
    return [*_LONGEST_UNDIVIDED, *divided]
