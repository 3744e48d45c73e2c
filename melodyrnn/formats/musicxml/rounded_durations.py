"""Durations of tuplets that a MusicXML document rounds to its divisions, made exact again.

A program that counts 100 divisions a quarter note writes the eighths of a triplet as 33, 33 and
34. The notes say beside it what they are: eighths, three in the time of two.
"""

import re
from fractions import Fraction
from xml.etree import ElementTree as ET

from melodyrnn.music.durations import TYPES, Value, can_write

_NUMBERS = {name: number for number, name in TYPES.items()}
_KINDS = ("actual", "normal")
_MOVES = {"note": 1, "forward": 1, "backup": -1}
"""What moves the place of the next note -> in which direction."""
_MOST_DOTS = 4
_LARGEST_ROUNDING = 3  # divisions, of the notes of a tuplet together
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


def make_exact(root: ET.Element) -> None:
    """Give the rounded notes of tuplets in a partwise score the durations in which they are
    written, and what follows them its place.
    """
    for part in root.iterfind("part"):
        divisions = Fraction(1)
        for measure in part.iterfind("measure"):
            for element in measure.iterfind("attributes/divisions"):
                divisions = _number(element.text) or divisions
            exact = {
                note: length
                for note in measure.iterfind("note")
                if (length := _exact(note, divisions)) is not None
            }
            if exact:
                _rewrite(measure, exact)


def _exact(note: ET.Element, divisions: Fraction) -> Fraction | None:
    """What a note of a tuplet lasts, in divisions, where it was rounded from that; else None."""
    number = _NUMBERS.get((note.findtext("type") or "").strip())
    actual, normal = (_number(note.findtext(f"time-modification/{k}-notes")) for k in _KINDS)
    duration = _number(note.findtext("duration"))
    if not (number and actual and normal and duration):
        return None
    value = Value(number, min(len(note.findall("dot")), _MOST_DOTS))
    quarters = value.duration * normal / actual
    exact = quarters * divisions
    return exact if can_write(quarters) and 0 < abs(exact - duration) < 1 else None


def _rewrite(measure: ET.Element, exact: dict[ET.Element, Fraction]) -> None:
    """Write the exact durations; what ended where another note began goes on doing so."""
    rounded = place = Fraction(0)  # in divisions from the bar's line
    places = {rounded: place}
    for element in measure:
        duration = element.find("duration")
        length = None if duration is None else _number(duration.text)
        if duration is None or length is None or element.tag not in _MOVES:
            continue
        moved = exact.get(element, length) * _MOVES[element.tag]
        if element.find("chord") is None:
            rounded += length * _MOVES[element.tag]
            apart = places.get(rounded, place + moved) - place - moved
            if element not in exact and abs(apart) <= _LARGEST_ROUNDING:
                moved += apart
            place += moved
            places.setdefault(rounded, place)
        duration.text = repr(float(abs(moved)))


def _number(text: str | None) -> Fraction | None:
    return Fraction(text.strip()) if text and _NUMBER.fullmatch(text.strip()) else None
