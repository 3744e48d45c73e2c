"""An inspected run."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from melodyrnn.console.tables import table_of

if TYPE_CHECKING:
    from melodyrnn.workflows.inspect import InspectRunResult


def show_run(result: "InspectRunResult") -> None:
    """What it is, what it came from, and what was measured."""
    console, record = Console(highlight=False), result.record
    console.print(Text(result.run.path.name, "bold"))
    facts = [record.model.model, f"learned {record.task}", f"{len(record.vocabulary):,} tokens"]
    facts += [f"{record.epochs} epochs in {record.seconds:.0f} s"] if record.epochs else []
    console.print(Text(", ".join([*facts, record.status]), "dim"))
    asked = (("track", record.track), ("grid", record.grid))
    if read_as := [f"--{name} {value}" for name, value in asked if value]:
        console.print(Text(f"files were read with {' '.join(read_as)}"))
    if base := record.base:
        console.print(Text(f"fine-tuned from {base}: {base.songs:,} songs learned before"))
    songs = record.metrics.get("songs")
    if isinstance(songs, dict):
        parts = (
            f"{count:,} {name.replace('_', ' ')}"
            for name, count in songs.items()
            if isinstance(count, int)
        )
        console.print(Text(f"songs: {', '.join(parts)}"))
    table = table_of(console, "Measured", "", "")
    for name, value in record.metrics.items():
        if isinstance(value, float):
            table.add_row(Text(name.replace("_", " ")), f"{value:.3f}")
        elif isinstance(value, int):
            table.add_row(Text(name.replace("_", " ")), f"{value:,}")
    console.print(table)
