"""``melodyrnn evaluate``."""

from pathlib import Path
from typing import Any

import click

from melodyrnn.cli.numbers import NUMBERS, show_numbers, show_rows
from melodyrnn.cli.options import PATH, RUN, WITH_SHORT_TERM, print_json, reading_many


@click.command(epilog=NUMBERS)
@RUN
@click.argument("songs", nargs=-1, type=PATH)
@WITH_SHORT_TERM
@reading_many
@click.option("--json", "as_json", is_flag=True, help="print one JSON document")
def evaluate(run: Path, songs: tuple[Path, ...], as_json: bool, **settings: Any) -> None:
    """Measure a run on songs, or on those it was trained on."""
    from melodyrnn.console.progress import progress_of
    from melodyrnn.workflows.evaluate import evaluate

    with progress_of(f"measuring {run}", "file", as_json) as tell:
        result = evaluate(run, songs, progress=tell, **settings)
    if as_json:
        print_json(result.to_json())
    elif result.source == "text":
        _show_text(result)
    else:
        _show_songs(result)


def _show_songs(result: Any) -> None:
    known = sum(result.heard)
    kind = "heard in training: this measures memory" if known else "never heard in training"
    if 0 < known < len(result.heard):
        kind = f"{known} of them heard in training: memory and learning are mixed here"
    model = result.model + (" with a short-term model" if result.with_short_term else "")
    click.echo(
        f"{model}, window {result.measures.window}, {len(result.heard)} songs, {kind}"
        if len(result.heard) > 1
        else f"{model}, window {result.measures.window}, a song {kind}"
    )
    show_numbers(result.measures)


def _show_text(result: Any) -> None:
    for text in result.texts:
        kind = "read in training: this measures memory" if text.heard else "never read in training"
        click.echo(f"{result.model}, {text.name}, {kind}")
        show_rows(
            ("bits a character", f"{text.bits:.3f}", f"of {text.characters:,} characters"),
            ("right", f"{text.right / text.characters:.1%}", "each told from those before it"),
        )
