"""Repeats in the middle of a measure: it becomes two measures, in all parts, before it is read."""

from collections.abc import Iterator
from copy import deepcopy
from fractions import Fraction
from xml.etree import ElementTree as ET

from melodyrnn.formats.musicxml.lengths import number_in

_MOST = 4
"""Repeats in the middle of one measure; further ones are left out."""
_REPEAT = "barline[@location='middle']/repeat"


def split_at_repeats(root: ET.Element) -> None:
    """Split measures of a partwise document where repeats stand in them. Raises NotationError."""
    if root.find(f"part/measure/{_REPEAT}") is None:
        return
    parts = root.findall("part")
    places = _places(parts)
    for part in parts:
        measures = []
        for index, (measure, divisions) in enumerate(_with_divisions(part)):
            for place in places.get(index, ()):
                first, measure = _split(measure, place, divisions)
                measures.append(first)
            measures.append(measure)
        for measure in part.findall("measure"):
            part.remove(measure)
        part.extend(measures)


def _places(parts: list[ET.Element]) -> dict[int, list[Fraction]]:
    """Of each measure that is split, in quarter notes: each place from the one before on."""
    found: dict[int, set[Fraction]] = {}
    for part in parts:
        for index, (measure, divisions) in enumerate(_with_divisions(part)):
            if measure.find(_REPEAT) is None:
                continue
            for place, element in _placed(measure, divisions):
                if place > 0 and _is_middle(element):
                    found.setdefault(index, set()).add(place)
    return {
        index: [
            place - before for before, place in zip([Fraction(0), *ordered], ordered, strict=False)
        ]
        for index, places in found.items()
        if (ordered := sorted(places)[:_MOST])
    }


def _with_divisions(part: ET.Element) -> Iterator[tuple[ET.Element, Fraction]]:
    """Each measure, and the divisions of a quarter note that hold at its start."""
    divisions = Fraction(1)
    for measure in part.iterfind("measure"):
        divisions = _new_divisions(measure.find("attributes"), divisions)
        yield measure, divisions
        for attributes in measure.iterfind("attributes"):
            divisions = _new_divisions(attributes, divisions)


def _new_divisions(attributes: ET.Element | None, divisions: Fraction) -> Fraction:
    has_new = attributes is not None and attributes.find("divisions") is not None
    new = number_in(attributes, "divisions") if attributes is not None and has_new else divisions
    return new if new > 0 else divisions


def _placed(measure: ET.Element, divisions: Fraction) -> Iterator[tuple[Fraction, ET.Element]]:
    """Each child and where it begins, in quarter notes; those that only move are left out."""
    place = start = Fraction(0)
    for child in measure:
        if child.tag in ("backup", "forward"):
            moved = number_in(child, "duration") / divisions
            place = max(place + (moved if child.tag == "forward" else -moved), Fraction(0))
            continue
        in_chord = child.find("chord") is not None
        start = start if in_chord else place
        lasts = child.tag == "note" and not in_chord
        place += _length(child, divisions) if lasts else 0  # before the note may be cut
        yield start, child


def _length(note: ET.Element, divisions: Fraction) -> Fraction:
    return number_in(note, "duration") / divisions


def _is_middle(element: ET.Element) -> bool:
    return element.tag == "barline" and element.get("location") == "middle"


def _split(
    measure: ET.Element, place: Fraction, divisions: Fraction
) -> tuple[ET.Element, ET.Element]:
    """The measure up to a place, in quarter notes, and from there on."""
    halves = [_Half(measure, Fraction(0), divisions), _Half(measure, place, divisions)]
    passed = False  # the bar line in the middle
    for start, child in _placed(measure, divisions):
        later = start >= place
        if start == place and _is_middle(child):
            passed = True
            forward = child.find("repeat[@direction='forward']") is not None
            child.set("location", "left" if forward else "right")
            later = forward
        elif child.tag == "barline":
            later = child.get("location") != "left"
        elif child.tag != "note":
            later = start > place or (start == place and passed)
        over = start + _length(child, divisions) - place if child.tag == "note" else Fraction(0)
        if not later and over > 0:
            first, second = _cut(child, over, divisions)
            halves[0].add(start, first)
            halves[1].add(place, second)
        else:
            halves[later].add(start, child)
    return halves[0].measure, halves[1].measure


def _cut(note: ET.Element, over: Fraction, divisions: Fraction) -> tuple[ET.Element, ET.Element]:
    """A note that sounds so long over the end of its half, as two that are tied."""
    first, second = note, deepcopy(note)
    for half, length in ((first, _length(note, divisions) - over), (second, over)):
        duration = half.find("duration")
        if duration is not None:
            duration.text = f"{float(length * divisions):.9g}"
    if note.find("pitch") is not None:
        ET.SubElement(first, "tie", type="start")
        ET.SubElement(second, "tie", type="stop")
    return first, second


class _Half:
    """A measure that is being filled, from a ``start`` in quarter notes."""

    def __init__(self, measure: ET.Element, start: Fraction, divisions: Fraction) -> None:
        self.measure = ET.Element("measure", measure.attrib)
        if start:
            self.measure.set("implicit", "yes")
        self.start, self.divisions = start, divisions
        self.place = Fraction(0)  # after the last note

    def add(self, place: Fraction, child: ET.Element) -> None:
        """A child which begins there, in quarter notes of the whole measure."""
        if child.tag != "barline" and child.find("chord") is None:
            self._move(max(place - self.start, Fraction(0)))
        self.measure.append(child)
        if child.tag == "note" and child.find("chord") is None:
            self.place += _length(child, self.divisions)

    def _move(self, place: Fraction) -> None:
        if apart := place - self.place:
            move = ET.SubElement(self.measure, "forward" if apart > 0 else "backup")
            ET.SubElement(move, "duration").text = f"{float(abs(apart) * self.divisions):.9g}"
        self.place = place
