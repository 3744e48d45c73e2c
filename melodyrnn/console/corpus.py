"""Corpora, and what is in one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from melodyrnn.console.tables import table_of

if TYPE_CHECKING:
    from melodyrnn.workflows.corpus import Contents, Listed

_MOST = 8


def show_list(corpora: Sequence["Listed"]) -> None:
    """Listed corpora, a row each."""
    console = Console(highlight=False)
    table = table_of(console, "Corpora, of this package and of music21", "name")
    table.columns[0].no_wrap = True
    table.add_column("tunes", justify="right")
    table.add_column("tradition")
    table.add_column("about")
    for one in corpora:
        table.add_row(one.name, f"{one.tunes:,}", one.tradition, one.about)
    console.print(table)


def show_contents(result: "Contents", report: bool) -> None:
    """What songs hold; with ``report`` every tune left out, too."""
    console = Console(highlight=False)
    console.print(f"[bold]{result.tunes:,}[/] tunes, {result.notes:,} notes")
    pitches = f"{result.lowest_name} to {result.highest_name}, {len(result.pitches)} of them"
    rows = [
        ("different", f"{result.different:,}, near-duplicates counted once"),
        (
            "notes",
            f"{result.shortest:,} to {result.longest:,} a tune, median {result.middle:,}",
        ),
        ("pitches", pitches),
        ("meters", _counts(result.meters)),
        ("keys", _counts(result.keys)),
        ("left out", f"{len(result.left_out):,}{_reasons(result)}"),
    ]
    _print_rows(console, rows)
    console.print()
    _print_rows(console, result.titles)
    if report:
        for line in (*result.left_out, *result.remarks):
            console.print(line, soft_wrap=True, markup=False)


def _print_rows(console: Console, rows: Iterable[tuple[str, str]]) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, words in rows:
        table.add_row(Text(name, "dim"), Text(words))
    console.print(table)


def _counts(counts: Mapping[str, int]) -> str:
    first = [f"{name} ({count:,})" for name, count in list(counts.items())[:_MOST]]
    return ", ".join(first) + (f" and {len(counts) - _MOST} more" if len(counts) > _MOST else "")


def _reasons(result: "Contents") -> str:
    return f": {result.reasons}; --report lists them" if result.left_out else ""
