"""Repeats in the middle of a measure: it becomes two measures, in all parts, before it is read."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from copy import deepcopy
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree as ET

from melodyrnn.formats.musicxml.lengths import number_in

_MOST, _LONGEST = 4, 1000
"""Repeats in the middle of one measure, and elements in it; others are left as they are."""
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
            split = index in places and len(measure) <= _LONGEST
            measures += _split(measure, places[index], divisions) if split else [measure]
        part[:] = measures


def _places(parts: list[ET.Element]) -> dict[int, list[Fraction]]:
    """Of each measure that is split, the places in quarter notes, in order."""
    found: dict[int, set[Fraction]] = {}
    for part in parts:
        for index, (measure, divisions) in enumerate(_with_divisions(part)):
            if len(measure) > _LONGEST or measure.find(_REPEAT) is None:
                continue
            for place, element in _placed(measure, divisions):
                if place > 0 and _is_middle(element):
                    found.setdefault(index, set()).add(place)
    return {index: sorted(places)[:_MOST] for index, places in found.items()}


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
    measure: ET.Element, places: Sequence[Fraction], divisions: Fraction
) -> list[ET.Element]:
    """The measure up to the first place, from there to the next, and so on."""
    halves = [_Half(measure, start, divisions) for start in (Fraction(0), *places)]
    passed: set[Fraction] = set()  # places whose bar line has come
    for start, child in _placed(measure, divisions):
        number = bisect_right(places, start)
        before = max(number - 1, 0) if start in places else number
        if child.tag == "note":
            _add_note(halves, number, start, child)
        elif _is_middle(child):
            passed.add(start)
            forward = child.find("repeat[@direction='forward']") is not None
            child.set("location", "left" if forward else "right")
            halves[number if forward else before].add(start, child)
        elif child.tag == "barline":
            halves[0 if child.get("location") == "left" else -1].add(start, child)
        else:
            halves[number if start in passed else before].add(start, child)
    return [half.measure for half in halves]


def _add_note(halves: Sequence["_Half"], number: int, start: Fraction, note: ET.Element) -> None:
    """A note, cut where it sounds over the beginning of the next half."""
    end = start + _length(note, halves[0].divisions)
    for half, following in pairwise(halves[number:]):
        if (over := end - following.start) <= 0:
            break
        first, note = _cut(note, over, half.divisions)
        half.add(start, first)
        start, number = following.start, number + 1
    halves[number].add(start, note)


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
