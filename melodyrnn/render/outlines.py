"""Texts of an SVG tree turned into outlines, so that any viewer on any machine shows any letter."""

from xml.etree import ElementTree as ET

from melodyrnn.render import fonts
from melodyrnn.render.page import SVG

_FINE = 10
"""Outlines are rounded to a tenth of a unit: they are drawn so many times larger, then reduced."""


def outline(element: ET.Element, fine: bool = False) -> None:
    """Replace each ``text`` below ``element`` by a group of paths, with the text as its label.

    A text is one line with the attributes x, y and font-size in units of the picture, and perhaps
    font-weight, text-anchor, fill and transform. ``fine`` where a unit is about a pixel.
    """
    for place, child in enumerate(element):
        if child.tag == f"{{{SVG}}}text":
            element[place] = _drawn(child, _FINE if fine else 1)
        else:
            outline(child, fine)


def _drawn(text: ET.Element, scale: int) -> ET.Element:
    kept = {name: text.attrib[name] for name in ("fill", "transform") if name in text.attrib}
    label = {"class": "text", "aria-label": text.text or ""}
    group = place = ET.Element(f"{{{SVG}}}g", label | kept)
    x, y, size = (float(text.attrib[name]) for name in ("x", "y", "font-size"))
    bold = text.get("font-weight") == "bold"
    before = {"middle": 0.5, "end": 1.0}.get(text.get("text-anchor", ""), 0.0)
    if before:
        x -= before * fonts.width(text.text or "", size, bold)
    if scale > 1:
        place = ET.SubElement(group, f"{{{SVG}}}g", transform=f"scale({1 / scale:g})")
    x, y, size = x * scale, y * scale, size * scale
    for run in fonts.runs(text.text or "", bold):
        ET.SubElement(place, f"{{{SVG}}}path", d=run.font.outline(run.text, x, y, size))
        x += run.width(size)
    return group
