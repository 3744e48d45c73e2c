"""The line charts of pages: how models learned, and what a longer window brings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from markupsafe import Markup

from melodyrnn.render.pages.comparison_data import Ceiling, TrainingCurve, WindowsChart
from melodyrnn.render.plots import Axis, Line, chart, linear, logarithmic, percent
from melodyrnn.render.svg import in_html

LOWEST_LOSS = 1e-4
"""Nats; what lies below is drawn here, for a logarithm goes on for ever."""

Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Chart:
    """A drawing under its name."""

    name: str
    drawing: Markup


@dataclass(frozen=True)
class CurveFigure:
    """How one model learned, with every seed."""

    model: str
    series: int  # its colour
    seeds: str
    charts: Sequence[Chart]


def curves(
    data: Sequence[TrainingCurve], ceiling: Ceiling | None, series: Mapping[str, int]
) -> list[CurveFigure]:
    """For each model and all its seeds, on axes of its own: how it came to know a song, beside the
    ceiling, or else songs new to it; and the loss.
    """
    data = [curve for curve in data if curve.epochs]
    models = dict.fromkeys(curve.model for curve in data)
    groups = {model: [curve for curve in data if curve.model == model] for model in models}
    return [
        CurveFigure(model, series[model], _seeds(mine), _charts(mine, ceiling, series[model]))
        for model, mine in groups.items()
    ]


def _seeds(curves: Sequence[TrainingCurve]) -> str:
    return f"{len(curves)} seed{'s' if len(curves) > 1 else ''}"


def _charts(mine: Sequence[TrainingCurve], ceiling: Ceiling | None, series: int) -> Sequence[Chart]:
    epochs = linear(max(curve.epochs[-1] for curve in mine), "epochs", most=4)
    model, charts = mine[0].model, []
    if ceiling:
        most = ceiling.right / ceiling.all
        limit = Line([(epochs.low, most), (epochs.high, most)], None)
        known = [(_known(curve), curve.best) for curve in mine]
        found = [limit, *_lines(known, series)]
        charts.append(_chart(model, "notes correct", epochs, percent("correct"), found))
    elif any(curve.validation for curve in mine):
        found = _lines([(curve.validation, curve.best) for curve in mine], series)
        bits = [bits for curve in mine for _, bits in curve.validation]
        axis = linear(max(bits), "bits", low=min(bits) * 0.95)
        unit = f"{mine[0].measured}: bits per {mine[0].unit}"
        charts.append(_chart(model, unit, epochs, axis, found))
    losses = [_losses(curve) for curve in mine]
    values = [loss for points in losses for _, loss in points]
    if values:
        scale = logarithmic(min(values), max([*values, LOWEST_LOSS * 10]), "loss")
        bests = [curve.best for curve in mine]
        found = _lines(list(zip(losses, bests, strict=True)), series)
        charts.append(_chart(model, "loss (nats)", epochs, scale, found))
    return charts


def _lines(
    curves: Iterable[tuple[Sequence[tuple[float, float]], int | None]], series: int
) -> list[Line]:
    """Of each curve its points, and a dot at its best epoch."""
    lines = []
    for points, best in curves:
        if points:
            lines.append(Line(points, series))
        lines += [Line([point], series, dots=True) for point in points if point[0] == best]
    return lines


def _chart(model: str, measured: str, x: Axis, y: Axis, lines: Sequence[Line]) -> Chart:
    drawing = chart(f"{model}: {measured}, over epochs", x, y, lines)
    return Chart(measured, Markup(in_html(drawing)))


def _known(curve: TrainingCurve) -> Points:
    """Shares of the training set predicted correctly."""
    return [(float(n), share) for n, share in zip(curve.epochs, curve.accuracies, strict=True)]


def _losses(curve: TrainingCurve) -> Points:
    """Those that are numbers."""
    return [
        (float(epoch), max(loss, LOWEST_LOSS))
        for epoch, loss in zip(curve.epochs, curve.losses, strict=True)
        if isfinite(loss)
    ]


def windows(data: WindowsChart, series: Mapping[str, int]) -> Markup:
    """Shares of correct notes against window length; above the ceiling the plot is shaded."""
    shares = [(float(c.window), c.right / c.all) for c in data.ceilings]
    limit = Line(shares, None, "ceiling", dots=True)
    lines = [
        Line(
            [
                (float(c.window), right.mean / c.all)
                for c, right in zip(data.ceilings, line.rights, strict=True)
            ],
            series[line.model],
            line.model,
            dots=True,
            ranges=[
                (right.low / c.all, right.high / c.all)
                for c, right in zip(data.ceilings, line.rights, strict=True)
            ],
        )
        for line in data.lines
    ]
    lowest = min(share for line in [limit, *lines] for _, share in line.points)
    longest = max(len(line.label) for line in [limit, *lines])
    ticks = [(share, str(int(share))) for share, _ in shares]
    axis = linear(shares[-1][0], "notes in the window", low=shares[0][0])
    drawn = chart(
        "Notes correct against window length, for each model and the ceiling",
        Axis(axis.low, axis.high, axis.name, ticks),
        percent("correct", low=0.0 if lowest < 0.6 else 0.4),
        [limit, *lines],
        size=(460, 280),
        shade_above=limit,
        right=20 + 7 * longest,
    )
    return Markup(in_html(drawn))
