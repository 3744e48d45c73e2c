"""An inspected song."""

from typing import Any

from rich.bar import Bar
from rich.console import Console
from rich.table import Table
from rich.text import Text

from melodyrnn.console.tables import table_of


def show_song(result: Any) -> None:
    """An InspectResult: codes, windows, ceilings."""
    console = Console(highlight=False)
    song = result.dataset.songs[0].song
    console.print(Text(song.title or result.dataset.songs[0].name, "bold"))
    facts = [f"{len(result.tokens)} notes", str(song.meter), str(song.key)]
    facts += [f"by {song.composer}"] if song.composer else []
    facts += [f"{song.tempo:g} quarters a minute"] if song.tempo else []
    console.print(Text(", ".join(facts) + "\n", "dim"))
    palette = _palette(result.counts)
    console.print(Text(" ").join(Text(token, palette[token]) for token in result.tokens))
    console.print(_codes_table(console, result.counts, palette))
    console.print(_windows_table(console, result))
    console.print(_ceiling_table(console, result))


def _palette(counts: dict[str, int]) -> dict[str, str]:
    colours = ("cyan", "green", "yellow", "magenta", "blue", "red")
    return {code: colours[place % len(colours)] for place, code in enumerate(counts)}


def _codes_table(console: Console, counts: dict[str, int], palette: dict[str, str]) -> Table:
    table = table_of(console, f"{len(counts)} codes", "index", "code", "count", "")
    most = max(counts.values())
    for index, (code, count) in enumerate(counts.items()):
        bar = Bar(most, 0, count, width=30, color=palette[code])
        table.add_row(str(index), Text(code, palette[code]), str(count), bar)
    return table


def _windows_table(console: Console, result: Any, most: int = 10) -> Table:
    symbols = result.dataset.vocabulary.symbols
    table = table_of(
        console, f"{len(result.windows)} windows of {result.window}", "", "seen", "next", ""
    )
    for number, row in enumerate(result.windows[:most].tolist()):
        *seen, following = row
        codes = " ".join(symbols[i] for i in seen)
        numbers = " ".join(map(str, row))
        table.add_row(str(number), codes, symbols[following], Text(numbers, "dim"))
    if len(result.windows) > most:
        table.add_row("…", f"and {len(result.windows) - most} more: --json", "", "")
    return table


def _ceiling_table(console: Console, result: Any) -> Table:
    table = table_of(
        console, "The memoryless ceiling: the most that a window alone can tell", gap=1
    )
    for heading in ("window", *map(str, result.ceiling)):
        table.add_column(heading, justify="right")
    table.add_row("right", *map(str, result.ceiling.values()))
    return table
