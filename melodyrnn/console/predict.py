"""What a run expects next."""

from typing import TYPE_CHECKING

from rich.bar import Bar
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from melodyrnn.console.language import phrase, said
from melodyrnn.console.tables import table_of

if TYPE_CHECKING:
    from melodyrnn.workflows.predict import PredictResult

_SHOWN = 8
"""Tokens before the place, which are named."""


def show_prediction(result: "PredictResult") -> None:
    """Bars: how probable each of the likeliest tokens is after those that were given."""
    console = Console(highlight=False)
    unit = result.run.task.unit
    last = [_written(each.token or "") for each in result.given[-_SHOWN:]]
    before = "… " * (len(result.given) > _SHOWN)
    title = said("Expected at the beginning")
    if last:
        title = phrase("Expected after {tokens}", tokens=before + " ".join(last))
    table = table_of(console, escape(title), said(unit), said("probability"), "")
    most = result.next.likeliest[0].probability
    for token, probability in result.next.likeliest:
        bar = Bar(most, 0, probability, width=30)
        table.add_row(Text(_written(token)), f"{probability:.1%}", bar)
    console.print(table)


def _written(token: str) -> str:
    """A character that nobody would see is named."""
    return token if token.isprintable() and not token.isspace() else repr(token)
