"""Heat maps and learning curves that stand alone: SVG without a style sheet, and PNG.

All text is drawn as outlines, Korean too. The same values give the same bytes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from math import isfinite
from pathlib import Path
from typing import NamedTuple, Self
from xml.etree import ElementTree as ET

from melodyrnn.files import write_atomically
from melodyrnn.render import fonts
from melodyrnn.render.colours import FAINT, INK, NOTHING, SERIES, SOFT, ink_on, shade
from melodyrnn.render.heat_map import HeatMap
from melodyrnn.render.outlines import outline
from melodyrnn.render.page import SVG
from melodyrnn.render.plots import TOP, Line, chart, linear, logarithmic

MARGIN = 24
TITLE, WORD = 17, 12.5
"""Pixels: around a picture; letters of its title and of its labels."""

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


def write_picture(path: Path, svg: str) -> list[Path]:
    """Write ``path`` with the suffixes .svg and .png, twice as many pixels. Raises MelodyError."""
    import resvg_py

    png = resvg_py.svg_to_bytes(
        svg_string=svg, zoom=2, background="#ffffff", skip_system_fonts=True
    )
    files: dict[str, bytes | str] = {".svg": svg, ".png": png}
    return [write_atomically(path.with_name(path.name + end), files[end]) for end in files]


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


def _cells(picture: HeatMap, grid: _Grid) -> Iterator[str]:
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


def _column_names(picture: HeatMap, grid: _Grid) -> tuple[list[str], float]:
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
    tree = ET.fromstring(drawn)
    for element in list(tree.iter()):
        _dress(element)
    tree[:] = [child for child in tree if child.tag != "title"]
    inner = "".join(ET.tostring(child, encoding="unicode") for child in tree)
    top = MARGIN + TITLE + 26
    moved = f'<g transform="translate({MARGIN},{top - TOP + 6})">{inner}</g>'
    words = _text(f"{meaning}, logarithmic", MARGIN, top - 10, "start")
    width = max(520 + room + MARGIN, 2 * MARGIN + _width([title], TITLE, True))
    return _document(title, width, top + 330 + 6, [words, moved])


def _dress(element: ET.Element) -> None:
    """Give an element of ``plots`` its look in place of its class."""
    kind, *rest = element.attrib.pop("class", "").split() or [""]
    element.attrib.update(_STYLES.get(kind, {}))
    series = next((int(word[1:]) for word in rest if word[1:].isdecimal()), None)
    if series is not None:
        element.set("stroke" if kind == "line" else "fill", SERIES[series])


def _scale(
    x: float, y: float, height: float, ticks: Sequence[tuple[float, str]], meaning: str
) -> list[str]:
    """A bar with all colours, the largest on top."""
    stops = "".join(
        f'<stop offset="{step / 14:.3f}" stop-color="{shade(1 - step / 14)}"/>'
        for step in range(15)
    )
    drawn = [
        f'<linearGradient id="scale" x2="0" y2="1">{stops}</linearGradient>',
        _rectangle(x, y, 14, height, "url(#scale)"),
    ]
    (_, least), (_, largest) = ticks
    drawn.append(_text(largest, x + 22, y + WORD * 0.8, "start"))
    drawn.append(_text(least, x + 22, y + height, "start"))
    drawn.append(_text(meaning, x, y - 11, "start", INK))
    return drawn


def _document(title: str, width: float, height: float, drawn: Iterable[str]) -> str:
    heading = _text(title, MARGIN, MARGIN + TITLE * 0.8, "start", INK, TITLE, True)
    tree = ET.fromstring(
        f'<svg xmlns="{SVG}" width="{width:.0f}" height="{height:.0f}" version="1.1" role="img" '
        f'viewBox="0 0 {width:.0f} {height:.0f}"><title>{escape(fonts.printable(title))}</title>'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{heading}{"".join(drawn)}</svg>'
    )
    outline(tree, fine=True)
    return ET.tostring(tree, encoding="unicode") + "\n"


def _text(
    text: str,
    x: float,
    y: float,
    anchor: str = "end",
    fill: str = SOFT,
    size: float = WORD,
    bold: bool = False,
    more: str = "",
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" '
        f'fill="{fill}"{weight}{more}>{escape(fonts.printable(text))}</text>'
    )


def _below(name: str, x: float, y: float, turned: bool) -> str:
    if not turned:
        return _text(name, x, y + WORD, "middle")
    turn = f' transform="rotate(-45 {x:.1f} {y + 4:.1f})"'
    return _text(name, x, y + 8, "end", more=turn)


def _rectangle(x: float, y: float, width: float, height: float, fill: str) -> str:
    """A pixel smaller than its place."""
    return (
        f'<rect x="{x + 0.5:.1f}" y="{y + 0.5:.1f}" width="{width - 1:.1f}" '
        f'height="{height - 1:.1f}" fill="{fill}"/>'
    )


def _width(texts: Iterable[str], size: float, bold: bool = False) -> float:
    return max((fonts.width(fonts.printable(text), size, bold) for text in texts), default=0.0)
