"""Models side by side."""

from typing import Any

from rich.console import Console

from melodyrnn.console.tables import table_of


def show_comparison(result: Any) -> None:
    """A CompareResult: memory first, then, apart, what was never heard."""
    console = Console(highlight=False)
    top = result.ceiling
    console.print(
        f"The memoryless ceiling of windows of {top.window}: "
        f"[bold]{top.right}/{top.all}[/] in one step"
    )
    table = table_of(console, "Memory: of songs heard in training", gap=1)
    table.add_column("model", no_wrap=True)
    tests = (f"one step/{top.all}", f"whole/{top.all}")
    for heading in ("weights", "epochs", "time", *tests, "bits", "leaves"):
        table.add_column(heading, justify="right")
    for row in result.rows:
        table.add_row(
            row.model,
            f"{row.parameters:,}" if row.parameters is not None else "",
            f"{row.epochs.mean:.0f}" if row.epochs else "",
            f"{row.seconds.mean:.1f} s" if row.seconds else "",
            _spread(row.one_step),
            _spread(row.whole_song),
            f"{row.bits_per_note.mean:.2f}",
            "–" if row.first_wrong is None else f"note {row.first_wrong}",
        )
    console.print(table)
    if result.held_out:
        _show_held_out(console, result)
    console.print(f"\n{result.sentence}\n", markup=False)
    console.print(str(result.report), soft_wrap=True, markup=False)


def _show_held_out(console: Console, result: Any) -> None:
    unheard = result.held_out
    table = table_of(
        console, f"Generalising: {unheard.songs} songs held out, {unheard.notes} notes", "model"
    )
    table.add_column("bits a note", justify="right")
    table.add_column(f"{unheard.confidence:.0%} interval", justify="right")
    for row in unheard.rows:
        table.add_row(row.model, f"{row.bits_per_note:.3f}", f"{row.low:.3f} to {row.high:.3f}")
    console.print(table)
    if unheard.pairs:
        table = table_of(console, "Differences, paired over songs", "first", "less second")
        for heading in ("bits a note", f"{unheard.confidence:.0%} interval", "beyond chance"):
            table.add_column(heading, justify="right")
        for pair in unheard.pairs:
            interval = f"{pair.low:+.3f} to {pair.high:+.3f}"
            beyond = "yes" if pair.beyond_chance else "no"
            table.add_row(pair.first, pair.second, f"{pair.difference:+.3f}", interval, beyond)
        console.print(table)


def _spread(rights: Any) -> str:
    """The mean and, where seeds differ, the range: ``44.8 (44–45)``."""
    if rights.low == rights.high:
        return f"{rights.mean:.0f}"
    digits = 1 if rights.mean < 100 else 0
    return f"{rights.mean:.{digits}f} ({rights.low:.0f}–{rights.high:.0f})"
