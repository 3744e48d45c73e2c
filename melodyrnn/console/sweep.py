"""A sweep: its table, what came out best, what diverged and what helps."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from melodyrnn.console.tables import table_of

if TYPE_CHECKING:
    from melodyrnn.experiments.sweep.images_grid import Remedy
    from melodyrnn.experiments.sweep.sweep import SweepResult


def show_sweep(result: "SweepResult") -> None:
    """The outcomes of a grid, a setting side by side with another."""
    console = Console(highlight=False)
    summary = result.summary
    measured = f"{result.score.name}{summary.on_set}"
    title = f"{result.target}: {measured}, {len(result.outcomes)} settings"
    headings, rows = summary.table()
    table = table_of(console, title)
    for heading in headings:
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(*(Text(cell, "red" if cell.endswith("*") else "") for cell in row))
    console.print(table)
    console.print()
    if any(outcome.diverged for outcome in result.outcomes):
        console.print(Text("* diverged", "dim"))
    for sentence in result.sentences:
        console.print(sentence, markup=False)
    if result.remedies:
        _show_remedies(console, result.remedies)
    console.print(f"\n{result.output}/", soft_wrap=True, markup=False)


def _show_remedies(console: Console, remedies: Sequence["Remedy"]) -> None:
    seeds = len(remedies[0].accuracies)
    title = f"Remedies for divergence: a simple RNN, 256 units, rate 0.1; {seeds} seeds each"
    table = table_of(console, title, "remedy")
    for heading in ("accuracy", "least", "most", "diverged"):
        table.add_column(heading, justify="right")
    for remedy in remedies:
        found = remedy.accuracies
        numbers = (sum(found) / len(found), min(found), max(found))
        table.add_row(remedy.tried, *(f"{n:.1%}" for n in numbers), f"{remedy.diverged} of {seeds}")
    console.print(table)
