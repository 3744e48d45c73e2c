"""What a run expects next."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.bar import Bar
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from melodyrnn.console.language import said
from melodyrnn.console.tables import table_of

if TYPE_CHECKING:
    from melodyrnn.workflows.predict import PredictResult


def show_prediction(result: "PredictResult", files: Sequence[Path] = ()) -> None:
    """Bars: how probable each of the likeliest tokens is after those that were given; and the
    ``files`` written.
    """
    console = Console(highlight=False)
    headings = said(result.run.task.unit), said("probability")
    table = table_of(console, escape(said(result.title)), *headings, "")
    most = result.next.likeliest[0].probability
    for each in result.next.likeliest:
        bar = Bar(most, 0, each.probability, width=30)
        table.add_row(Text(each.shown), f"{each.probability:.1%}", bar)
    console.print(table)
    for path in files:
        console.print(f"\n{path}", markup=False, soft_wrap=True)
