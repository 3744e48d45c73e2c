"""``melodyrnn evaluate``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from melodyrnn.cli.numbers import NUMBERS, show_numbers, show_rows
from melodyrnn.cli.options import PATH, WITH_SHORT_TERM, Several, print_json, reading_many

_FIGURES = """\b
right        the likeliest value is the one that came; of pitch and duration,
             the likeliest when all codes that have it are taken together
copy         notes in a row that a training song has too, in whatever key and
             note values; docs/measures.md has this and the other figures
"""


@click.command(cls=Several, epilog=NUMBERS + _FIGURES)
@click.argument("run", type=PATH, required=False)
@click.argument("songs", nargs=-1, type=PATH)
@click.option(
    "--generated",
    multiple=True,
    type=PATH,
    metavar="SONG…",
    help="songs that were generated: measure them beside the training songs",
)
@click.option(
    "--training",
    multiple=True,
    type=PATH,
    metavar="SONG…",
    help="those they came from  [default: the run's]",
)
@click.option(
    "--held-out",
    multiple=True,
    type=PATH,
    metavar="SONG…",
    help="songs that people made, as a yardstick  [default: the run's, if it has any]",
)
@WITH_SHORT_TERM
@reading_many
@click.option("--json", "as_json", is_flag=True, help="print one JSON document")
def evaluate(run: Path | None, songs: tuple[Path, ...], as_json: bool, **settings: Any) -> None:
    """Measure a run on songs, on those it was trained on, or on those held out.

    With --generated, measure new songs beside those they came from, and how much is copied.
    """
    from melodyrnn.console.progress import progress_of
    from melodyrnn.workflows.evaluate import evaluate

    with progress_of(f"measuring {run or 'songs'}", "song", as_json) as report:
        result = evaluate(run, songs, progress=report, **settings)
    if as_json:
        print_json(result.to_json())
    else:
        _SHOWN[result.source](result)


_MOST = 3
_HEARD = {
    True: "heard in training: this measures memory",
    False: "never heard in training",
}


def _show_songs(result: Any) -> None:
    from melodyrnn.console.note_scores import show_note_scores

    model = result.model + (" with a short-term model" if result.with_short_term else "")
    for heard, telling in ((True, result.memory), (False, result.generalising)):
        if telling is None:
            continue
        what = "a song" if telling.songs == 1 else f"{telling.songs:,} songs"
        click.echo(f"{model}, window {result.window}, {what} {_HEARD[heard]}")
        if result.measures:
            show_numbers(result.measures_of(heard))
        show_note_scores(telling)
        click.echo()
    for named, copied in result.hardly_new[:_MOST]:
        click.echo(
            f"{named.name}: {copied.notes} of its {len(named.song)} notes in a row stand in "
            f"{copied.song}, which was heard"
        )
    if (more := len(result.hardly_new) - _MOST) > 0:
        click.echo(f"and {more:,} more songs of which half or more was heard; --json has all")


def _show_text(result: Any) -> None:
    for text in result.texts:
        kind = "read in training: this measures memory" if text.heard else "never read in training"
        click.echo(f"{result.model}, {text.name}, {kind}")
        show_rows(
            ("bits a character", f"{text.bits:.3f}", f"of {text.characters:,} characters"),
            ("right", f"{text.right / text.characters:.1%}", "each told from those before it"),
        )


def _show_generated(result: Any) -> None:
    from melodyrnn.console.generated import show_generated

    show_generated(result)


_SHOWN: dict[str, Callable[[Any], None]] = {
    "songs": _show_songs,
    "text": _show_text,
    "generated": _show_generated,
}
"""What was measured -> what is told of it."""
