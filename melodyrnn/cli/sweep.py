"""``melodyrnn sweep``."""

import sys
from pathlib import Path
from typing import Any

import click

from melodyrnn.cli.group import INTERRUPTED
from melodyrnn.cli.options import PATH, given, print_json, printing

EXAMPLES = """\b
Examples:
  melodyrnn sweep hihello --grid learning_rate=0.1,0.01 --grid cell=rnn,gru
  melodyrnn sweep songs/nabiya.txt --grid units=32,64 --grid model=lstm,gru
  melodyrnn sweep images --jobs 2
"""


@click.command(epilog=EXAMPLES)
@click.argument("target", nargs=-1, required=True)
@click.option("--grid", multiple=True, metavar="NAME=A,B,…", help="a setting and its values")
@click.option("--jobs", type=int, help="runs at once  [default: one a core]")
@click.option("--seed", type=int, help="of every run  [default: 0]")
@click.option("--output", "-o", type=PATH, help="the folder to make")
@click.option("--overwrite", is_flag=True, help="replace the folder")
@printing
def sweep(
    target: tuple[str, ...], grid: tuple[str, ...], as_json: bool, quiet: bool, **options: Any
) -> None:
    """Run a grid of settings over TARGET, a lesson or songs: a table and heat maps.

    A setting with one value is fixed. 'melodyrnn sweep images' has a grid of its own. A sweep that
    was cut off goes on when the same command is given again.
    """
    from melodyrnn.console.progress import progress_of
    from melodyrnn.console.sweep import show_sweep
    from melodyrnn.sweeps.summary import pivoted
    from melodyrnn.sweeps.sweep import sweep

    songs_or_lesson = target[0] if len(target) == 1 else [Path(name) for name in target]
    try:
        with progress_of("sweeping", "run", quiet or as_json) as report:
            result = sweep(songs_or_lesson, grid=grid, progress=report, **given(options))
    except KeyboardInterrupt:
        click.echo("stopped; the same command goes on", err=True)
        sys.exit(INTERRUPTED)
    if as_json:
        print_json(result.to_json())
    elif quiet:
        for path in result.files:
            click.echo(path)
    else:
        show_sweep(result, *pivoted(result.grid, result.score, result.outcomes))
