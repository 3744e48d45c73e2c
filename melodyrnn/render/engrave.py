"""A song on pages: Verovio engraves the music, the title is set here.

A page is an SVG tree of few kinds of element, each with its full geometry in attributes, so that
``sheet.py`` and ``pdf.py`` have little to know: ``g``, ``use`` (of a ``path`` in ``defs``),
``path``, ``polygon``, ``polyline``, ``rect``, ``ellipse`` and ``text``. A ``text`` is one line
from a start point in one size, without children.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree as ET

import verovio

from melodyrnn.errors import RenderError
from melodyrnn.music.musicxml import musicxml
from melodyrnn.music.song import Song
from melodyrnn.render import fonts

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
UNITS = 100
"""Units of a page's coordinates in a millimetre."""
TIMES = 0.83
"""Width of a figure in Times, with which Verovio reckons, to one in the font drawn here: letters
are drawn so much smaller, to keep to the room that they were given."""


@dataclass(frozen=True)
class Paper:
    """Millimetres. The music is 180 mm wide and the page as high on every paper."""

    width: int
    height: int
    margin: int
    cropped: bool  # to the height of the music


A4 = Paper(210, 297, 15, cropped=False)
SCREEN = Paper(190, 277, 5, cropped=True)


@dataclass(frozen=True)
class Page:
    """One page. Sizes in units."""

    root: ET.Element  # svg
    width: float
    height: float


def engrave(
    song: Song,
    paper: Paper,
    *,
    colors: Mapping[int, str] | None = None,
    labels: Mapping[int, str] | None = None,
) -> list[Page]:
    """The song's pages. ``colors`` and ``labels`` are those of ``musicxml``.

    The group of note 7 has the id ``n7``, heads tied to it ``n7-1`` and so on. Raises
    RenderError for a song without notes.
    """
    if not song.notes:
        raise RenderError("a song without notes cannot be drawn; give it one note or rest")
    head = _Head(song, paper)
    drawn = _verovio(musicxml(song, colors=colors, labels=labels), paper, head.bottom)
    fonts.warn_of_missing([song.title, song.composer, *(labels or {}).values()])
    pages = []
    for number, source in enumerate(drawn, 1):
        page = _page(source)
        page.root[1:1] = head.lines(number)
        pages.append(page)
    return pages


def _verovio(document: str, paper: Paper, top: int) -> list[str]:
    """Verovio's own SVG of each page; ``top`` is the margin in units."""
    verovio.enableLog(verovio.LOG_OFF)  # it would write to stderr
    toolkit = verovio.toolkit(False)  # one for each call: it holds the document, and its fonts …
    toolkit.setResourcePath(str(_data()))  # … are found only in the thread that imported it
    toolkit.setOptions(
        {
            "pageWidth": paper.width * 10,  # tenths of a millimetre
            "pageHeight": paper.height * 10,
            "pageMarginTop": top // 10,
            "pageMarginBottom": paper.margin * 10,
            "pageMarginLeft": paper.margin * 10,
            "pageMarginRight": paper.margin * 10,
            "adjustPageHeight": paper.cropped,
            "header": "none",
            "footer": "none",
            "svgViewBox": True,
            "svgFormatRaw": True,
            "smuflTextFont": "none",
            "xmlIdSeed": 1,
        }
    )
    if not toolkit.loadData(document):
        raise RenderError("Verovio cannot read this song; write it to .musicxml to look at it")
    return [toolkit.renderToSVG(page) for page in range(1, toolkit.getPageCount() + 1)]


class _Head:
    """The title and the composer above page 1; title and number above the others."""

    def __init__(self, song: Song, paper: Paper) -> None:
        self.song, self.paper = song, paper
        self.left = paper.margin * UNITS
        self.right = (paper.width - paper.margin) * UNITS
        room = self.right - self.left
        self.title, self.size = _fit(song.title, room, bold=True, sizes=(700, 600, 500), most=3)
        self.composer, self.small = _fit(song.composer, room, bold=False, sizes=(360,), most=2)

    @property
    def bottom(self) -> int:
        """Where the music may start."""
        lines = len(self.title) * self.size * 1.35 + len(self.composer) * self.small * 1.6
        return self.left + round(lines + (200 if lines else 0))

    def lines(self, page: int) -> list[ET.Element]:
        if page > 1:
            text = f"{self.song.title} \u00b7 {page}" if len(self.title) == 1 else str(page)
            return _line(text, self.right, self.left, 300, "end")
        drawn, y = [], float(self.left)
        for text in self.title:
            y += self.size * (1 if text is self.title[0] else 1.35)
            drawn += _line(text, (self.left + self.right) / 2, y, self.size, "middle", bold=True)
        y += self.size * 0.35
        for text in self.composer:
            y += self.small * 1.6
            drawn += _line(text, self.right, y, self.small, "end")
        return drawn


def _fit(
    text: str, room: float, *, bold: bool, sizes: tuple[int, ...], most: int
) -> tuple[list[str], int]:
    """Lines of at most ``room`` in the largest size that needs one only, else in the smallest."""
    text = fonts.printable(text)
    if not text:
        return [], 0
    size = next((size for size in sizes if fonts.width(text, size, bold) <= room), sizes[-1])
    lines = [""]
    for word in re.findall(r"\S+\s*", text):
        if fonts.width((lines[-1] + word).rstrip(), size, bold) <= room:
            lines[-1] += word
        elif fonts.width(word.rstrip(), size, bold) <= room:
            lines.append(word)
        else:
            for char in word:  # no blanks to break at: Chinese, or a very long word
                if fonts.width(lines[-1] + char, size, bold) > room:
                    lines.append("")
                lines[-1] += char
    lines = [line.strip() for line in lines if line.strip()]
    if len(lines) > most:
        lines = lines[:most]
        while fonts.width(lines[-1] + "\u2026", size, bold) > room:
            lines[-1] = lines[-1][:-1]
        lines[-1] += "\u2026"
    return lines, size


