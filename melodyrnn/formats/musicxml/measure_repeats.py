"""``<measure-repeat>``: which measures are to be played as one of those before them.

It is a way to print measures, which may hold their notes all the same.
"""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from melodyrnn.formats.musicxml.lengths import number


class MeasureRepeats:
    """What holds of the measures of a part, from one to the next."""

    def __init__(self) -> None:
        self.patterns: dict[int, int] = {}  # staff, 0 for all -> measures in the pattern

    def at(self, measure: ET.Element) -> Iterator[tuple[int, int]]:
        """(staff, how many measures before it stands what the measure repeats on it), in order."""
        for style in measure.iterfind("attributes/measure-style"):
            repeat = style.find("measure-repeat")
            if repeat is None:
                continue
            staff = int(number(style.get("number", "0"), "staff"))
            if repeat.get("type") == "stop":
                self.patterns.pop(staff, None)
            elif (length := int(number((repeat.text or "").strip() or "1", repeat.tag))) > 0:
                self.patterns[staff] = length
        yield from sorted(self.patterns.items())
