"""``melodyrnn compare``."""

from pathlib import Path
from typing import Any

import click

from melodyrnn.cli.group import interruptible
from melodyrnn.cli.measures import NUMBERS
from melodyrnn.cli.options import CLUSTER, PATH, SONGS, given, print_result, printing, reading_many
from melodyrnn.cli.settings import MODELS_TEXT, settings_of
from melodyrnn.cli.songs import songs_of
from melodyrnn.models.config import ModelConfig, StreamConfig, TrainConfig
from melodyrnn.models.registry import CELLS


@click.command(epilog=MODELS_TEXT + NUMBERS)
@SONGS
@click.option(
    "--models",
    metavar="NAME,…",
    help="the models  [default: lstm,lstm-stateless,mlp; several songs: viewpoints,lookback,lstm]",
)
@click.option(
    "--cell",
    type=click.Choice(list(CELLS)),
    metavar="NAME",
    help="without --models, this recurrent cell in the place of the LSTM's",
)
@click.option("--seeds", type=int, help="random seeds: trainings of each model  [default: 5]")
@click.option(
    "--windows", metavar="1-8", help="of one song, also compare these lengths of the window"
)
@click.option(
    "--held-out",
    type=float,
    metavar="FRACTION",
    help="of several songs, the part held out from training  [default: 0.1]",
)
@click.option(
    "--folds", type=int, help="cross-validation: each song is held out in one of so many trainings"
)
@click.option("--jobs", type=int, help="trainings at a time  [default: one per core]")
@CLUSTER
@settings_of(ModelConfig, TrainConfig, StreamConfig, without=("model", "seed", "held_out", "fold"))
@click.option("--output", "-o", type=PATH, help="the folder to make")
@click.option("--overwrite", is_flag=True, help="replace the folder")
@reading_many
@printing
def compare(
    songs: tuple[Path, ...],
    track: str | None,
    grid: str | None,
    report: bool,
    as_json: bool,
    quiet: bool,
    **settings: Any,
) -> None:
    """Compare models on the same songs: a table, and a page to look at and listen to.

    Of one song, what is compared is memory. Of several songs, some are held out, and what is
    compared is how well those are predicted, by the strongest n-gram model too; each training is
    what 'melodyrnn train' makes of the same options. A comparison that was interrupted goes on
    when the same command is given again.
    """
    from melodyrnn.console.comparison import show_comparison
    from melodyrnn.console.progress import progress_of
    from melodyrnn.experiments.comparison.compare import compare

    named = songs_of(songs, quiet, track=track, grid=grid, report=report)
    with (
        interruptible("give the same command again to go on"),
        progress_of("comparing", quiet) as progress,
    ):
        result = compare(named, progress=progress, **given(settings))
    print_result(result, show_comparison, [result.report], as_json=as_json, quiet=quiet)
