"""``melodyrnn inspect``."""

from pathlib import Path
from typing import Any

import click

from melodyrnn.cli.options import PATH, given, print_json, reading
from melodyrnn.errors import ConfigError
from melodyrnn.models.registry import WINDOW


@click.command()
@click.argument("song", type=PATH, metavar="SONG|RUN")
@click.option("--window", type=int, help=f"window (context length), in tokens  [default: {WINDOW}]")
@reading
@click.option("--json", "as_json", is_flag=True, help="print one JSON document")
def inspect(song: Path, as_json: bool, **settings: Any) -> None:
    """Show a song's tokens, its windows, and what can be predicted from a window alone; or what a
    run learned, how, and from what.

    The memoryless ceiling is the largest number of next notes that any model which sees only the
    window can predict correctly: for each distinct window, its most frequent successor.
    """
    from melodyrnn.workflows.inspect import inspect, inspect_run, is_run

    asked = given(settings)
    if is_run(song):
        for name in asked:
            raise ConfigError(f"--{name} has no effect with a run; leave it out")
        found = inspect_run(song)
        if as_json:
            print_json(found.to_json())
        else:
            from melodyrnn.console.run import show_run

            show_run(found)
        return
    result = inspect(song, **asked)
    if as_json:
        print_json(result.to_json())
    else:
        from melodyrnn.console.song import show_song

        show_song(result)
