"""How well notes are predicted."""

from typing import TYPE_CHECKING

from rich.console import Console

from melodyrnn.console.language import phrase, said
from melodyrnn.console.tables import table_of
from melodyrnn.system.sentences import template

if TYPE_CHECKING:
    from melodyrnn.evaluation.note_scores import NoteScores


def show_note_scores(scores: "NoteScores", header_bits: float | None = None) -> None:
    """Pitch, duration and both, with confidence intervals where there are several songs.

    ``header_bits``: per note, what it takes to say meter, key and pickup beside them.
    """
    console = Console(highlight=False)
    document = scores.to_json()
    known = template("{notes:,} notes, each predicted from those before it")
    unknown = template(
        "{notes:,} notes, {unknown:,} of them unknown, each predicted from those before it"
    )
    title = unknown if scores.unknown else known
    title = phrase(title, notes=scores.notes, unknown=scores.unknown)
    table = table_of(console, title, said("attribute"))
    for heading in (template("bits"), template("perplexity"), template("correct")):
        table.add_column(said(heading), justify="right")
        if confidence := document["confidence"]:
            heading = phrase("{confidence:.0%} interval", confidence=confidence)
            table.add_column(heading, justify="right")
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
        table.add_row(said(name), *cells)
    if scores.has_ends:
        cells = [f"{scores.with_end.value:.3f}"]
        if document["confidence"]:
            cells.append(f"{scores.with_end.low:.3f}–{scores.with_end.high:.3f}")
        table.add_row(said("with end"), *cells)
    if header_bits is not None:
        table.add_row(said("header"), f"{header_bits:.3f}")
    console.print(table)
