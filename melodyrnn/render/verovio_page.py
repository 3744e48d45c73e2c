"""Verovio's SVG as a plain page: no nested svg, no style sheet, no tspans, no random ids."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree as ET

import verovio

from melodyrnn.render import fonts
from melodyrnn.render.page import SVG, XLINK, Page, line

TIMES = 0.83
"""Width of a figure in Times, with which Verovio reckons, to one in the font drawn here: letters
are drawn so much smaller, to keep to the room that they were given."""

RAISE = 100
"""Units by which a metronome mark stands higher than Verovio puts it, on the time signature."""


def plain_page(source: str) -> Page:
    """Verovio's page without its nested svg, its random ids, its style sheet and its tspans."""
    outer = ET.fromstring(source)
    inner = next(child for child in outer if child.tag == f"{{{SVG}}}svg")
    _, _, width, height = (float(number) for number in inner.attrib["viewBox"].split())
    root = ET.Element(f"{{{SVG}}}svg", viewBox=f"0 0 {width:g} {height:g}")
    definitions = outer.find(f"{{{SVG}}}defs")
    if definitions is not None:
        root.append(definitions)
    root.extend(inner.findall(f"{{{SVG}}}g"))
    _simplify(root, bold=False)
    return Page(root, width, height)


def _simplify(element: ET.Element, *, bold: bool) -> None:
    if element.get("class") == "tempo":
        bold = True
        element.set("transform", f"translate(0, {-RAISE})")
    for child in list(element):
        kind = child.get("class", "")
        if "placeholder" in kind or ("Milestone" in kind and not len(child)):
            element.remove(child)
        elif child.tag == f"{{{SVG}}}text":
            place = list(element).index(child)
            element.remove(child)
            element[place:place] = _untangle(child, bold)
        else:
            _simplify(child, bold=bold)
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
            yield line(fonts.composed(piece), x, y, size, bold=bold)
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
    file = data_folder() / family / f"{ord(char):04X}.xml"
    path = ET.parse(file).getroot().find("path") if file.is_file() else None
    return None if path is None else path.get("d")


def _advance(family: str, char: str) -> float:
    return _advances(family).get(f"{ord(char):04X}", 0.25)


@cache
def _advances(family: str) -> dict[str, float]:
    root = ET.parse(data_folder() / f"{family}.xml").getroot()
    em = float(root.get("units-per-em", "1000"))
    return {glyph.get("c", ""): float(glyph.get("h-a-x", "0")) / em for glyph in root.iter("g")}


def data_folder() -> Path:
    """The folder of fonts that Verovio brings."""
    return Path(verovio.__file__).parent / "data"
