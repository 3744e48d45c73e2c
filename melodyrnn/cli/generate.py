"""``melodyrnn generate``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from melodyrnn.cli.options import (
    INSTRUMENT,
    PATH,
    RUN,
    WITH_SHORT_TERM,
    given,
    print_result,
    printing,
    reading,
)
from melodyrnn.cli.settings import settings_of
from melodyrnn.models.config import FormConfig, SampleConfig

if TYPE_CHECKING:
    from melodyrnn.tasks.notes import GeneratedSong
    from melodyrnn.tasks.task import Made
    from melodyrnn.workflows.generate import GenerateResult


@click.command()
@RUN
@click.option(
    "--primer", metavar="TOKENS|FILE", help="the beginning: notes, or the first notes of a song"
)
@click.option(
    "--length", type=int, help="notes after the primer, or their maximum  [default: the song's]"
)
@click.option("--count", default=1, show_default=True, help="how many songs")
@settings_of(SampleConfig, FormConfig)
@click.option("--output", "-o", type=PATH, help="a file, by its suffix, or a folder")
@WITH_SHORT_TERM
@INSTRUMENT
@reading
@printing
def generate(run: Path, as_json: bool, quiet: bool, **settings: Any) -> None:
    """Generate new songs from a run or, from a run on a text, new text.

    The primer is part of the song. --length counts the notes, or characters, after it; it is a
    maximum where a song can end by itself: with --bars, with --end, and in runs on many tunes.
    """
    from melodyrnn.console.progress import progress_of
    from melodyrnn.workflows.generate import generate

    with progress_of("playing", "note", quiet or as_json) as report:
        result = generate(run, progress=report, **given(settings))
    print_result(result, _show, result.files, as_json=as_json, quiet=quiet)


def _show(result: "GenerateResult") -> None:
    for song in result.songs:
        _show_song(song)
        _show_about(song, result)
    for text in result.texts:
        click.echo(text.text)
        _show_about(text, result)


def _show_about(made: "Made", result: "GenerateResult") -> None:
    if result.config.beam:
        click.echo(click.style(f"  log-probability {made.log_probability:.2f}", dim=True))
    if made.file:
        click.echo(f"  {made.file}")
    click.echo()


def _show_song(song: "GeneratedSong") -> None:
    click.echo(click.wrap_text(" ".join(song.tokens), 78))
    copied = song.copied
    click.echo(
        click.style(
            f"  {copied.notes} of {len(song.tokens)} notes in a row, from note {copied.start + 1}, "
            f"stand in {copied.song}, from note {copied.place + 1}",
            dim=True,
        )
    )
