"""``melodyrnn predict``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from melodyrnn.cli.options import PATH, RUN, WITH_SHORT_TERM, given, print_result, printing, reading

if TYPE_CHECKING:
    from melodyrnn.workflows.predict import PredictResult


@click.command()
@RUN
@click.argument("primer", required=False, metavar="[TOKENS|FILE]")
@click.option("--count", default=5, show_default=True, help="how many of the likeliest")
@WITH_SHORT_TERM
@reading
@click.option(
    "--output", "-o", type=PATH, help="draw the bars to a file ending in .svg, .png or .pdf, too"
)
@printing
def predict(
    run: Path,
    primer: str | None,
    output: Path | None,
    as_json: bool,
    quiet: bool,
    **settings: Any,
) -> None:
    """Show what a run expects after notes such as 'g8 e8', a song or, of a run on a text,
    characters; without any, what a song begins with.

    With --json also what it expected at each of them: the probability of what stands there, its
    bits (the information that it carries), and the likeliest.
    """
    from melodyrnn.console.language import said
    from melodyrnn.console.predict import show_prediction
    from melodyrnn.workflows.predict import check_picture, predict

    if output is not None:
        check_picture(output)
    result = predict(run, primer, **given(settings))
    paths = [result.write_picture(output, said)] if output is not None else []

    def show(result: "PredictResult") -> None:
        show_prediction(result, paths)

    print_result(result, show, paths, as_json=as_json, quiet=quiet)
