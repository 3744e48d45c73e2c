"""``melodyrnn corpus``."""

from pathlib import Path
from typing import Any

import click

from melodyrnn.cli.group import Group
from melodyrnn.cli.options import PATH, SONGS, print_json, reading, reading_many

_JSON = click.option("--json", "as_json", is_flag=True, help="print one JSON document")


@click.group(cls=Group)
def corpus() -> None:
    """Collections of songs: those of this package and of music21, or your own."""


@corpus.command("list")
@_JSON
def list_(as_json: bool) -> None:
    """List the named corpora.

    Each name can be given wherever a command takes songs.
    """
    from melodyrnn.workflows.corpus import listed

    corpora = listed()
    if as_json:
        print_json([one.to_json() for one in corpora])
    else:
        from melodyrnn.console.corpus import show_list

        show_list(corpora)


@corpus.command()
@SONGS
@reading_many
@_JSON
def show(songs: tuple[Path, ...], as_json: bool, report: bool, **reading: Any) -> None:
    """Show what is in a corpus, or in any songs."""
    from melodyrnn.console.progress import progress_of
    from melodyrnn.workflows.corpus import contents

    with progress_of("reading", as_json) as progress:
        result = contents(songs, progress=progress, **reading)
    if as_json:
        print_json(result.to_json(report=report))
    else:
        from melodyrnn.console.corpus import show_contents

        show_contents(result, report=report)


@corpus.command()
@SONGS
@click.option(
    "--output", "-o", required=True, type=PATH, help="the file to write, which ends in .parquet"
)
@click.option("--overwrite", is_flag=True, help="replace that file")
@reading_many
def pack(songs: tuple[Path, ...], output: Path, **settings: Any) -> None:
    """Write the songs of a corpus, or any songs, into one file: a table of one song a row.

    Such a file can be given wherever a command takes songs. docs/packs.md has its columns.
    """
    from melodyrnn.console.progress import progress_of
    from melodyrnn.workflows.corpus import pack

    with progress_of("reading", False) as progress:
        written = pack(songs, output, progress=progress, **settings)
    click.echo(f"{output}: {written:,} songs")


@corpus.command()
@SONGS
@click.option("--output", "-o", required=True, type=PATH, help="a new folder")
@click.option(
    "--format",
    "written_in",
    default="abc",
    show_default=True,
    metavar="FORMAT",
    help="what each song is written as: abc, mid, musicxml or txt",
)
@reading
def export(songs: tuple[Path, ...], output: Path, written_in: str, **settings: Any) -> None:
    """Write each song of a corpus, or of any songs, to a file of its own, called as the song is."""
    from melodyrnn.console.progress import progress_of
    from melodyrnn.workflows.corpus import export

    with progress_of("writing", False) as progress:
        written = export(songs, output, written_in, progress=progress, **settings)
    click.echo(f"{output}: {len(written):,} songs")
