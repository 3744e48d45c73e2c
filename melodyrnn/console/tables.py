"""Tables of one look."""

from rich.console import Console
from rich.table import Table


def table_of(console: Console, title: str, *headings: str, gap: int = 2) -> Table:
    """A table to fill; its title is printed at once, for rich would wrap it to the table."""
    console.print(f"\n[bold]{title}[/]")
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="dim")
    for heading in headings:
        table.add_column(heading)
    return table


def print_wrapped(text: str) -> None:
    """``text`` in lines of 78 columns at most; a Korean letter takes two."""
    Console(highlight=False, width=78).print(text, markup=False)
