"""``melodyrnn render``."""

from pathlib import Path
from typing import Any

import click

from melodyrnn.cli.options import INSTRUMENT, PATH, SONG, reading


@click.command()
@SONG
@click.option(
    "--output",
    "-o",
    required=True,
    type=PATH,
    help="a file ending in .mid .musicxml .abc .svg .png .pdf .wav or .txt",
)
@INSTRUMENT
@click.option("--tempo", type=float, help="quarter notes a minute  [default: the song's, or 120]")
@reading
def render(song: Path, output: Path, **settings: Any) -> None:
    """Write a song as MIDI, score, picture, sound or text."""
    from melodyrnn.workflows.render import render

    for path in render(song, output, **settings):
        click.echo(path)
