"""The parts of a page that are tables: what is remembered, what is predicted."""

from collections.abc import Mapping, Sequence

from melodyrnn.render.report_data import (
    Ambiguity,
    Ceiling,
    HeldOut,
    MemoryRow,
    Pair,
    Spread,
    WindowPlace,
)
from melodyrnn.render.report_words import figure, listed, spread, text, tokens

COLUMNS = (
    "model",
    "one step",
    "whole song",
    "first wrong note",
    "bits per note",
    "parameters",
    "epochs to its best",
    "seconds",
)

SURE = 0.005
"""Probabilities that differ by less are the same when written with two digits."""


def memory(rows: Sequence[MemoryRow], ceiling: Ceiling, series: Mapping[str, int]) -> str:
    """The table of what each model remembers of a song in its training set."""
    head = "".join(f'<th scope="col" role="columnheader">{name}</th>' for name in COLUMNS)
    body = "".join(_memory_row(row, ceiling, series[row.model]) for row in rows)
    return (
        '<table class="memory" role="table"><thead role="rowgroup">'
        f'<tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
    )


def _memory_row(row: MemoryRow, ceiling: Ceiling, series: int) -> str:
    first = "none" if row.first_wrong is None else str(row.first_wrong)
    cells = (
        _tally(row.one_step, row.all, series, ceiling),
        _tally(row.whole_song, row.all, series, None),
        first,
        spread(row.bits_per_note, 2),
        "–" if row.parameters is None else figure(row.parameters),
        spread(row.epochs, 0),
        spread(row.seconds, 1),
    )
    named = f'<th scope="row" role="rowheader">{key(row.model, series)}</th>'
    pairs = zip(COLUMNS[1:], cells, strict=True)
    return (
        f'<tr role="row">{named}'
        + "".join(f'<td role="cell" data-name="{name}">{cell}</td>' for name, cell in pairs)
        + "</tr>"
    )


def key(model: str, series: int) -> str:
    """A model's name behind its colour."""
    return f'<span class="key s{series}" aria-hidden="true"></span>{text(model)}'


def _tally(right: Spread, all_notes: int, series: int, ceiling: Ceiling | None) -> str:
    """A count, and a bar of it with a tick at the ceiling."""
    tick = ""
    if ceiling is not None:
        tick = f'<i class="tick" style="left:{100 * ceiling.right / ceiling.all:.2f}%"></i>'
    return (
        f'<span class="tally">{spread(right)} <span class="of">of {all_notes}</span></span>'
        f'<span class="bar" aria-hidden="true">'
        f'<i class="s{series}" style="width:{100 * right.mean / all_notes:.2f}%"></i>{tick}</span>'
    )


def ambiguity(case: Ambiguity, series: Mapping[str, int]) -> str:
    """One window, its places in the song, and what each model says there."""
    followers = case.followers
    models = list(case.places[0].says)
    followed = ", ".join(
        f"<code>{text(symbol)}</code> {_times(count)}" for symbol, count in followers.items()
    )
    best = max(followers.values())
    blocks = "".join(
        f'<div class="says"><h4>{key(model, series[model])}</h4>'
        f'<p class="verdict">{_verdict(case, model)}</p>'
        f'<div class="places">{"".join(_place(p, model, followers) for p in case.places)}</div>'
        "</div>"
        for model in models
    )
    return (
        f'<article class="ambiguity"><h3>After {tokens(case.window)}</h3>'
        f"<p>In the song follows {followed}: from these {len(case.window)} notes alone, at most "
        f"{best} of {len(case.places)} can be predicted.</p>"
        f'<div class="models">{blocks}</div></article>'
    )


def _place(place: WindowPlace, model: str, followers: Mapping[str, int]) -> str:
    says = place.says.get(model, {})
    others = max(0.0, sum(says.values()) - sum(says.get(symbol, 0.0) for symbol in followers))
    bars = [_probability(symbol, says.get(symbol, 0.0), place.follower) for symbol in followers]
    if others >= SURE:
        bars.append(_probability("other", others, place.follower))
    return (
        f'<div class="place"><p><a href="#song" data-go="{place.index}">note {place.index + 1}</a>'
        f"</p><dl>{''.join(bars)}</dl></div>"
    )


