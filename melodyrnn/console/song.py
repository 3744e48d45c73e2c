"""An inspected song."""

from typing import TYPE_CHECKING

from rich.bar import Bar
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from melodyrnn.console.tables import table_of

if TYPE_CHECKING:
    from melodyrnn.workflows.inspect import InspectResult


def show_song(result: "InspectResult") -> None:
    """The tracks of its file, the tokens of a song, its windows, the memoryless ceilings."""
    console = Console(highlight=False)
    song = result.dataset.songs[0].song
    console.print(Text(song.title or result.dataset.songs[0].name, "bold"))
    facts = [f"{len(result.tokens)} notes", str(song.meter), str(song.key)]
    facts += [f"by {song.composer}"] if song.composer else []
    facts += [f"{song.tempo:g} quarter notes per minute"] if song.tempo else []
    console.print(Text(", ".join(facts) + "\n", "dim"))
    if result.choice and len(result.choice.voices) > 1:
        console.print(_tracks_table(console, result))
    palette = _palette(result.counts)
    console.print(Text(" ").join(Text(token, palette[token]) for token in result.tokens))
    console.print(_tokens_table(console, result.counts, palette))
    console.print(_windows_table(console, result))
    console.print(_ceiling_table(console, result))


def _tracks_table(console: Console, result: "InspectResult") -> Table:
    """What speaks for each track, the one taken in bold."""
    choice = result.choice
    assert choice, "a file has tracks"
    title = escape(f"{len(choice.voices)} tracks; took {choice.label}, {choice.why}")
    headings = ("track", "name", "notes", "sounds", "overlap", "height", "leaps", "words", "score")
    table = table_of(console, title, *headings)
    for number, evidence in enumerate(choice.evidence):
        row = (
            str(number + 1),
            Text(choice.voices[number].name),
            f"{evidence.notes:,}",
            f"{evidence.coverage:.0%}",
            f"{evidence.overlap:.0%}",
            str(evidence.mean_pitch),
            f"{evidence.leap:.1f}",
            f"{evidence.sung:.0%}",
            f"{evidence.score:.1f}",
        )
        table.add_row(*row, style="bold" if number == choice.taken else "")
    return table


def _palette(counts: dict[str, int]) -> dict[str, str]:
    colours = ("cyan", "green", "yellow", "magenta", "blue", "red")
    return {token: colours[place % len(colours)] for place, token in enumerate(counts)}


def _tokens_table(console: Console, counts: dict[str, int], palette: dict[str, str]) -> Table:
    table = table_of(console, f"{len(counts)} tokens", "index", "token", "count", "")
    most = max(counts.values())
    for index, (token, count) in enumerate(counts.items()):
        bar = Bar(most, 0, count, width=30, color=palette[token])
        table.add_row(str(index), Text(token, palette[token]), str(count), bar)
    return table


def _windows_table(console: Console, result: "InspectResult", most: int = 10) -> Table:
    symbols = result.dataset.vocabulary.symbols
    table = table_of(
        console, f"{len(result.windows)} windows of {result.window}", "", "window", "next", ""
    )
    for number, row in enumerate(result.windows[:most].tolist()):
        *seen, following = row
        tokens = " ".join(symbols[i] for i in seen)
        numbers = " ".join(map(str, row))
        table.add_row(str(number), tokens, symbols[following], Text(numbers, "dim"))
    if len(result.windows) > most:
        table.add_row("…", f"and {len(result.windows) - most} more: --json", "", "")
    return table


def _ceiling_table(console: Console, result: "InspectResult") -> Table:
    table = table_of(
        console,
        "The memoryless ceiling: the best of any predictor that sees the window only",
        gap=1,
    )
    for heading in ("window", *map(str, result.ceiling)):
        table.add_column(heading, justify="right")
    table.add_row("correct", *map(str, result.ceiling.values()))
    return table
