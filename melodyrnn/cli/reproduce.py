"""``melodyrnn reproduce``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from melodyrnn.cli.group import INTERRUPTED
from melodyrnn.cli.measures import show_rows
from melodyrnn.cli.options import PATH, RUN, given, print_result, printing
from melodyrnn.system.sentences import Sentence

if TYPE_CHECKING:
    from melodyrnn.workflows.reproduce import ReproduceResult

_MOST = 10
"""Figures that are printed where many differ."""


@click.command()
@RUN
@click.argument("texts", nargs=-1, type=PATH, metavar="[TEXT]...")
@click.option("--output", "-o", type=PATH, help="the run folder to make")
@click.option(
    "--from",
    "from_run",
    type=PATH,
    metavar="RUN",
    help="the run that it was fine-tuned from  [default: of its name beside it, or carried]",
)
@click.option(
    "--within",
    type=click.FloatRange(min=0),
    help="differences of figures up to this are agreement  [default: 0, to the last digit]",
)
@printing
def reproduce(
    run: Path, texts: tuple[Path, ...], as_json: bool, quiet: bool, **settings: Any
) -> None:
    """Train a run again from its record alone, and say whether the figures agree.

    The songs are those that the run keeps, checked by their digests; a run on text keeps none, and
    its files are named. The exit status is 1 where a figure differs.
    """
    from melodyrnn.console.progress import progress_of
    from melodyrnn.workflows.reproduce import reproduce

    with progress_of(
        Sentence("learning {name} again", name=run.name), quiet or as_json
    ) as progress:
        result = reproduce(run, texts, progress=progress, **given(settings))
    print_result(result, _show, result.trained.files, as_json=as_json, quiet=quiet)
    if result.interrupted:
        click.echo("stopped early; what was trained so far is not compared", err=True)
        sys.exit(INTERRUPTED)
    if not result.agrees:
        sys.exit(1)


def _show(result: "ReproduceResult") -> None:
    click.echo(f"{result.trained.run.path}, {result.run.path} trained again")
    count, differing = len(result.figures), result.differing
    how = f"within {result.within:g}" if result.within else "to the last digit"
    rows = [("figures", f"{count - len(differing)} of {count}", f"agree {how}")]
    if arrays := result.weights:
        same = sum(not difference for difference in arrays.values())
        largest = max(arrays.values())
        about = "arrays agree bit for bit"
        about += f"; the largest difference is {largest:.2g}" if largest else ""
        rows.append(("weights", f"{same} of {len(arrays)}", about))
    show_rows(*rows)
    for each in differing[:_MOST]:
        click.echo(f"  {each.name}: {each.before} then, {each.again} now")
    if (more := len(differing) - _MOST) > 0:
        click.echo(f"  and {more:,} more; --json has all")
    for each in result.versions:
        click.echo(f"  {each.name} was {each.before}, is {each.again}")
