"""Models side by side."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console

from melodyrnn.console.language import phrase, said
from melodyrnn.console.tables import table_of

if TYPE_CHECKING:
    from melodyrnn.experiments.comparison.compare import CompareResult
    from melodyrnn.render.pages.comparison_data import Ceiling, HeldOut, MemoryRow, Spread


def show_comparison(result: "CompareResult") -> None:
    """How one song is remembered, or how songs held out are predicted."""
    console = Console(highlight=False)
    if result.ceiling:
        _show_memory(console, result.ceiling, result.rows)
    if result.held_out:
        _show_held_out(console, result.held_out)
    console.print(f"\n{said(result.sentence)}\n", markup=False)
    console.print(str(result.report), soft_wrap=True, markup=False)


def _show_memory(console: Console, top: "Ceiling", rows: Sequence["MemoryRow"]) -> None:
    console.print(
        phrase(
            "The memoryless ceiling of windows of {window}: [bold]{right}/{all}[/] in one step",
            window=top.window,
            right=top.right,
            all=top.all,
        )
    )
    table = table_of(console, said("Memory: songs of the training set"), gap=1)
    table.add_column(said("model"), no_wrap=True)
    tests = (f"{said('one step')}/{top.all}", f"{said('whole')}/{top.all}")
    columns = said("parameters"), said("epochs"), said("time")
    for heading in (*columns, *tests, said("bits"), said("first\nerror")):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            row.model,
            f"{row.parameters:,}" if row.parameters is not None else "",
            f"{row.epochs.mean:.0f}" if row.epochs else "",
            phrase("{seconds:.1f} s", seconds=row.seconds.mean) if row.seconds else "",
            _spread(row.one_step),
            _spread(row.whole_song),
            f"{row.bits_per_note.mean:.2f}" if row.bits_per_note else "",
            "–" if row.first_wrong is None else phrase("note {number}", number=row.first_wrong),
        )
    console.print(table)


def _show_held_out(console: Console, held_out: "HeldOut") -> None:
    title = phrase("Generalising: {songs} songs held out", songs=held_out.songs)
    table = table_of(console, f"{title}\n{said(held_out.scored)}", said("model"))
    interval = phrase("{confidence:.0%} interval", confidence=held_out.confidence)
    table.add_column(said("bits per note"), justify="right")
    table.add_column(interval, justify="right")
    for row in held_out.rows:
        between = phrase("{low:.3f} to {high:.3f}", low=row.low, high=row.high)
        table.add_row(row.model, f"{row.bits_per_note:.3f}", between)
    console.print(table)
    if held_out.pairs:
        title = phrase(
            "Differences in bits per note, paired over {tunes} tunes", tunes=held_out.independent
        )
        table = table_of(console, title, said("first"), said("less second"), gap=1)
        for heading in (said("bits"), interval, "p", said("beyond chance")):
            table.add_column(heading, justify="right")
        for pair in held_out.pairs:
            between = phrase("{low:+.3f} to {high:+.3f}", low=pair.low, high=pair.high)
            beyond = said("yes" if pair.beyond_chance else "no" if pair.judged else "too few tunes")
            p = "–" if pair.p_value is None else _p_word(pair.p_value)
            difference = f"{pair.difference:+.3f}"
            table.add_row(pair.first, pair.second, difference, between, p, beyond)
        console.print(table)


def _p_word(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _spread(spread: "Spread") -> str:
    """The mean and, where seeds differ, the range: ``44.8 (44–45)``."""
    if spread.low == spread.high:
        return f"{spread.mean:.0f}"
    digits = 1 if spread.mean < 100 else 0
    return f"{spread.mean:.{digits}f} ({spread.low:.0f}–{spread.high:.0f})"
