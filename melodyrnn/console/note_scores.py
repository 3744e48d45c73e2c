"""How well notes are predicted."""

from typing import Any

from rich.console import Console

from melodyrnn.console.tables import table_of


def show_note_scores(scores: Any) -> None:
    """NoteScores: pitch, duration and both, with intervals where songs differ."""
    console = Console(highlight=False)
    document = scores.to_json()
    title = f"{scores.notes:,} notes, each predicted from those before it"
    table = table_of(console, title, "of a note")
    for heading in ("bits", "perplexity", "correct"):
        table.add_column(heading, justify="right")
        if document["confidence"]:
            table.add_column(f"{document['confidence']:.0%} interval", justify="right")
    for name, predicted in scores.predicted.items():
        cells = []
        for interval, form in (
            (predicted.bits, ".3f"),
            (predicted.perplexity, ".2f"),
            (predicted.right, ".1%"),
        ):
            cells.append(f"{interval.value:{form}}")
            if document["confidence"]:
                cells.append(f"{interval.low:{form}}–{interval.high:{form}}")
        table.add_row(name, *cells)
    console.print(table)
