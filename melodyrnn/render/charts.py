"""Heat maps, bars and learning curves that stand alone: SVG without a style sheet.

All text is drawn as outlines, Korean too. The same values give the same bytes. ``pictures`` writes
them to files.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import NamedTuple, Self
from xml.etree import ElementTree as ET

from melodyrnn.render import fonts
from melodyrnn.render.bar_chart import BarChart
from melodyrnn.render.colours import FAINT, INK, NOTHING, SERIES, SOFT, ink_on, shade
from melodyrnn.render.heat_map import HeatMap
from melodyrnn.render.outlines import outline
from melodyrnn.render.plots import TOP, Line, chart, linear, logarithmic
from melodyrnn.render.svg import element, in_namespace

MARGIN = 24
TITLE, WORD = 17, 12.5
"""Pixels: around a picture; letters of its title and of its labels."""

BAR, BETWEEN = 300, 26
"""Pixels: the length of the longest bar of a chart; from one bar to the next."""

LOWEST_LOSS = 1e-5
"""What lies below is drawn here: a logarithm goes on for ever."""

_STYLES = {
    "grid": {"stroke": FAINT, "fill": "none"},
    "line": {"fill": "none", "stroke-width": "1.8", "stroke-linejoin": "round"},
    "tick": {"fill": SOFT, "font-size": "12"},
    "axis": {"fill": SOFT, "font-size": "12.5"},
    "name": {"font-size": "13", "font-weight": "bold"},
}
"""Class of an element of ``plots`` -> its look here."""


def heat_map(picture: HeatMap) -> str:
    """An SVG document."""
    grid = _Grid.of(picture)
    drawn = [_text(picture.down, grid.left - 10, grid.top - 11, "end", INK)] if picture.down else []
    drawn += _cells(picture, grid)
    names, under = _column_names(picture, grid)
    drawn += names
    ticks = [(end, format(end, picture.form)) for end in picture.ends]
    x, height = grid.right + 22, max(grid.bottom, grid.top + 96) - grid.top
    drawn += _scale(x, grid.top, height, ticks, picture.meaning)
    width = max(
        x + 14 + 8 + _width([word for _, word in ticks], WORD),
        x + _width([picture.meaning], WORD),
        MARGIN + _width([picture.title], TITLE, True),
    )
    bottom = max(under, grid.top + 96)
    return _document(picture.title, width + MARGIN, bottom + MARGIN, drawn)


class _Grid(NamedTuple):
    """Where the cells of a heat map lie, in pixels."""

    left: float
    top: float
    right: float
    bottom: float
    side: float  # the height of a cell
    wide: float  # its width
    written: bool  # whether there is room for the values

    @classmethod
    def of(cls, picture: HeatMap) -> Self:
        rows, columns = picture.rows, picture.columns
        longest = _width([word for row in picture.words for word in row], WORD)
        side = min(max(560 / max(len(rows), len(columns)), 18), 64)
        wide = max(side, min(longest + 14, 90)) if len(columns) <= 10 else side
        left = MARGIN + _width([*rows, picture.down], WORD) + 10
        top = MARGIN + TITLE + 18 + (WORD + 10 if picture.down else 0)
        right, bottom = left + wide * len(columns), top + side * len(rows)
        return cls(left, top, right, bottom, side, wide, wide >= longest + 6)


def _cells(picture: HeatMap, grid: _Grid) -> Iterator[ET.Element]:
    """Row by row: its name, and each cell with its value."""
    low, high = picture.ends
    spread = (high - low) or 1.0
    lines = zip(picture.values, picture.words, picture.rows, strict=True)
    for place, (row, words, name) in enumerate(lines):
        y = grid.top + place * grid.side
        line = y + grid.side / 2 + WORD / 3
        yield _text(name, grid.left - 10, line)
        for column, (value, word) in enumerate(zip(row, words, strict=True)):
            x, share, known = (
                grid.left + column * grid.wide,
                (value - low) / spread,
                isfinite(value),
            )
            yield _rectangle(x, y, grid.wide, grid.side, shade(share) if known else NOTHING)
            if grid.written or not known:
                ink = ink_on(share) if known else SOFT
                yield _text(word, x + grid.wide / 2, line, "middle", ink)


def _column_names(picture: HeatMap, grid: _Grid) -> tuple[list[ET.Element], float]:
    """The names below the columns, turned where they are long; and where they end."""
    longest = _width(picture.columns, WORD)
    turned = longest > grid.wide - 6
    drawn = [
        _below(name, grid.left + (column + 0.5) * grid.wide, grid.bottom + 8, turned)
        for column, name in enumerate(picture.columns)
    ]
    under = grid.bottom + 12 + (longest * 0.75 if turned else WORD)
    if picture.across:
        middle = (grid.left + grid.right) / 2
        drawn.append(_text(picture.across, middle, under + 20, "middle", INK))
        under += 24
    return drawn, under


def bar_chart(picture: BarChart) -> str:
    """An SVG document: a bar for each name, the longest for the largest value."""
    names, values, words = picture.names, picture.values, picture.words
    left = MARGIN + _width([*names, picture.down], WORD) + 10
    top = MARGIN + TITLE + 22 + WORD
    right = left + _width([*words, picture.meaning], WORD) + 12  # where the bars begin
    drawn = [
        _text(picture.down, left - 10, top - 11, "end", INK),
        _text(picture.meaning, right - 12, top - 11, "end", INK),
    ]
    most = max(values, default=0.0) or 1.0
    for place, (name, value, word) in enumerate(zip(names, values, words, strict=True)):
        y = top + place * BETWEEN
        line = y + BETWEEN / 2 + WORD / 3
        drawn.append(_text(name, left - 10, line, "end", INK))
        drawn.append(_text(word, right - 12, line))
        length = 1 + BAR * value / most
        drawn.append(_rectangle(right, y + 4, length, BETWEEN - 8, SERIES[0]))
    width = max(right + BAR, MARGIN + _width([picture.title], TITLE, True))
    return _document(picture.title, width + MARGIN, top + len(names) * BETWEEN + MARGIN, drawn)


def learning_curves(
    title: str, losses: Mapping[str, Sequence[float]], meaning: str = "loss (nats)"
) -> str:
    """An SVG document: each network's loss after each epoch, on a logarithmic scale.

    A loss that is no number is left out: there the line ends.
    """
    title = fonts.printable(title)
    points = {
        fonts.printable(name): [
            (float(epoch), max(loss, LOWEST_LOSS))
            for epoch, loss in enumerate(each, 1)
            if isfinite(loss)
        ]
        for name, each in losses.items()
    }
    points = {name: each for name, each in points.items() if each}
    found = [loss for each in points.values() for _, loss in each]
    last = max((each[-1][0] for each in points.values()), default=1.0)
    lines = [
        Line(each, number % len(SERIES), name, dots=len(each) == 1)
        for number, (name, each) in enumerate(points.items())
    ]
    room = 24 + int(_width(points, 13, True))
    drawn = chart(
        title,
        linear(last, "epochs"),
        logarithmic(min(found, default=0.1), max(found, default=1.0), meaning),
        lines,
        size=(520 + room, 330),
        right=room,
    )
    for part in drawn.iter():
        _dress(part)
    top = MARGIN + TITLE + 26
    inner = [child for child in drawn if child.tag != "title"]
    moved = element("g", {"transform": f"translate({MARGIN},{top - TOP + 6})"}, *inner)
    words = _text(f"{meaning}, logarithmic", MARGIN, top - 10, "start")
    width = max(520 + room + MARGIN, 2 * MARGIN + _width([title], TITLE, True))
    return _document(title, width, top + 330 + 6, [words, moved])


def _dress(part: ET.Element) -> None:
    """Give an element of ``plots`` its look in place of its class."""
    kind, *rest = part.attrib.pop("class", "").split() or [""]
    part.attrib.update(_STYLES.get(kind, {}))
    series = next((int(word[1:]) for word in rest if word[1:].isdecimal()), None)
    if series is not None:
        part.set("stroke" if kind == "line" else "fill", SERIES[series])


def _scale(
    x: float, y: float, height: float, ticks: Sequence[tuple[float, str]], meaning: str
) -> list[ET.Element]:
    """A bar with all colours, the largest on top."""
    stops = [
        element("stop", {"offset": f"{step / 14:.3f}", "stop-color": shade(1 - step / 14)})
        for step in range(15)
    ]
    drawn = [
        element("linearGradient", {"id": "scale", "x2": "0", "y2": "1"}, *stops),
        _rectangle(x, y, 14, height, "url(#scale)"),
    ]
    (_, least), (_, largest) = ticks
    drawn.append(_text(largest, x + 22, y + WORD * 0.8, "start"))
    drawn.append(_text(least, x + 22, y + height, "start"))
    drawn.append(_text(meaning, x, y - 11, "start", INK))
    return drawn


def _document(title: str, width: float, height: float, drawn: Iterable[ET.Element]) -> str:
    size = {"width": f"{width:.0f}", "height": f"{height:.0f}"}
    box = {"version": "1.1", "role": "img", "viewBox": f"0 0 {width:.0f} {height:.0f}"}
    tree = element(
        "svg",
        size | box,
        element("title", {}, fonts.printable(title)),
        element("rect", size | {"fill": "#ffffff"}),
        _text(title, MARGIN, MARGIN + TITLE * 0.8, "start", INK, TITLE, True),
        *drawn,
    )
    outline(in_namespace(tree), fine=True)
    return ET.tostring(tree, encoding="unicode") + "\n"


def _text(
    text: str,
    x: float,
    y: float,
    anchor: str = "end",
    fill: str = SOFT,
    size: float = WORD,
    bold: bool = False,
) -> ET.Element:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "font-size": f"{size:g}"}
    look = {"text-anchor": anchor, "fill": fill} | ({"font-weight": "bold"} if bold else {})
    return element("text", place | look, fonts.printable(text))


def _below(name: str, x: float, y: float, turned: bool) -> ET.Element:
    if not turned:
        return _text(name, x, y + WORD, "middle")
    drawn = _text(name, x, y + 8, "end")
    drawn.set("transform", f"rotate(-45 {x:.1f} {y + 4:.1f})")
    return drawn


def _rectangle(x: float, y: float, width: float, height: float, fill: str) -> ET.Element:
    """A pixel smaller than its place."""
    place = {"x": f"{x + 0.5:.1f}", "y": f"{y + 0.5:.1f}"}
    size = {"width": f"{width - 1:.1f}", "height": f"{height - 1:.1f}"}
    return element("rect", place | size | {"fill": fill})


def _width(texts: Iterable[str], size: float, bold: bool = False) -> float:
    return max((fonts.width(fonts.printable(text), size, bold) for text in texts), default=0.0)
