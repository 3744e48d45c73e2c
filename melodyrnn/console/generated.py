"""Generated songs beside those they came from."""

from collections.abc import Callable, Mapping
from statistics import median
from typing import TYPE_CHECKING

from rich.console import Console

from melodyrnn.console.language import phrase, said
from melodyrnn.console.tables import table_of
from melodyrnn.system.sentences import Sentence, listed, template

if TYPE_CHECKING:
    from melodyrnn.evaluation.generated import Average, GeneratedFigures, MeasuredSongs

_MOST = 3


def show_generated(result: "GeneratedFigures") -> None:
    """Figures of generated songs and of others, and what was copied most."""
    console = Console(highlight=False)
    sets = result.sets
    counts = [
        Sentence("{count:,} {kind}", count=len(songs.songs), kind=_words(name))
        for name, songs in sets.items()
    ]
    title = phrase("Songs: {counts}", counts=listed(*counts))
    table = table_of(console, title, said("mean ± deviation"))
    for name in sets:
        table.add_column(said(_words(name)), justify="right")
    for name, unit in result.units.items():
        label = said(listed(_words(name), unit))
        table.add_row(label, *(_average(songs.averages[name]) for songs in sets.values()))
    for label, figure in _ROWS.items():
        table.add_row(said(label), *map(figure, sets.values()))
    console.print(table)
    console.print(f"\n[bold]{said('Copied most')}[/]")
    copied = [(song.name, song.copied) for song in result.generated.songs if song.copied]
    for name, (notes, other, start, place) in sorted(copied, key=lambda song: -song[1].notes)[
        :_MOST
    ]:
        copy = Sentence(
            "{name}: {notes} notes in a row, from note {start}, stand in {other}, from note "
            "{place}",
            name=name,
            notes=notes,
            start=start + 1,
            other=other,
            place=place + 1,
        )
        console.print(said(copy), markup=False)


def _words(name: str) -> str:
    return name.replace("_", " ")


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


_ROWS: dict[str, Callable[["MeasuredSongs"], str]] = {
    template("most common interval, semitones"): lambda s: _most(s.intervals, "+d"),
    template("most common duration, quarters"): lambda s: _most(s.durations, ""),
    template("end in a loop"): lambda s: f"{s.loops / len(s.songs):.0%}",
    template("longest copy, notes, median"): lambda s: _notes(s, median),
    template("longest copy, notes, most"): lambda s: _notes(s, max),
}
"""What stands below the averages -> what is said of each set."""
