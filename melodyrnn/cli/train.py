"""``melodyrnn train``."""

import sys
from pathlib import Path
from typing import Any

import click

from melodyrnn.cli.group import INTERRUPTED
from melodyrnn.cli.numbers import NUMBERS, show_numbers
from melodyrnn.cli.options import (
    MODELS_TEXT,
    PATH,
    SONGS,
    given,
    print_json,
    printing,
    reading,
    settings_of,
)
from melodyrnn.networks.config import ModelConfig, TrainConfig


@click.command(epilog=MODELS_TEXT + NUMBERS)
@SONGS
@settings_of(ModelConfig, TrainConfig)
@click.option("--output", "-o", type=PATH, help="the run folder to make")
@click.option("--overwrite", is_flag=True, help="replace the run folder")
@click.option("--resume", is_flag=True, help="go on with a run that was cut off")
@reading
@printing
def train(
    songs: tuple[Path, ...],
    output: Path | None,
    overwrite: bool,
    resume: bool,
    track: str | None,
    grid: str | None,
    as_json: bool,
    quiet: bool,
    **settings: Any,
) -> None:
    """Train a network on songs: a run folder with the network and the song it plays.

    A song given back whole is memory; 'melodyrnn evaluate RUN OTHER_SONG' measures what was
    learned beyond it.
    """
    if overwrite and resume:
        raise click.UsageError("--overwrite and --resume exclude each other")
    from melodyrnn.console.progress import progress_of
    from melodyrnn.workflows.train import train

    title = f"learning {songs[0].name}" if len(songs) == 1 else f"learning {len(songs)} songs"
    try:
        with progress_of(title, "epoch", quiet) as report:
            result = train(
                songs,
                output=output,
                overwrite=overwrite,
                resume=resume,
                track=track,
                grid=grid,
                progress=lambda news: report(
                    news.epoch, news.epochs, f"loss {news.loss:.3f} right {news.accuracy:.0%}"
                ),
                **given(settings),
            )
    except KeyboardInterrupt:  # before the learning or after it: ``train`` hears it in between
        click.echo("stopped; the same command with --resume goes on", err=True)
        sys.exit(INTERRUPTED)
    if as_json:
        print_json(result.to_json())
    elif quiet:
        click.echo("\n".join(map(str, result.files)))
    else:
        _show_training(result)
    if result.interrupted:
        click.echo(f"stopped early; --output {result.run} --resume goes on", err=True)
        sys.exit(INTERRUPTED)


def _show_training(result: Any) -> None:
    record = result.record
    epochs = f", {record.epochs} epochs in {record.seconds:.1f} s" if record.epochs else ""
    click.echo(f"{record.model.model}, {result.parameters:,} weights{epochs}")
    show_numbers(result.measures)
    click.echo(f"\n{result.run}/")
    click.echo(click.wrap_text("  ".join(path.name for path in result.files), 78, "  ", "  "))
