"""A sweep: its table, what came out best, what diverged and what mends it."""

from typing import Any

from rich.console import Console
from rich.text import Text

from melodyrnn.console.tables import table_of


def show_sweep(result: Any, headings: list[str], rows: list[list[str]]) -> None:
    """A SweepResult, and its table as ``summary.pivoted`` gives it."""
    console = Console(highlight=False)
    title = f"{result.target}: {result.score.name}, {len(result.outcomes)} settings"
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
    if result.mendings:
        _show_mendings(console, result)
    console.print(f"\n{result.output}/", soft_wrap=True, markup=False)


def _show_mendings(console: Console, result: Any) -> None:
    seeds = len(result.mendings[0].accuracies)
    table = table_of(
        console, f"What mends a simple RNN of 256 units at 0.1: {seeds} seeds each", "tried"
    )
    for heading in ("accuracy", "least", "most", "diverged"):
        table.add_column(heading, justify="right")
    for mending in result.mendings:
        found = mending.accuracies
        numbers = (sum(found) / len(found), min(found), max(found))
        table.add_row(
            mending.tried, *(f"{n:.1%}" for n in numbers), f"{mending.diverged} of {seeds}"
        )
    console.print(table)
