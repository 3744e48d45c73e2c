"""The signs of repetition in a MusicXML score: bar lines, endings, words, symbols and sounds."""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from xml.etree import ElementTree as ET

from melodyrnn.formats.repeats import MOST_PASSES, Repeats


def signs_of(parts: Iterable[Iterable[ET.Element]]) -> list[Repeats]:
    """The signs of each bar, given the measures of each part: one in any part holds for all."""
    columns = zip_longest(*map(_of_part, parts), fillvalue=Repeats())
    bars = [_together(column) for column in columns]
    in_ending = False
    for bar in bars:
        in_ending |= bool(bar.passes)
        if bar.closes and bar.backward and not in_ending:  # its beginning is not marked
            bar.passes = frozenset({1})
        in_ending &= not bar.closes
    return bars


def _of_part(measures: Iterable[ET.Element]) -> Sequence[Repeats]:
    measures = list(measures)
    # A bar line at the left may end the bar before, and one at the right begin the bar after.
    bars = [Repeats() for _ in range(len(measures) + 2)]
    for index, measure in enumerate(measures, 1):
        for element in measure.iter():
            if read := _SIGNS.get(element.tag):
                read(element, bars, index)
    return bars[1:-1]


def _together(column: Sequence[Repeats]) -> Repeats:
    return Repeats(
        forward=any(bar.forward for bar in column),
        backward=max(bar.backward for bar in column),
        passes=frozenset().union(*(bar.passes for bar in column)),
        closes=any(bar.closes for bar in column),
        jump=next((bar.jump for bar in column if bar.jump), ""),
        segno=any(bar.segno for bar in column),
        coda=any(bar.coda for bar in column),
        fine=any(bar.fine for bar in column),
    )


def _barline(line: ET.Element, bars: list[Repeats], index: int) -> None:
    at_left = line.get("location") == "left"
    before, after = (index - 1, index) if at_left else (index, index + 1)
    for repeat in line.iterfind("repeat"):
        if repeat.get("direction") == "forward":
            bars[after].forward = True
        elif repeat.get("direction") == "backward":
            bars[before].backward = max(1, _count(repeat.get("times", "")) - 1)
    for ending in line.iterfind("ending"):
        if ending.get("type") == "start":
            bars[after].passes |= passes_in(ending.get("number", ""))
        else:  # stop or discontinue
            bars[before].closes = True
    _symbols(line, bars[index])
    _sound(line, bars, index)


def _count(times: str) -> int:
    return min(int(times), MOST_PASSES) if re.fullmatch(r"\d{1,4}", times) else 2


def passes_in(numbers: str) -> frozenset[int]:
    """``1, 2`` or ``1-3`` -> the numbers."""
    passes: set[int] = set()
    for first, last in re.findall(r"(\d{1,4})(?:\s*-\s*(\d{1,4}))?", numbers):
        start = int(first)
        passes.update(range(start, min(int(last or start), start + MOST_PASSES) + 1))
    return frozenset(passes)


_SOUNDS: dict[str, tuple[str, object]] = {
    "dacapo": ("jump", "start"),
    "dalsegno": ("jump", "segno"),
    "segno": ("segno", True),
    "tocoda": ("coda", True),
    "coda": ("coda", True),
    "fine": ("fine", True),
}
"""Attribute of a sound or a bar line -> what it sets."""

_WORDS: tuple[tuple[re.Pattern[str], str, object], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), sign, value)
    for pattern, sign, value in (
        (r"\b(d\.?\s?c\b|da\s?capo\b)", "jump", "start"),
        (r"\b(d\.?\s?s\b|dal\s?segno\b)", "jump", "segno"),
        (r"^\W*(to\s)?coda\W*$", "coda", True),
        (r"^\W*fine\W*$", "fine", True),
        (r"^\W*segno\W*$", "segno", True),
    )
)
"""What words mean; the first that fits: ``D.C. al Fine`` is no fine."""


def _sound(element: ET.Element, bars: list[Repeats], index: int) -> None:
    for attribute, (sign, value) in _SOUNDS.items():
        if element.get(attribute, "no") != "no":
            setattr(bars[index], sign, value)


def _direction(direction: ET.Element, bars: list[Repeats], index: int) -> None:
    text = " ".join(words.text or "" for words in direction.iterfind("direction-type/words"))
    for pattern, sign, value in _WORDS:
        if pattern.search(text):
            setattr(bars[index], sign, value)
            return  # the coda of "D.S. al" and a sign is none here
    _symbols(direction.iterfind("direction-type/*"), bars[index])


def _symbols(elements: Iterable[ET.Element], bar: Repeats) -> None:
    for element in elements:
        if element.tag in ("segno", "coda"):
            setattr(bar, element.tag, True)


_SIGNS: dict[str, Callable[[ET.Element, list[Repeats], int], None]] = {
    "barline": _barline,
    "direction": _direction,
    "sound": _sound,
}
"""Tag -> what reads its element."""
