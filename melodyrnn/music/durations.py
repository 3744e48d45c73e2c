"""Durations in quarter notes, and the note values that write them.

A duration is an exact ``Fraction`` of a quarter note, a multiple of 1/192. A *value* is what
can be written as one note head: a whole to a 64th note, dotted, alone or in a tuplet (and yet
shorter ones, which only odd splits at a bar line need). A duration that no single value writes
is spelled as several tied ones.
"""

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
}
"""The token's number -> the name that MusicXML and music21 give it."""

TUPLETS: dict[str, tuple[int, int]] = {"": (1, 1), "trip": (3, 2), "quad": (4, 3)}
"""The notation's word -> (actual, normal): 3 in the time of 2, 4 in the time of 3."""

GRID = 192
"""Durations are multiples of 1/GRID quarter note. It holds 256th notes and 512th triplets, and
with any two durations their difference, so that wherever a note is split its parts can be
written."""


@dataclass(frozen=True, slots=True, order=True)
class Value:
    """One written note value: ``Value(8, dots=1)`` is a dotted eighth."""

    type: int  # 1, 2, 4 … 512
    dots: int = 0
    tuplet: str = ""  # a key of TUPLETS

    @property
    def duration(self) -> Fraction:
        """In quarter notes."""
        actual, normal = TUPLETS[self.tuplet]
        dotted = 2 - Fraction(1, 2**self.dots)
        return Fraction(4, self.type) * dotted * normal / actual

    def __str__(self) -> str:
        """As the notation writes it inside its tuplet: ``8.``."""
        return f"{self.type}{'.' * self.dots}"


_VALUES: dict[Fraction, Value] = {}
# The first value of a duration wins: plain before dotted, before triplets, before quadruplets
# (which dots can nearly always write).
for _tuplet, _dots in [("", 0), ("", 1), ("", 2), ("trip", 0), ("trip", 1), ("quad", 0), ("", 3)]:
    for _type in TYPES:
        _value = Value(_type, _dots, _tuplet)
        if GRID % _value.duration.denominator == 0:
            _VALUES.setdefault(_value.duration, _value)
_PLAIN_FIRST = sorted(_VALUES, key=lambda d: (_VALUES[d].tuplet != "", _VALUES[d].dots, -d))
_LONGEST_FIRST = sorted(_VALUES, reverse=True)
_WHOLE = Value(1)
WRITTEN = len(_VALUES)
"""Durations that a single value writes."""


def ticks(quarters: Fraction) -> int:
    """A length in quarter notes in steps of 1/GRID."""
    return int(quarters * GRID)


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
    for first in _PLAIN_FIRST:
        if second := _VALUES.get(duration - first):
            return (_VALUES[first], second)
    longest = next(length for length in _LONGEST_FIRST if length < duration)
    return (_VALUES[longest], *_spell_end(duration - longest))


def is_dyadic(duration: Fraction) -> bool:
    """Whether ``duration`` ends where undivided beats can: where a tuplet group may close."""
    return duration.denominator & (duration.denominator - 1) == 0
