"""The tempi of a MusicXML score: what it plays, else what its metronome marks say."""

import re
from collections.abc import Iterator
from fractions import Fraction
from xml.etree import ElementTree as ET

from melodyrnn.formats.musicxml.lengths import QUARTERS

_NUMBER = re.compile(r"\d{1,4}(?:\.\d{1,30})?")


def tempi(root: ET.Element) -> list[float]:
    """All tempi in order, in quarter notes per minute; words alone are none."""
    sounds = [_number(sound.get("tempo", "")) for sound in root.iterfind(".//sound[@tempo]")]
    return [tempo for tempo in sounds if tempo] or list(_marks(root))


def _marks(root: ET.Element) -> Iterator[float]:
    for mark in root.iter("metronome"):
        beats = _number(mark.findtext("per-minute") or "")
        unit = QUARTERS.get((mark.findtext("beat-unit") or "").strip())
        if beats and unit:
            dots = len(mark.findall("beat-unit-dot"))
            yield beats * float(unit * (2 - Fraction(1, 2 ** min(dots, 4))))


def _number(text: str) -> float | None:
    """The number in a text such as ``c. 120``."""
    found = _NUMBER.search(text)
    return float(found[0]) if found else None
