"""Small line charts as trees of SVG, made by hand: curves over epochs, scores over windows.

A chart takes its colours from the page: a line of series 2 has the class ``s2``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10
from xml.etree import ElementTree as ET

from melodyrnn.render.svg import element

LEFT, RIGHT, TOP, BOTTOM = 44, 12, 12, 34
"""Pixels around the plotted area, for the words of the axes."""

POINTS = 160
"""A line with more points than this is drawn by the lowest and the highest of each chunk."""


@dataclass(frozen=True)
class Line:
    """Points from left to right; ``series`` chooses the colour."""

    points: Sequence[tuple[float, float]]
    series: int | None  # None: what everything else is measured against
    label: str = ""  # written at its end
    dots: bool = False
    ranges: Sequence[tuple[float, float]] = ()  # (lowest, highest) at each point


@dataclass(frozen=True)
class Axis:
    """From ``low`` to ``high``, on a logarithmic scale if asked; ``name`` says the unit."""

    low: float
    high: float
    name: str
    ticks: Sequence[tuple[float, str]]
    log: bool = False

    def share(self, value: float) -> float:
        """Where ``value`` stands, from 0 at ``low`` to 1 at ``high``."""
        low, high, value = (
            (log10(number) if self.log else number)
            for number in (self.low, self.high, min(max(value, self.low), self.high))
        )
        return (value - low) / (high - low)


def linear(high: float, name: str, low: float = 0.0, most: int = 5) -> Axis:
    """An axis with at most ``most`` round numbers and the zero."""
    high = high if high > low else low + 1
    rough = (high - low) / most
    power = 10 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    first = ceil(low / step)
    ticks = [n * step for n in range(first, floor(high / step + 1e-9) + 1)]
    return Axis(low, high, name, [(tick, f"{tick:,.10g}") for tick in ticks])


def logarithmic(low: float, high: float, name: str) -> Axis:
    """An axis over whole powers of ten."""
    first, last = floor(log10(low)), ceil(log10(high))
    last = max(last, first + 1)
    step = ceil((last - first) / 5)
    ticks = [(10.0**power, f"{10.0**power:g}") for power in range(first, last + 1, step)]
    return Axis(10.0**first, 10.0**last, name, ticks, log=True)


def percent(name: str, low: float = 0.0) -> Axis:
    """Shares from ``low`` to 1."""
    steps = [tick / 5 for tick in range(6) if tick / 5 >= low]
    return Axis(low, 1.0, name, [(tick, f"{tick:.0%}") for tick in steps])


def chart(
    title: str,
    x: Axis,
    y: Axis,
    lines: Sequence[Line],
    *,
    size: tuple[int, int] = (320, 220),
    shade_above: Line | None = None,
    right: int = RIGHT,
) -> ET.Element:
    """An ``svg``. ``title`` is read to those who cannot see it.

    ``shade_above`` is a line above which the plot is shaded; ``right`` the room for labels at
    the ends of lines.
    """
    width, height = size

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return (
            LEFT + x.share(point[0]) * (width - LEFT - right),
            height - BOTTOM - y.share(point[1]) * (height - TOP - BOTTOM),
        )

    drawn = [element("title", {}, title)]
    if shade_above is not None:
        area = [place(point) for point in shade_above.points]
        corners = [(area[-1][0], TOP), (area[0][0], TOP)]
        points = _points([*area, *corners])
        drawn.append(element("polygon", {"class": "beyond", "points": points}))
    for value, word in y.ticks:
        _, level = place((x.low, value))
        path = f"M{LEFT} {level:.1f} H{width - right}"
        drawn.append(element("path", {"class": "grid", "d": path}))
        drawn.append(_word(word, LEFT - 6, level + 4, "end"))
    for value, word in x.ticks:
        drawn.append(_word(word, place((value, y.low))[0], height - BOTTOM + 16, "middle"))
    middle = (LEFT + width - right) / 2
    drawn.append(_word(x.name, middle, height - 3, "middle", "axis"))
    for line in lines:
        drawn += _line(line, place)
    drawn += _labels(lines, place, height - BOTTOM)
    box = {"class": "plot", "viewBox": f"0 0 {width} {height}", "role": "img"}
    return element("svg", box, *drawn)


def thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most about ``POINTS`` points that look the same: spikes stay."""
    if len(points) <= POINTS:
        return list(points)
    chunks = POINTS // 2
    edges = [len(points) * n // chunks for n in range(chunks + 1)]
    kept: list[tuple[float, float]] = []
    for start, end in pairwise(edges):
        part = points[start:end]
        ends = {min(part, key=lambda p: p[1]), max(part, key=lambda p: p[1])}
        kept += sorted(ends)
    return [points[0], *kept, points[-1]]


def _line(
    line: Line, place: Callable[[tuple[float, float]], tuple[float, float]]
) -> list[ET.Element]:
    kind = "reference" if line.series is None else f"s{line.series}"
    points = [place(point) for point in thinned(line.points)]
    drawn = [element("polyline", {"class": f"line {kind}", "points": _points(points)})]
    for (at, _), (low, high) in zip(line.points, line.ranges, strict=bool(line.ranges)):
        across, bottom = place((at, low))
        _, top = place((at, high))
        if bottom - top > 1:
            path = f"M{across:.1f} {bottom:.1f} V{top:.1f}"
            drawn.append(element("path", {"class": f"range {kind}", "d": path}))
    if line.dots:
        drawn += [
            element(
                "circle",
                {"class": f"dot {kind}", "cx": f"{across:.1f}", "cy": f"{up:.1f}", "r": "3.5"},
            )
            for across, up in points
        ]
    return drawn


def _labels(
    lines: Sequence[Line],
    place: Callable[[tuple[float, float]], tuple[float, float]],
    bottom: float,
) -> list[ET.Element]:
    """Names at the lines' ends, moved apart where they would meet."""
    ends = sorted((place(line.points[-1])[1], n) for n, line in enumerate(lines) if line.label)
    drawn, free = list[ET.Element](), float(TOP)
    for position, (level, n) in enumerate(ends):
        level = max(level, free)
        level = min(level, bottom - 15 * (len(ends) - 1 - position))
        free = level + 15
        line = lines[n]
        kind = "reference" if line.series is None else f"s{line.series}"
        across = place(line.points[-1])[0] + 9
        drawn.append(_word(line.label, across, level + 4, "start", f"name {kind}"))
    return drawn


def _word(text: str, x: float, y: float, anchor: str, kind: str = "tick") -> ET.Element:
    place = {"class": kind, "x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}
    return element("text", place, text)


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
