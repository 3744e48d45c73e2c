"""Engraved pages and charts as a PDF: paths stay paths, text stays text, its fonts embedded."""

import io
import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import parse_path
from reportlab.lib.colors import toColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from melodyrnn.render import fonts
from melodyrnn.render.page import UNITS, XLINK, Page

POINT = 25.4 / 72 * UNITS
"""Units of a page in a point."""


def document(pages: list[Page], *, title: str, author: str) -> bytes:
    """The PDF. The same pages give the same bytes."""
    buffer = io.BytesIO()
    first = fonts.fonts(bold=False)[0]
    _register(first)  # or reportlab names Helvetica, which it does not embed
    canvas = Canvas(buffer, invariant=True, initialFontName=first.name)  # invariant: no time
    canvas.setTitle(title)
    canvas.setAuthor(author)
    canvas.setSubject("")
    canvas.setCreator("melodyrnn")
    for page in pages:
        canvas.setPageSize((page.width / POINT, page.height / POINT))
        canvas.translate(0, page.height / POINT)
        canvas.scale(1 / POINT, -1 / POINT)
        _Drawing(canvas, page.root).draw(page.root)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


class _Drawing:
    """One page on the canvas."""

    def __init__(self, canvas: Canvas, root: ET.Element) -> None:
        self.canvas = canvas
        self.symbols = {element.get("id"): element for element in root.iter() if element.get("id")}

    def draw(self, element: ET.Element) -> None:
        kind = element.tag.split("}")[1]
        if kind == "defs":
            return
        self.canvas.saveState()
        self._transform(element.get("transform", ""))
        color = element.get("color")
        for name, paint in (
            ("fill", self.canvas.setFillColor),
            ("stroke", self.canvas.setStrokeColor),
        ):
            if (own := element.get(name, color)) and own not in ("none", "currentColor"):
                paint(toColor(own))
        if width := element.get("stroke-width"):
            self.canvas.setLineWidth(float(width))
        if dashes := element.get("stroke-dasharray"):
            self.canvas.setDash([float(length) for length in dashes.split()])
        if shape := SHAPES.get(kind):
            path = self.canvas.beginPath()
            shape(element.attrib, path)
            self._paint(element, path)
        elif kind == "text":
            self._text(element)
        elif kind == "use":
            self.draw(self.symbols[element.attrib[f"{{{XLINK}}}href"][1:]])
        for child in element:
            self.draw(child)
        self.canvas.restoreState()

    def _transform(self, transform: str) -> None:
        for name, arguments in re.findall(r"(\w+)\(([^)]*)\)", transform):
            numbers = [float(number) for number in re.split(r"[ ,]+", arguments)]
            if name == "scale":
                self.canvas.scale(numbers[0], numbers[-1])  # one number holds for both
            else:
                self.canvas.translate(*numbers)

    def _paint(self, element: ET.Element, path: PDFPathObject) -> None:
        joins = {"round": 1, "bevel": 2}
        self.canvas.setLineCap({"round": 1, "square": 2}.get(element.get("stroke-linecap", ""), 0))
        self.canvas.setLineJoin(joins.get(element.get("stroke-linejoin", ""), 0))
        line = re.fullmatch(r"M\S+ \S+ L\S+ \S+", element.get("d", ""))  # has no area to fill
        self.canvas.drawPath(
            path,
            stroke=int("stroke-width" in element.attrib),
            fill=int(element.get("fill") != "none" and not line),
        )

    def _text(self, element: ET.Element) -> None:
        x, y, size = (float(element.attrib[name]) for name in ("x", "y", "font-size"))
        self.canvas.translate(x, y)
        self.canvas.scale(1, -1)
        for run in fonts.runs(element.text or "", element.get("font-weight") == "bold"):
            _register(run.font)
            self.canvas.setFont(run.font.name, size)
            self.canvas.drawString(0, 0, run.text)
            self.canvas.translate(run.width(size), 0)


def _register(font: fonts.Font) -> None:
    if font.name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(font.name, font.path))


class _Pen(BasePen):  # type: ignore[misc]  # fontTools ships no types
    """Draws path data on a reportlab path."""

    def __init__(self, path: PDFPathObject) -> None:
        super().__init__()
        self.path = path

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802  # fontTools' names
        self.path.moveTo(*point)

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self.path.lineTo(*point)

    def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self.path.curveTo(*(number for point in points for number in point))

    def _closePath(self) -> None:  # noqa: N802
        self.path.close()


def _path(attributes: dict[str, str], path: PDFPathObject) -> None:
    parse_path(attributes["d"], _Pen(path))


def _polygon(attributes: dict[str, str], path: PDFPathObject) -> None:
    _polyline(attributes, path)
    path.close()


def _polyline(attributes: dict[str, str], path: PDFPathObject) -> None:
    points = [point.split(",") for point in attributes["points"].split()]
    for number, (x, y) in enumerate(points):
        (path.lineTo if number else path.moveTo)(float(x), float(y))


def _rect(attributes: dict[str, str], path: PDFPathObject) -> None:
    path.rect(*(float(attributes.get(name, "0")) for name in ("x", "y", "width", "height")))


def _ellipse(attributes: dict[str, str], path: PDFPathObject) -> None:
    x, y, rx, ry = (float(attributes.get(name, "0")) for name in ("cx", "cy", "rx", "ry"))
    path.ellipse(x - rx, y - ry, 2 * rx, 2 * ry)


SHAPES: dict[str, Callable[[dict[str, str], PDFPathObject], None]] = {
    "path": _path,
    "polygon": _polygon,
    "polyline": _polyline,
    "rect": _rect,
    "ellipse": _ellipse,
}
"""Element -> what adds its outline to a reportlab path."""
