"""``melodyrnn inspect``."""

from pathlib import Path
from typing import Any

import click

from melodyrnn.cli.options import SONG, print_json, reading
from melodyrnn.models.registry import WINDOW


@click.command()
@SONG
@click.option(
    "--window", default=WINDOW, show_default=True, help="window (context length), in tokens"
)
@reading
@click.option("--json", "as_json", is_flag=True, help="print one JSON document")
def inspect(song: Path, window: int, as_json: bool, **reading: Any) -> None:
    """Show a song's tokens, its windows, and what can be predicted from a window alone.

    The memoryless ceiling is the largest number of next notes that any model which sees only the
    window can predict correctly: for each distinct window, its most frequent successor.
    """
    from melodyrnn.workflows.inspect import inspect

    result = inspect(song, window=window, **reading)
    if as_json:
        print_json(result.to_json())
    else:
        from melodyrnn.console.song import show_song

        show_song(result)
