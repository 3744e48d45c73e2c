"""The scores of a page: each engraved twice, for wide and for narrow screens, and marked.

All glyphs of all scores stand once in the page, in ``glyphs``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate
from xml.etree import ElementTree as ET

from melodyrnn.music.song import Song
from melodyrnn.render import fonts
from melodyrnn.render.engrave import Paper, engrave
from melodyrnn.render.page import SVG
from melodyrnn.render.slim import slim
from melodyrnn.render.svg import in_html

PAPERS = {
    "wide": Paper(width=190, height=6000, margin=2, cropped=True),
    "narrow": Paper(width=78, height=6000, margin=2, cropped=True),
}
"""Class in the page -> paper. One page holds any song: its height is Verovio's largest."""

LOW = 100
"""Millimetres of a page where a score is too long to be shown whole."""

SPACE = 180
"""Units between two lines of a staff."""
HEAD = round(1.18 * SPACE)  # width of a black note head
LABEL = 300  # size of letters

_HEAD_ID = re.compile(r"n(\d+)(-\d+)?")
_PLACE = re.compile(r"translate\((-?[\d.]+), (-?[\d.]+)\)")


@dataclass
class Engraver:
    """Engraves the songs of one page and gathers their glyphs."""

    papers: Mapping[str, Paper] = field(default_factory=lambda: PAPERS)
    most: int | None = None  # characters of a score on one paper; the others are left out
    glyphs: dict[str, ET.Element] = field(default_factory=dict)  # id -> definition

    def score(self, song: Song, *, wrong: Mapping[int, str], primer: int = 0) -> str:
        """The song as SVG elements, one for each paper.

        The group of each head of note 7 has ``data-n="7"`` and ``data-box``, the place of a mark
        around it. ``wrong`` maps an index to the token that should have been there; the first
        ``primer`` notes are marked as given.
        """
        bare = replace(song, title="", composer="")
        drawn = []
        for name, paper in self.papers.items():
            whole = self._pages(bare, name, paper, wrong, primer)
            if self.most is not None and sum(map(len, whole)) > self.most:
                low = replace(paper, height=LOW)
                pages = self._pages(bare, name, low, wrong, primer)
                sizes = accumulate(map(len, pages))
                whole = [page for page, size in zip(pages, sizes, strict=True) if size <= self.most]
            drawn += whole
        return "".join(drawn)

    def _pages(
        self, song: Song, name: str, paper: Paper, wrong: Mapping[int, str], primer: int
    ) -> list[str]:
        pages = engrave(song, paper, labels=wrong)
        return [self._drawing(page.root, name, wrong, primer) for page in pages]

    def definitions(self) -> str:
        """The glyphs that the scores use, in an element that shows nothing."""
        root = ET.Element("svg", {"class": "glyphs", "aria-hidden": "true"})
        definitions = ET.SubElement(root, "defs")
        definitions.extend(self.glyphs[name] for name in sorted(self.glyphs))
        return in_html(root)

    def _drawing(self, root: ET.Element, name: str, wrong: Mapping[int, str], primer: int) -> str:
        definitions = root.find(f"{{{SVG}}}defs")
        if definitions is not None:
            self.glyphs.update((glyph.attrib["id"], glyph) for glyph in definitions)
            root.remove(definitions)
        for number in root.findall(f"{{{SVG}}}text"):  # of a page: here they are one below another
            root.remove(number)
        root.attrib.update({"class": f"engraving {name}", "aria-hidden": "true"})
        given: dict[int, list[_Head]] = {}
        for head in list(_heads(root)):
            group, kinds = head.group, list[str]()
            if head.note in wrong:
                kinds.append("wrong")
                group.append(_ring(head))
                _shrink_labels(head)
            if head.note < primer:
                kinds.append("given")
                given.setdefault(head.system, []).append(head)
            box = " ".join(f"{number:.0f}" for number in head.box)
            marks = {"class": " ".join(kinds)} if kinds else {}
            group.attrib.clear()
            group.attrib.update({**marks, "data-n": str(head.note), "data-box": box})
        for heads in given.values():
            heads[-1].staff.append(_bracket(heads))
        for text in root.iter(f"{{{SVG}}}text"):
            _fix_width(text)
        slim(root)
        return in_html(root)


