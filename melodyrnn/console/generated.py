"""Generated songs beside those they came from."""

from collections.abc import Callable, Mapping
from statistics import median
from typing import TYPE_CHECKING

from rich.console import Console

from melodyrnn.console.tables import table_of

if TYPE_CHECKING:
    from melodyrnn.evaluation.generated import Average, GeneratedFigures, MeasuredSongs

_MOST = 3


def show_generated(result: "GeneratedFigures") -> None:
    """Figures of generated songs and of others, and what was copied most."""
    console = Console(highlight=False)
    sets = result.sets
    counts = [f"{len(songs.songs):,} {name.replace('_', ' ')}" for name, songs in sets.items()]
    table = table_of(console, f"Songs: {', '.join(counts)}", "mean ± deviation")
    for name in sets:
        table.add_column(name.replace("_", " "), justify="right")
    for name, unit in result.units.items():
        label = name.replace("_", " ") + (f", {unit}" if unit else "")
        table.add_row(label, *(_average(songs.averages[name]) for songs in sets.values()))
    table.add_row(
        "most common interval, semitones", *(_most(s.intervals, "+d") for s in sets.values())
    )
    table.add_row(
        "most common duration, quarters", *(_most(s.durations, "") for s in sets.values())
    )
    table.add_row("end in a loop", *(f"{s.loops / len(s.songs):.0%}" for s in sets.values()))
    table.add_row("longest copy, notes, median", *(_notes(s, median) for s in sets.values()))
    table.add_row("longest copy, notes, most", *(_notes(s, max) for s in sets.values()))
    console.print(table)
    console.print("\n[bold]Copied most[/]")
    copied = [(song.name, song.copied) for song in result.generated.songs if song.copied]
    for name, (notes, other, start, place) in sorted(copied, key=lambda song: -song[1].notes)[
        :_MOST
    ]:
        where = f"from note {start + 1}, stand in {other}, from note {place + 1}"
        console.print(f"{name}: {notes} notes in a row, {where}", markup=False)


def _average(average: "Average | None") -> str:
    if average is None:
        return "–"
    digits = 1 if average.mean >= 10 else 2
    return f"{average.mean:.{digits}f} ± {average.deviation:4.{digits}f}"


def _most(shares: Mapping[int, float] | Mapping[str, float], form: str) -> str:
    for value, share in shares.items():
        return f"{value:{form}} ({share:.0%})"
    return "–"


def _notes(songs: "MeasuredSongs", figure: Callable[[tuple[int, ...]], float]) -> str:
    return f"{figure(songs.copies):g}" if songs.copies else "–"
