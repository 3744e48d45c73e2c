"""``melodyrnn generate``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from melodyrnn.cli.options import (
    PATH,
    RUN,
    TEMPO,
    WITH_SHORT_TERM,
    YesOrNo,
    given,
    playing,
    print_result,
    printing,
    reading,
    with_playing,
)
from melodyrnn.cli.settings import settings_of
from melodyrnn.console.language import phrase, said
from melodyrnn.files import harmless
from melodyrnn.models.config import FormConfig, SampleConfig

if TYPE_CHECKING:
    from melodyrnn.workflows.generate import GenerateResult


@click.command(cls=YesOrNo)
@RUN
@click.option("--primer", metavar="TOKENS|FILE", help="the beginning: notes, or a song")
@click.option("--primer-notes", type=int, help="take only the first notes of the primer")
@click.option(
    "--keep-primer/--no-keep-primer",
    default=None,
    help="whether the songs begin with the primer, or with what follows it  [default: yes]",
)
@click.option(
    "--redraw", metavar="NOTES", help="draw anew only these notes of the primer, such as 5-12"
)
@click.option(
    "--length", type=int, help="notes after the primer, or their maximum  [default: the song's]"
)
@click.option("--count", default=1, show_default=True, help="how many songs")
@click.option("--best", type=int, help="keep only so many of them, ranked by score  [default: all]")
@settings_of(SampleConfig, FormConfig)
@click.option(
    "--output",
    "-o",
    type=PATH,
    multiple=True,
    help="a file, by its suffix, or a folder; may be given several times",
)
@click.option(
    "--formats", metavar="LIST", help="what goes to a folder: mid,pdf,wav  [default: mid]"
)
@click.option("--overwrite", is_flag=True, help="replace the songs in the folder")
@click.option(
    "--page", type=PATH, metavar="FILE", help="a page of them, such as takes.html, with players"
)
@click.option("--title", help="what stands above the songs  [default: what they are after]")
@TEMPO
@playing
@WITH_SHORT_TERM
@reading
@printing
def generate(run: Path, as_json: bool, quiet: bool, **settings: Any) -> None:
    """Generate new songs from a run or, from a run on a text, new text.

    The primer is part of the song, unless --keep-primer no. --length counts the notes, or
    characters, after it; it is a maximum where a song can end by itself: with --bars, with --end,
    and in runs on many tunes. With --best, songs are ranked by how likely they are per note, what
    they copy, and their form.
    """
    from melodyrnn.console.progress import progress_of
    from melodyrnn.workflows.generate import generate

    with progress_of("playing", quiet or as_json) as report:
        result = generate(run, progress=report, **given(with_playing(settings)))
    print_result(result, _show, result.files, as_json=as_json, quiet=quiet)


def _show(result: "GenerateResult") -> None:
    for song in result.songs:
        click.echo(click.wrap_text(" ".join(song.tokens), 78))
        _remark(said(song.copied_words))
        if result.ranked:
            _remark(phrase("take {take}, score {score}", take=song.take, score=song.score.words))
        _show_end(song.log_probability if result.config.beam else None, song.files)
    for text in result.texts:
        click.echo("\n".join(map(harmless, text.text.split("\n"))))
        _show_end(text.log_probability if result.config.beam else None, text.files)
    if result.page:
        click.echo(result.page)


def _remark(words: str) -> None:
    click.echo(click.style(f"  {words}", dim=True))


def _show_end(log_probability: float | None, files: tuple[Path, ...]) -> None:
    if log_probability is not None:
        _remark(phrase("log-probability {value:.2f}", value=log_probability))
    for file in files:
        click.echo(f"  {file}")
    click.echo()
