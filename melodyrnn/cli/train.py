"""``melodyrnn train``."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from melodyrnn.cli.group import INTERRUPTED
from melodyrnn.cli.numbers import NUMBERS, show_numbers, show_rows
from melodyrnn.cli.options import (
    PATH,
    SONGS,
    TENSORBOARD,
    TEXT,
    given,
    print_json,
    printing,
    reading_many,
)
from melodyrnn.cli.settings import MODELS_TEXT, STREAM_TEXT, settings_of
from melodyrnn.cli.songs import songs_of
from melodyrnn.models.config import ModelConfig, StreamConfig, TrainConfig


@click.command(epilog=STREAM_TEXT + MODELS_TEXT + NUMBERS)
@SONGS
@TEXT
@settings_of(ModelConfig, TrainConfig, StreamConfig)
@click.option("--output", "-o", type=PATH, help="the run folder to make")
@click.option("--overwrite", is_flag=True, help="replace the run folder")
@click.option("--resume", is_flag=True, help="go on with a run that was cut off")
@TENSORBOARD
@reading_many
@printing
def train(
    songs: tuple[Path, ...],
    text: bool,
    overwrite: bool,
    resume: bool,
    tensorboard: bool,
    track: str | None,
    grid: str | None,
    report: bool,
    as_json: bool,
    quiet: bool,
    **settings: Any,
) -> None:
    """Train a network on songs: a run folder with the network and the song it plays.

    A song given back whole is memory; 'melodyrnn evaluate RUN OTHER_SONG' measures what was
    learned beyond it. With --text the files are texts, and characters are learned.
    """
    if overwrite and resume:
        raise click.UsageError("--overwrite and --resume exclude each other")
    from melodyrnn.console.progress import progress_of
    from melodyrnn.workflows.train import train
    from melodyrnn.workflows.train_text import train_text

    reading = {"track": track, "grid": grid, "report": report or None}
    begin: Any = train
    sources: Any = songs
    if text:
        begin, settings = train_text, {**settings, **reading}  # which refuses those given
        name = songs[0].name if len(songs) == 1 else f"{len(songs)} texts"
    else:
        sources = songs_of(songs, quiet, **given(reading))
        name = sources.name
    try:
        with progress_of(f"learning {name}", "", quiet) as tell:
            result = begin(
                sources,
                overwrite=overwrite,
                resume=resume,
                tensorboard=tensorboard,
                progress=tell,
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
    _SHOWN[result.source](result)
    click.echo(f"\n{result.run}/")
    click.echo(click.wrap_text("  ".join(path.name for path in result.files), 78, "  ", "  "))


def _show_song_numbers(result: Any) -> None:
    show_numbers(result.measures)
    if unheard := result.held_out:
        count, chose = len(result.record.held_out), len(result.record.validation)
        more = f", {chose} more to choose the weights" if chose else ""
        click.echo(f"\n{count} song{'s' * (count > 1)} held out{more}")
        right = f"{unheard.right}/{unheard.all}"
        show_rows(
            ("one step", right, "next notes, each told from the song itself"),
            ("bits a note", f"{unheard.bits:.3f}", "0 is certainty"),
        )


def _show_text_numbers(result: Any) -> None:
    of = "held out" if result.held_out else "learned by heart: this is memory"
    count = result.held_out or result.learned
    show_rows(
        ("bits a character", f"{result.bits:.3f}", f"of {count:,} characters {of}"),
        ("counting alone", f"{result.unigram_bits:.3f}", "told by how often each one stands"),
    )


def _show_tune_numbers(result: Any) -> None:
    songs = result.parts
    click.echo(
        f"{len(songs.learned):,} songs learned, {len(songs.validation):,} to choose the weights, "
        f"{len(songs.held_out):,} held out"
    )
    counted = [
        (each.model, f"{each.bits:.3f}", "the same, by counting in the songs learned")
        for each in result.baselines
    ]
    right = f"{result.right / result.notes:.1%}"
    show_rows(
        ("bits a note", f"{result.bits:.3f}", f"of {result.notes:,} notes held out"),
        *counted,
        ("right", right, "next notes, each told from those before it"),
    )


_SHOWN: dict[str, Callable[[Any], None]] = {
    "songs": _show_song_numbers,
    "tunes": _show_tune_numbers,
    "text": _show_text_numbers,
}
"""What a run learned from -> what is told of it."""
