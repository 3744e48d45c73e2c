"""The parts of a page that are line charts: how models learned, and what a longer window brings."""

from collections.abc import Mapping, Sequence

from melodyrnn.render.plots import Line, chart, linear, logarithmic, percent
from melodyrnn.render.report_data import Ceiling, TrainingCurve, WindowsChart
from melodyrnn.render.report_tables import key
from melodyrnn.render.report_words import figure, spread

LOWEST_LOSS = 1e-4
"""Nats; what lies below is drawn here, for a logarithm goes on for ever."""


def curves(
    data: Sequence[TrainingCurve], ceiling: Ceiling | None, series: Mapping[str, int]
) -> str:
    """For each model and all its seeds, on the same axes: how it came to know a song, beside the
    ceiling, or else songs new to it; and the loss.
    """
    data = [curve for curve in data if curve.epochs]
    last = max((curve.epochs[-1] for curve in data), default=1)
    losses = [loss for curve in data for loss in curve.losses]
    epochs = linear(last, "epochs", most=4)
    if ceiling:
        measured, axis = "notes correct", percent("correct")
        most = ceiling.right / ceiling.all
        limits = [Line([(epochs.low, most), (epochs.high, most)], None)]
    else:
        measured, limits = "validation set: bits per note", []
        bits = [bits for curve in data for _, bits in curve.validation]
        axis = linear(max(bits, default=1.0), "bits", low=min(bits, default=0.0) * 0.95)
    scale = logarithmic(
        max(min(losses, default=1.0), LOWEST_LOSS), max([*losses, LOWEST_LOSS * 10]), "loss"
    )
    panels = []
    for model in dict.fromkeys(curve.model for curve in data):
        mine = [curve for curve in data if curve.model == model]
        seeds = f"{len(mine)} seed{'s' if len(mine) > 1 else ''}"
        found = [
            Line(_known(curve) if ceiling else curve.validation, series[model]) for curve in mine
        ]
        loss = [
            Line(
                [
                    (epoch, max(value, LOWEST_LOSS))
                    for epoch, value in zip(curve.epochs, curve.losses, strict=True)
                ],
                series[model],
            )
            for curve in mine
        ]
        panels.append(
            f'<figure class="curve"><figcaption><h3>{key(model, series[model])}</h3>'
            f"<small>{seeds}</small></figcaption><h4>{measured}</h4>"
            + chart(f"{model}: {measured}, over epochs", epochs, axis, [*limits, *found])
            + "<h4>loss (nats)</h4>"
            + chart(f"{model}: loss over epochs", epochs, scale, loss)
            + "</figure>"
        )
    return f'<div class="curves">{"".join(panels)}</div>'


def _known(curve: TrainingCurve) -> list[tuple[float, float]]:
    """Shares of the training set predicted correctly."""
    return [(float(n), share) for n, share in zip(curve.epochs, curve.accuracies, strict=True)]


def windows(data: WindowsChart, series: Mapping[str, int]) -> str:
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
        type(axis)(axis.low, axis.high, axis.name, ticks),
        percent("correct", low=0.0 if lowest < 0.6 else 0.4),
        [limit, *lines],
        size=(460, 280),
        shade_above=limit,
        right=20 + 7 * longest,
    )
    return f'<figure class="windows">{drawn}</figure>{_windows_table(data, series)}'


def _windows_table(data: WindowsChart, series: Mapping[str, int]) -> str:
    head = "".join(f'<th scope="col">{c.window}</th>' for c in data.ceilings)
    limit = "".join(f"<td>{c.right}</td>" for c in data.ceilings)
    total = "".join(f"<td>{figure(c.all)}</td>" for c in data.ceilings)
    body = "".join(
        f'<tr><th scope="row">{key(line.model, series[line.model])}</th>'
        + "".join(f"<td>{spread(right)}</td>" for right in line.rights)
        + "</tr>"
        for line in data.lines
    )
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Notes correct by window">'
        f'<table class="by-window"><thead><tr><th scope="col">window</th>{head}</tr></thead><tbody>'
        f'{body}<tr><th scope="row">ceiling</th>{limit}</tr>'
        f'<tr><th scope="row">notes in all</th>{total}</tr></tbody></table></div>'
    )
