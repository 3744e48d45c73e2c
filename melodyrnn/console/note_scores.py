"""How well notes are predicted."""

from typing import TYPE_CHECKING

from rich.console import Console

from melodyrnn.console.tables import table_of

if TYPE_CHECKING:
    from melodyrnn.evaluation.note_scores import NoteScores


def show_note_scores(scores: "NoteScores", header_bits: float | None = None) -> None:
    """Pitch, duration and both, with confidence intervals where there are several songs.

    ``header_bits``: per note, what it takes to say meter, key and pickup beside them.
    """
    console = Console(highlight=False)
    document = scores.to_json()
    unknown = f", {scores.unknown:,} of them unknown," if scores.unknown else ","
    title = f"{scores.notes:,} notes{unknown} each predicted from those before it"
    table = table_of(console, title, "attribute")
    for heading in ("bits", "perplexity", "correct"):
        table.add_column(heading, justify="right")
        if document["confidence"]:
            table.add_column(f"{document['confidence']:.0%} interval", justify="right")
    for name, score in scores.predicted.items():
        cells = []
        for interval, form in (
            (score.bits, ".3f"),
            (score.perplexity, ".2f"),
            (score.right, ".1%"),
        ):
            cells.append(f"{interval.value:{form}}")
            if document["confidence"]:
                cells.append(f"{interval.low:{form}}–{interval.high:{form}}")
        table.add_row(name, *cells)
    if scores.has_ends:
        cells = [f"{scores.with_end.value:.3f}"]
        if document["confidence"]:
            cells.append(f"{scores.with_end.low:.3f}–{scores.with_end.high:.3f}")
        table.add_row("with end", *cells)
    if header_bits is not None:
        table.add_row("header", f"{header_bits:.3f}")
    console.print(table)
