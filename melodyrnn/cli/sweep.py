"""``melodyrnn sweep``."""

from pathlib import Path
from typing import Any

import click

from melodyrnn.cli.group import interruptible
from melodyrnn.cli.options import CLUSTER, PATH, REPORT, TRACK, given, print_result, printing
from melodyrnn.cli.songs import songs_of

EXAMPLES = """\b
Examples:
  melodyrnn sweep hihello --grid learning_rate=0.1,0.01 --grid cell=rnn,gru
  melodyrnn sweep songs/nabiya.txt --grid units=32,64 --grid cell=lstm,gru
  melodyrnn sweep images --jobs 2
"""


@click.command(epilog=EXAMPLES)
@click.argument("target", nargs=-1, required=True)
@click.option("--grid", multiple=True, metavar="NAME=A,B,…", help="a setting and its values")
@click.option("--jobs", type=int, help="runs at a time  [default: one per core]")
@CLUSTER
@click.option("--seed", type=int, help="random seed of every run  [default: 0]")
@click.option(
    "--held-out",
    type=float,
    metavar="FRACTION",
    help="of several songs, the part that chooses nothing  [default: 0.1]",
)
@click.option("--output", "-o", type=PATH, help="the folder to make")
@click.option("--overwrite", is_flag=True, help="replace the folder")
@TRACK
@REPORT
@printing
def sweep(
    target: tuple[str, ...],
    grid: tuple[str, ...],
    track: str | None,
    report: bool,
    as_json: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Run a grid of settings over TARGET, a lesson or songs: a table and heat maps.

    A setting with one value is fixed. Of several songs, settings are compared on a validation set,
    and the best is then measured on songs held out. 'melodyrnn sweep images' has a grid of its
    own. A sweep that was interrupted goes on when the same command is given again.
    """
    from melodyrnn.console.progress import progress_of
    from melodyrnn.console.sweep import show_sweep
    from melodyrnn.experiments.sweep.sweep import lesson_of, sweep

    silent = quiet or as_json
    swept: Any = lesson_of(target)
    if not swept:
        swept = songs_of([Path(name) for name in target], silent, track=track, report=report)
    elif track or report:
        raise click.UsageError(f"--track and --report are for songs; {swept} is a lesson")
    with (
        interruptible("give the same command again to go on"),
        progress_of("sweeping", silent) as progress,
    ):
        result = sweep(swept, grid=grid, progress=progress, **given(options))
    print_result(result, show_sweep, result.files, as_json=as_json, quiet=quiet)
