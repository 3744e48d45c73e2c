"""``melodyrnn benchmark``."""

from typing import Any

import click

from melodyrnn.cli.options import PATH, given, print_result, printing, reading_many

_ROWS = """\b
bits per note  the mean of -log2 p(next pitch) over the notes of a fold, and
               the mean of that over the folds
by melody      the mean over the melodies of the bits per note of each: what
               the published figures are
LTM, STM       long-term model, learned from the other melodies; short-term
               model, learned from the earlier notes of the same melody;
               LTM+ goes on learning from the melodies that it is tested on
C*I, X5UI      escape method, longest context (* is any), U: update
               exclusion, I: interpolated
LSTM           a network that also sees what followed the same notes before;
               of an ensemble of 3, the mean; pretrained: first trained on
               other traditions, without variants of these melodies
timed          a network that also sees durations, meter and key, and when
               the target note begins and how long it lasts
& PPM          combined with LTM+ and STM, with mixing weights fitted in an
               inner validation within the training set
"""


@click.command(epilog=_ROWS)
@click.argument("name")
@click.option("--songs", type=PATH, help="measure on this file, folder or corpus instead")
@click.option("--fast", is_flag=True, help="only three of the folds, and only the quick rows")
@click.option("--folds", type=int, help="folds of the cross-validation  [default: 10]")
@click.option("--seed", type=int, help="random seed of the folds and of the networks  [default: 0]")
@click.option("--output", "-o", type=PATH, help="the folder to make")
@click.option("--overwrite", is_flag=True, help="replace what is in the folder")
@reading_many
@printing
def benchmark(name: str, as_json: bool, quiet: bool, **settings: Any) -> None:
    """Set a published table beside what this machine measures.

    'kinder': the next pitch of German children's songs, in ten-fold cross-validation. Each song
    is predicted by models trained on the other nine tenths of the collection.
    """
    from melodyrnn.console.benchmark import show_benchmark
    from melodyrnn.console.progress import progress_of
    from melodyrnn.experiments.benchmark.benchmark import benchmark

    with progress_of(f"measuring {settings['songs'] or name}", "", quiet or as_json) as report:
        result = benchmark(name, progress=report, **given(settings))
    print_result(result, show_benchmark, [result.file], as_json=as_json, quiet=quiet)
