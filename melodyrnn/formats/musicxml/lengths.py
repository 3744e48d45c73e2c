"""How long notes last whose durations were rounded to whole divisions.

A triplet of a writer that divides a quarter into 100 lasts 33, 33 and 34: what is meant is what its
notes look like, three in the time of two.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from xml.etree import ElementTree as ET

from melodyrnn.errors import NotationError
from melodyrnn.music.durations import GRID, TYPES

_NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{0,9})?")
QUARTERS = {name: Fraction(4, number) for number, name in TYPES.items()} | {
    "1024th": Fraction(1, 256),
    "breve": Fraction(8),
    "long": Fraction(16),
    "maxima": Fraction(32),
}
"""What a note of this type without dots lasts."""


@lru_cache(4096)
def number(text: str, what: str) -> Fraction:
    """The number that an element of this name holds. Raises NotationError where it is none."""
    if not _NUMBER.fullmatch(text.strip()):
        raise NotationError(f"<{what}> is {text.strip()[:20]!r}, not a number; export it again")
    return Fraction(text.strip())


def number_in(parent: ET.Element, tag: str, default: int = 0) -> Fraction:
    """The number in a child of that tag. Raises NotationError where it holds none."""
    text = parent.findtext(tag)
    return Fraction(default) if text is None else number(text, tag)


def looks_like(note: ET.Element) -> Fraction | None:
    """What a note of this look lasts, in quarter notes: its type, dots and tuplet."""
    length = QUARTERS.get((note.findtext("type") or "").strip())
    if length is None:
        return None
    length *= 2 - Fraction(1, 2 ** min(len(note.findall("dot")), 8))
    tuplet = note.find("time-modification")
    if tuplet is None:
        return length
    actual, normal = number_in(tuplet, "actual-notes"), number_in(tuplet, "normal-notes")
    return length * normal / actual if actual > 0 and normal > 0 else None


@dataclass(frozen=True, slots=True)
class Step:
    """A note, rest or gap of one voice."""

    length: Fraction  # quarter notes, as its duration says
    look: Fraction | None  # as it looks, where that is within a division of it


def unrounded(steps: Sequence[Step], bar: Fraction) -> list[Fraction]:
    """What each of the steps, which follow each other, lasts.

    As it looks, where that comes to the same sum or fills the ``bar``, or where a song could not
    hold what its duration says.
    """
    said = [step.length for step in steps]
    seen = [step.length if step.look is None else step.look for step in steps]
    if seen == said:
        return said
    fits = sum(seen) in (sum(said), bar)
    return seen if fits or any(GRID % length.denominator for length in said) else said
