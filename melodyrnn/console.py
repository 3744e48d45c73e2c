"""What a person sees on a terminal: progress, tables, colours. 80 columns hold it."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any

from rich.bar import Bar
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

_SECONDS_BEFORE_LINES = 1.0  # what is done sooner, or refused, needs no word of progress
_SECONDS_BETWEEN_LINES = 2.0


@contextmanager
def progress_of(what: str, unit: str, quiet: bool = False) -> Iterator[Any]:
    """Gives ``report(done, all, words)``: a bar on a terminal, a plain line now and then elsewhere.

    All of it goes to standard error, so that standard output holds results only.
    """
    if quiet:
        yield lambda done, all_, words="": None
    elif sys.stderr.isatty():
        with _bar(what, unit) as report:
            yield report
    else:
        begun = Timer(
            _SECONDS_BEFORE_LINES, lambda: print(f"{what} …", file=sys.stderr, flush=True)
        )
        begun.start()
        try:
            yield _lines(what, unit)
        finally:
            begun.cancel()


@contextmanager
def _bar(what: str, unit: str) -> Iterator[Any]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),  # a file's name may look like markup
        BarColumn(None),
        TextColumn("{task.fields[words]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None, words="starting")
        start = None

        def report(done: int, all_: int, words: str = "") -> None:
            nonlocal start
            start = start or (time.monotonic(), done)
            told = _told(unit, done, all_, words, start)
            bar.update(task, completed=done, total=all_, words=told)

        yield report


def _lines(what: str, unit: str) -> Any:
    last, start = time.monotonic(), None

    def report(done: int, all_: int, words: str = "") -> None:
        nonlocal last, start
        start = start or (time.monotonic(), done)
        if time.monotonic() - last >= _SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            _print(f"{what}: {_told(unit, done, all_, words, start)}")

    return report


def _print(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _told(unit: str, done: int, all_: int, words: str, start: tuple[float, int]) -> str:
    """``epoch 40/2000 loss 1.234 right 55% ≤0:41``; the time left is at the pace so far, and
    learning may well end sooner.
    """
    began, first = start
    parts = [f"{unit} {done}/{all_}", words]
    if done > first:
        seconds = round((time.monotonic() - began) / (done - first) * (all_ - done))
        parts.append(f"≤{seconds // 60}:{seconds % 60:02}")
    return " ".join(filter(None, parts))


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
    table = _table(console, f"{len(counts)} codes", "index", "code", "count", "")
    most = max(counts.values())
    for index, (code, count) in enumerate(counts.items()):
        bar = Bar(most, 0, count, width=30, color=palette[code])
        table.add_row(str(index), Text(code, palette[code]), str(count), bar)
    return table


def _windows_table(console: Console, result: Any, most: int = 10) -> Table:
    symbols = result.dataset.vocabulary.symbols
    table = _table(
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
    table = _table(console, "The memoryless ceiling: the most that a window alone can tell", gap=1)
    for heading in ("window", *map(str, result.ceiling)):
        table.add_column(heading, justify="right")
    table.add_row("right", *map(str, result.ceiling.values()))
    return table


def show_comparison(result: Any) -> None:
    """A CompareResult: memory first, then, apart, what was never heard."""
    console = Console(highlight=False)
    top = result.ceiling
    console.print(
        f"The memoryless ceiling of windows of {top.window}: "
        f"[bold]{top.right}/{top.all}[/] in one step"
    )
    table = _table(console, "Memory: of songs heard in training", gap=1)
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
    table = _table(
        console, f"Generalising: {unheard.songs} songs held out, {unheard.notes} notes", "model"
    )
    table.add_column("bits a note", justify="right")
    table.add_column(f"{unheard.confidence:.0%} interval", justify="right")
    for row in unheard.rows:
        table.add_row(row.model, f"{row.bits_per_note:.3f}", f"{row.low:.3f} to {row.high:.3f}")
    console.print(table)
    if unheard.pairs:
        table = _table(console, "Differences, paired over songs", "first", "less second")
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


def _table(console: Console, title: str, *headings: str, gap: int = 2) -> Table:
    """A table to fill; its title is printed at once, for rich would wrap it to the table."""
    console.print(f"\n[bold]{title}[/]")
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="dim")
    for heading in headings:
        table.add_column(heading)
    return table
