"""``melodyrnn predict``."""

from pathlib import Path
from typing import Any

import click

from melodyrnn.cli.options import RUN, WITH_SHORT_TERM, given, print_json, reading


@click.command()
@RUN
@click.argument("primer", required=False, metavar="[TOKENS|FILE]")
@click.option("--count", default=5, show_default=True, help="how many of the likeliest")
@WITH_SHORT_TERM
@reading
@click.option("--json", "as_json", is_flag=True, help="print one JSON document")
def predict(run: Path, primer: str | None, as_json: bool, **settings: Any) -> None:
    """Show what a run expects after notes such as 'g8 e8', a song or, of a run on a text,
    characters; without any, what a song begins with.

    With --json also what it expected at each of them: the probability of what stands there, its
    bits (the information that it carries), and the likeliest.
    """
    from melodyrnn.workflows.predict import predict

    result = predict(run, primer, **given(settings))
    if as_json:
        print_json(result.to_json())
    else:
        from melodyrnn.console.predict import show_prediction

        show_prediction(result)