@dataclass(frozen=True)
class _Head:
    """A note head or a rest where it stands. Units; y grows downwards."""

    note: int
    group: ET.Element
    staff: ET.Element
    system: int
    x: float
    y: float
    top: float  # of the staff
    bottom: float
    low: float  # the lowest point of head and stem
    high: float

    @property
    def middle(self) -> float:
        return self.x + HEAD / 2

    @property
    def box(self) -> tuple[float, float, float, float]:
        """x, y, width, height of a mark behind the note."""
        top, bottom = min(self.top, self.high) - SPACE / 2, max(self.bottom, self.low) + SPACE / 2
        return self.x - SPACE / 2, top, HEAD + SPACE, bottom - top


def _heads(root: ET.Element) -> Iterator[_Head]:
    systems = [group for group in root.iter(f"{{{SVG}}}g") if group.get("class") == "system"]
    for number, system in enumerate(systems):
        for staff in system.iter(f"{{{SVG}}}g"):
            if staff.get("class") != "staff":
                continue
            lines = [_numbers(line.get("d", ""))[1] for line in staff.findall(f"{{{SVG}}}path")]
            for group in staff.iter(f"{{{SVG}}}g"):
                if name := _HEAD_ID.fullmatch(group.get("id", "")):
                    yield _head(int(name[1]), group, staff, number, lines)


def _head(
    note: int, group: ET.Element, staff: ET.Element, system: int, lines: list[float]
) -> _Head:
    parts = {part.get("class"): part for part in group}
    glyph = next(parts.get("notehead", group).iter(f"{{{SVG}}}use"))  # a rest has no parts
    x, y = map(float, _PLACE.findall(glyph.get("transform", ""))[0])
    stem = parts.get("stem", ET.Element("none")).find(f"{{{SVG}}}path")
    ends = [y - SPACE / 2, y + SPACE / 2]
    if stem is not None:
        ends += _numbers(stem.get("d", ""))[1::2]
    return _Head(note, group, staff, system, x, y, min(lines), max(lines), max(ends), min(ends))


def _numbers(path: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?[\d.]+", path)]


def _ring(head: _Head) -> ET.Element:
    """Around a wrong note: a second cue beside its colour."""
    return ET.Element(
        f"{{{SVG}}}circle",
        {"class": "ring", "cx": f"{head.middle:.0f}", "cy": f"{head.y:.0f}", "r": f"{SPACE}"},
    )


def _bracket(heads: list[_Head]) -> ET.Element:
    """Below notes that were given, on one system."""
    left, right = heads[0].x - 40, heads[-1].x + HEAD + 40
    y = max(max(head.low, head.bottom) for head in heads) + SPACE
    group = ET.Element(f"{{{SVG}}}g", {"class": "bracket"})
    line = f"M{left:.0f} {y - 70:.0f} V{y:.0f} H{right:.0f} V{y - 70:.0f}"
    ET.SubElement(group, f"{{{SVG}}}path", d=line)
    if fonts.width("given", LABEL) > right - left:
        return group
    word = ET.SubElement(
        group,
        f"{{{SVG}}}text",
        {"x": f"{left:.0f}", "y": f"{y + LABEL:.0f}", "font-size": f"{LABEL - 20}"},
    )
    word.text = "given"
    return group


def _shrink_labels(head: _Head) -> None:
    for text in head.group.iter(f"{{{SVG}}}text"):
        size = float(text.attrib["font-size"])
        x = float(text.attrib["x"]) + fonts.width(text.text or "", size) / 2
        x -= fonts.width(text.text or "", LABEL) / 2
        text.attrib.update({"x": f"{x:.0f}", "font-size": f"{LABEL}"})


def _fix_width(text: ET.Element) -> None:
    """As wide as the engraver thought, whatever font the reader has."""
    bold = text.get("font-weight") == "bold"
    width = fonts.width(text.text or "", float(text.get("font-size", "0")), bold)
    text.attrib.update({"textLength": f"{width:.0f}", "lengthAdjust": "spacingAndGlyphs"})
