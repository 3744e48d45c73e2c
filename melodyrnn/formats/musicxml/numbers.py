"""The numbers in a MusicXML document, looked at before anybody reckons with them.

A document may ask for ten million beats a bar, or for an ending of a billion passes, in a few
characters; whoever writes them out is busy for ever.
"""

import re
from xml.etree import ElementTree as ET

from melodyrnn.errors import ScoreError
from melodyrnn.limits import DIGITS, SCORE_NOTES, VOICES

RANGES: dict[str, tuple[int, int]] = {
    "actual-notes": (0, 999),
    "alter": (-9, 9),
    "beat-type": (0, 999),
    "beats": (0, 99),
    "chromatic": (-99, 99),
    "diatonic": (-99, 99),
    "divisions": (0, 1_000_000),
    "duration": (0, 10**12),
    "fifths": (-99, 99),
    "measure-repeat": (0, 999),
    "multiple-rest": (0, 999),
    "normal-notes": (0, 999),
    "octave": (-99, 99),
    "octave-change": (-9, 9),
    "per-minute": (0, 99_999),
    "staves": (0, 99),
}
"""Element -> the least and the most that is read."""

ATTRIBUTES: dict[str, dict[str, int]] = {
    "ending": {"number": 99},
    "measure": {"number": 10**DIGITS.most - 1},
    "octave-shift": {"size": 99},
    "repeat": {"times": 99},
    "sound": {"tempo": 99_999},
}
"""Element -> attribute -> the most of any number in it."""

_DOTS = 9  # of a note
_LONGEST = 40  # characters of a number, such as 2+2+3
_NUMBER = re.compile(r"\d+(?:\.\d*)?")


def check_numbers(root: ET.Element, name: str) -> None:
    """Raise ScoreError for more notes or parts than a score has, and for a number in the document
    ``name`` that none has; it says in which bar.
    """
    SCORE_NOTES.check(sum(1 for _ in root.iter("note")), name)
    VOICES.check(sum(1 for _ in root.iter("part")), name)
    for measure in root.iter("measure"):
        for element in measure.iter():
            if wrong := _wrong(element):
                bar = (measure.get("number") or "")[:9]
                raise ScoreError(f"{name}: bar {bar}: {wrong}; export the score again")


def _wrong(element: ET.Element) -> str:
    """What is wrong with an element's numbers, or nothing. Words are somebody else's business."""
    if element.tag in RANGES and element.text:
        least, most = RANGES[element.tag]
        if len(element.text) > _LONGEST:
            return f"<{element.tag}> is {element.text[:12]}…, of {len(element.text):,} characters"
        for number in element.text.split("+"):
            try:
                value = float(number)
            except ValueError:
                continue
            if not least <= value <= most:
                return f"<{element.tag}> is {number[:12]}, and lies from {least:,} to {most:,}"
    for attribute, most in ATTRIBUTES.get(element.tag, {}).items():
        for number in _NUMBER.findall(element.get(attribute, "")[:999]):
            if float(number) > most:
                return f"<{element.tag} {attribute}> is {number[:12]}, and at most {most:,}"
    if element.tag == "note" and len(element.findall("dot")) > _DOTS:
        return f"a note has more than {_DOTS} dots"
    return ""
