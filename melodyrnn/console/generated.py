"""Generated songs beside those they came from."""

from statistics import median
from typing import Any

from rich.console import Console

from melodyrnn.console.tables import table_of

_MOST = 3


def show_generated(result: Any) -> None:
    """An EvaluateGeneratedResult."""
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
    ranked = sorted(result.generated.songs, key=lambda song: -song.copied.notes)
    for song in ranked[:_MOST]:
        notes, other, start, place = song.copied
        where = f"from note {start + 1}, stand in {other}, from note {place + 1}"
        console.print(f"{song.name}: {notes} notes in a row, {where}", markup=False)


def _average(average: Any) -> str:
    if average is None:
        return "–"
    digits = 1 if average.mean >= 10 else 2
    return f"{average.mean:.{digits}f} ± {average.deviation:4.{digits}f}"


def _most(shares: dict[Any, float], form: str) -> str:
    for value, share in shares.items():
        return f"{value:{form}} ({share:.0%})"
    return "–"


def _notes(songs: Any, figure: Any) -> str:
    return f"{figure(songs.copies):g}" if songs.copies else "–"
