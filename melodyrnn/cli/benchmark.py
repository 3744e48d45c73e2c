"""``melodyrnn benchmark``."""

from typing import Any

import click

from melodyrnn.cli.options import PATH, given, print_json, printing, reading_many

_ROWS = """\b
bits a note  the mean of -log2 p(next pitch) over the notes of a fold, and the
             mean of that over the folds
by melody    the mean over the melodies of each one's bits a note: what the
             published figures are
LTM, STM     long-term and short-term model: what the other melodies have
             taught, and what the notes before in the same one; LTM+ goes on
             learning while it is measured
C*I, X5UI    escape method, longest context (* is any), U: update exclusion,
             I: interpolated
LSTM         a network that also knows what came the last time; 3 of them
             averaged; taught: by other traditions first, without variants
timed        one that sees durations, meter and key too, and of the note to be
             told when it comes and how long it lasts
& PPM        together with LTM+ and STM, each trusted as a rehearsal within
             the learned melodies has taught
"""


@click.command(epilog=_ROWS)
@click.argument("name")
@click.option("--songs", type=PATH, help="measure on this file, folder or corpus instead")
@click.option("--fast", is_flag=True, help="three of the folds, and the quick rows")
@click.option("--folds", type=int, help="parts of the collection  [default: 10]")
@click.option("--seed", type=int, help="deals the melodies out, starts the networks  [default: 0]")
@click.option("--output", "-o", type=PATH, help="the folder to make")
@click.option("--overwrite", is_flag=True, help="replace what is in the folder")
@reading_many
@printing
def benchmark(name: str, as_json: bool, quiet: bool, **settings: Any) -> None:
    """Set a published table beside what this machine measures.

    'kinder' is the next pitch of German children's songs, each told by models that learned from
    nine tenths of the collection without it.
    """
    from melodyrnn.console.benchmark import show_benchmark
    from melodyrnn.console.progress import progress_of
    from melodyrnn.experiments.benchmark.benchmark import benchmark

    with progress_of(f"measuring {settings['songs'] or name}", "", quiet or as_json) as report:
        result = benchmark(name, progress=report, **given(settings))
    if as_json:
        print_json(result.to_json())
    elif quiet:
        click.echo(result.file)
    else:
        show_benchmark(result)
