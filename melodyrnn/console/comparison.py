"""Models side by side."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console

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
    console.print(f"\n{result.sentence}\n", markup=False)
    console.print(str(result.report), soft_wrap=True, markup=False)


def _show_memory(console: Console, top: "Ceiling", rows: Sequence["MemoryRow"]) -> None:
    console.print(
        f"The memoryless ceiling of windows of {top.window}: "
        f"[bold]{top.right}/{top.all}[/] in one step"
    )
    table = table_of(console, "Memory: songs of the training set", gap=1)
    table.add_column("model", no_wrap=True)
    tests = (f"one step/{top.all}", f"whole/{top.all}")
    for heading in ("parameters", "epochs", "time", *tests, "bits", "first\nerror"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            row.model,
            f"{row.parameters:,}" if row.parameters is not None else "",
            f"{row.epochs.mean:.0f}" if row.epochs else "",
            f"{row.seconds.mean:.1f} s" if row.seconds else "",
            _spread(row.one_step),
            _spread(row.whole_song),
            f"{row.bits_per_note.mean:.2f}" if row.bits_per_note else "",
            "–" if row.first_wrong is None else f"note {row.first_wrong}",
        )
    console.print(table)


def _show_held_out(console: Console, held_out: "HeldOut") -> None:
    title = f"Generalising: {held_out.songs} songs held out\n{held_out.scored}"
    table = table_of(console, title, "model")
    table.add_column("bits per note", justify="right")
    table.add_column(f"{held_out.confidence:.0%} interval", justify="right")
    for row in held_out.rows:
        table.add_row(row.model, f"{row.bits_per_note:.3f}", f"{row.low:.3f} to {row.high:.3f}")
    console.print(table)
    if held_out.pairs:
        title = f"Differences in bits per note, paired over {held_out.independent} tunes"
        table = table_of(console, title, "first", "less second", gap=1)
        interval = f"{held_out.confidence:.0%} interval"
        for heading in ("bits", interval, "p", "beyond chance"):
            table.add_column(heading, justify="right")
        for pair in held_out.pairs:
            interval = f"{pair.low:+.3f} to {pair.high:+.3f}"
            beyond = "yes" if pair.beyond_chance else "no" if pair.judged else "too few tunes"
            p = "–" if pair.p_value is None else _p_word(pair.p_value)
            table.add_row(pair.first, pair.second, f"{pair.difference:+.3f}", interval, p, beyond)
        console.print(table)


def _p_word(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _spread(spread: "Spread") -> str:
    """The mean and, where seeds differ, the range: ``44.8 (44–45)``."""
    if spread.low == spread.high:
        return f"{spread.mean:.0f}"
    digits = 1 if spread.mean < 100 else 0
    return f"{spread.mean:.{digits}f} ({spread.low:.0f}–{spread.high:.0f})"