def _line(
    text: str, x: float, y: float, size: float, anchor: str, *, bold: bool = False
) -> list[ET.Element]:
    """A line of text, its start computed; nothing for no text."""
    text = fonts.printable(text)
    if not text:
        return []
    x -= fonts.width(text, size, bold) * {"start": 0, "middle": 0.5, "end": 1}[anchor]
    return [_text(text, x, y, size, bold)]


def _text(text: str, x: float, y: float, size: float, bold: bool) -> ET.Element:
    attributes = {"x": f"{x:.0f}", "y": f"{y:.0f}", "font-size": f"{size:g}"}
    element = ET.Element(f"{{{SVG}}}text", attributes)
    if bold:
        element.set("font-weight", "bold")
    element.text = text
    return element


def _page(source: str) -> Page:
    """Verovio's page without its nested svg, its random ids, its style sheet and its tspans."""
    outer = ET.fromstring(source)
    inner = next(child for child in outer if child.tag == f"{{{SVG}}}svg")
    _, _, width, height = (float(number) for number in inner.attrib["viewBox"].split())
    root = ET.Element(f"{{{SVG}}}svg", viewBox=f"0 0 {width:g} {height:g}")
    definitions = outer.find(f"{{{SVG}}}defs")
    if definitions is not None:
        root.append(definitions)
    root.extend(inner.findall(f"{{{SVG}}}g"))
    _tidy(root, bold=False)
    return Page(root, width, height)


def _tidy(element: ET.Element, *, bold: bool) -> None:
    bold = bold or element.get("class") == "tempo"
    for child in list(element):
        kind = child.get("class", "")
        if "placeholder" in kind or ("Milestone" in kind and not len(child)):
            element.remove(child)
        elif child.tag == f"{{{SVG}}}text":
            place = list(element).index(child)
            element.remove(child)
            element[place:place] = _untangle(child, bold or kind == "tempo")
        else:
            _tidy(child, bold=bold)
    _rename(element)
    if element.get("stroke-width"):
        element.set("stroke", "currentColor")


def _rename(element: ET.Element) -> None:
    """Keep the ids of notes, give glyphs names that do not change, drop all others."""
    name = element.get("id", "")
    if re.fullmatch(r"[0-9A-F]{4,5}-\w+", name):
        element.set("id", _glyph_id(name))
    elif name and not re.fullmatch(r"n\d+(-\d+)?", name):
        del element.attrib["id"]
    if target := element.get(f"{{{XLINK}}}href"):
        element.set(f"{{{XLINK}}}href", f"#{_glyph_id(target[1:])}")


def _glyph_id(name: str) -> str:
    return "glyph-" + name.split("-")[0]


def _untangle(text: ET.Element, bold: bool) -> Iterator[ET.Element]:
    """Simple elements for a Verovio text, whose tspans nest: one for each font or size."""
    spans = [span for span in text.iter() if span.text and not len(span)]
    pieces = [
        ("".join(span.text or "" for span in group), *kind)
        for kind, group in groupby(spans, key=_kind)
    ]
    widths = [
        _symbols_width(piece, size, family)
        if family
        else fonts.width(fonts.composed(piece), size, bold)
        for piece, size, family in pieces
    ]
    anchor = {"middle": 0.5, "end": 1}.get(text.get("text-anchor", ""), 0)
    x, y = float(text.get("x", "0")) - sum(widths) * anchor, float(text.get("y", "0"))
    for (piece, size, family), width in zip(pieces, widths, strict=True):
        if family:
            yield from _symbols(piece, x, y, size, family)
        else:
            yield _text(fonts.composed(piece), x, y, size, bold)
        x += width


def _kind(span: ET.Element) -> tuple[float, str]:
    """Size and music font; no music font for letters."""
    size, family = float(span.get("font-size", "0").removesuffix("px")), span.get("font-family", "")
    return (size if family else round(size * TIMES)), family


def _symbols(text: str, x: float, y: float, size: float, family: str) -> Iterator[ET.Element]:
    """Music symbols within a text, such as the note of a metronome mark."""
    for char in text:
        outline = _symbol(family, char)
        if outline is not None:
            scale = size / 1000
            place = f"translate({x:.0f}, {y:.0f}) scale({scale:g}, {-scale:g})"
            yield ET.Element(f"{{{SVG}}}path", {"d": outline, "transform": place})
        x += _advance(family, char) * size


def _symbols_width(text: str, size: float, family: str) -> float:
    return sum(_advance(family, char) for char in text) * size


@cache
def _symbol(family: str, char: str) -> str | None:
    """The path data of a symbol, from the data that Verovio brings."""
    file = _data() / family / f"{ord(char):04X}.xml"
    path = ET.parse(file).getroot().find("path") if file.is_file() else None
    return None if path is None else path.get("d")


def _advance(family: str, char: str) -> float:
    return _advances(family).get(f"{ord(char):04X}", 0.25)


@cache
def _advances(family: str) -> dict[str, float]:
    root = ET.parse(_data() / f"{family}.xml").getroot()
    em = float(root.get("units-per-em", "1000"))
    return {glyph.get("c", ""): float(glyph.get("h-a-x", "0")) / em for glyph in root.iter("g")}


def _data() -> Path:
    return Path(verovio.__file__).parent / "data"