def _probability(symbol: str, share: float, follower: str) -> str:
    here = symbol == follower
    mark = ' <abbr title="what the song has here">✓</abbr>' if here else ""
    return (
        f'<div class="{"here" if here else "not"}"><dt><code>{text(symbol)}</code>{mark}</dt>'
        f'<dd><i style="width:{100 * min(1.0, share):.1f}%"></i><b>{share:.2f}</b></dd></div>'
    )


def _verdict(case: Ambiguity, model: str) -> str:
    """In words, computed: whether the model distinguishes the places."""
    says = [place.says.get(model, {}) for place in case.places]
    likeliest = [max(said, key=lambda symbol: said[symbol], default="") for said in says]
    pairs = zip(likeliest, case.places, strict=True)
    right = sum(symbol == place.follower for symbol, place in pairs)
    symbols = {symbol for said in says for symbol in said}
    same = all(
        abs(said.get(symbol, 0.0) - says[0].get(symbol, 0.0)) < SURE
        for said in says
        for symbol in symbols
    )
    score = f"{right} of {len(says)} correct"
    return f"predicts the same each time: {score}" if same else f"distinguishes the places: {score}"


def held_out(data: HeldOut, series: Mapping[str, int]) -> str:
    """Bits per note of the songs held out, and which differences are beyond chance."""
    interval = f"{data.confidence:.0%} interval"
    top = max(row.high for row in data.rows) * 1.05 or 1.0
    rows = "".join(
        f'<tr><th scope="row">{key(row.model, series[row.model])}</th>'
        f"<td>{row.bits_per_note:.2f}</td><td>{row.low:.2f} to {row.high:.2f}</td>"
        f'<td class="whisker" aria-hidden="true"><span class="bar">'
        f'<i class="between s{series[row.model]}" style="left:{100 * row.low / top:.2f}%;'
        f'width:{100 * (row.high - row.low) / top:.2f}%"></i>'
        f'<i class="point s{series[row.model]}" '
        f'style="left:{100 * row.bits_per_note / top:.2f}%"></i></span></td></tr>'
        for row in data.rows
    )
    table = (
        '<table class="held-out"><thead><tr><th scope="col">model</th>'
        f'<th scope="col">bits per note</th><th scope="col">{interval}</th>'
        f'<th class="whisker" aria-hidden="true"></th></tr></thead><tbody>{rows}</tbody></table>'
    )
    if not data.pairs:
        return table
    pairs = "".join(_pair(pair) for pair in data.pairs)
    return (
        f"{table}<h3>Two by two, on the same songs</h3>{_pairing(data)}"
        f'<table class="pairs"><thead><tr>'
        f'<th scope="col">models</th><th scope="col">bits per note</th>'
        f'<th scope="col">{interval}</th><th scope="col">beyond chance?</th></tr></thead>'
        f"<tbody>{pairs}</tbody></table>"
    )


def _pairing(data: HeldOut) -> str:
    """How the differences are tested."""
    tunes = f"{data.independent} tunes" if data.independent > 1 else "one tune"
    same = "" if data.independent == data.songs else "; variants of a tune are one observation"
    corrected = ", corrected for the number of pairs" if len(data.pairs) > 1 else ""
    return (
        f"<p>Paired over {tunes}{same}. Beyond chance is what would come by chance in less than "
        f"{1 - data.confidence:.0%} of such comparisons{corrected}.</p>"
    )


def _pair(pair: Pair) -> str:
    better = pair.first if pair.difference < 0 else pair.second
    verdict = f"yes: {text(better)} is better" if pair.beyond_chance else "no"
    if not pair.judged:
        verdict = "too few songs to judge"
    elif pair.p_value is not None:
        verdict += f" (p {_p_word(pair.p_value)})"
    return (
        f'<tr><th scope="row">{text(pair.first)} less {text(pair.second)}</th>'
        f"<td>{_signed(pair.difference)}</td>"
        f"<td>{_signed(pair.low)} to {_signed(pair.high)}</td><td>{verdict}</td></tr>"
    )


def _p_word(p: float) -> str:
    """``= 0.031``, or ``< 0.001``."""
    return "&lt; 0.001" if p < 0.001 else f"= {p:.3f}"


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "\u2212")


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def seeds(numbers: Sequence[int]) -> str:
    return f"{'seed' if len(numbers) == 1 else 'seeds'} {listed(numbers)}"
