"""A page of a score: an SVG tree of few kinds of element.

Each has its full geometry in attributes, so that ``sheet.py`` and ``pdf.py`` have little to know:
``g``, ``use`` (of a ``path`` in ``defs``), ``path``, ``polygon``, ``polyline``, ``rect``,
``ellipse`` and ``text``. A ``text`` is one line from a start point in one size, without children.
"""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
ET.register_namespace("", SVG)
ET.register_namespace("xlink", XLINK)

UNITS = 100
"""Units of a page's coordinates in a millimetre."""


@dataclass(frozen=True)
class Page:
    """One page. Sizes in units."""

    root: ET.Element  # svg
    width: float
    height: float


def line(text: str, x: float, y: float, size: float, *, bold: bool = False) -> ET.Element:
    """A ``text``: one line of composed letters, from (x, y) on."""
    attributes = {"x": f"{x:.0f}", "y": f"{y:.0f}", "font-size": f"{size:g}"}
    element = ET.Element(f"{{{SVG}}}text", attributes)
    if bold:
        element.set("font-weight", "bold")
    element.text = text
    return element
