"""How well notes are told."""

from typing import Any

from rich.console import Console

from melodyrnn.console.tables import table_of


def show_telling(telling: Any) -> None:
    """A Telling: pitch, duration and both, with intervals where songs differ."""
    console = Console(highlight=False)
    document = telling.to_json()
    title = f"{telling.notes:,} notes, each told from those before it"
    table = table_of(console, title, "of a note")
    for heading in ("bits", "perplexity", "right"):
        table.add_column(heading, justify="right")
        if document["confidence"]:
            table.add_column(f"{document['confidence']:.0%} interval", justify="right")
    for name, told in telling.told.items():
        cells = []
        for interval, form in ((told.bits, ".3f"), (told.perplexity, ".2f"), (told.right, ".1%")):
            cells.append(f"{interval.value:{form}}")
            if document["confidence"]:
                cells.append(f"{interval.low:{form}}–{interval.high:{form}}")
        table.add_row(name, *cells)
    console.print(table)
