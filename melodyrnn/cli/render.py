"""``melodyrnn render``."""

from pathlib import Path
from typing import Any

import click

from melodyrnn.cli.options import PATH, SONG, TEMPO, playing, reading, with_playing


class Output(click.Option):
    """--output, whose help lists the formats; other packages are looked for only to show it."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        from melodyrnn.workflows.render import suffixes

        *others, last = suffixes()
        self.help = f"a file ending in {' '.join(others)} or {last}"
        return super().get_help_record(ctx)


@click.command()
@SONG
@click.option("--output", "-o", cls=Output, required=True, type=PATH)
@TEMPO
@playing
@reading
def render(song: Path, output: Path, **settings: Any) -> None:
    """Write a song as MIDI, score, picture, sound or text."""
    from melodyrnn.workflows.render import render

    for path in render(song, output, **with_playing(settings)):
        click.echo(path)
