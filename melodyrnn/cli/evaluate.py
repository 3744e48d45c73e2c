"""``melodyrnn evaluate``."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from melodyrnn.cli.measures import NUMBERS, show_known, show_numbers, show_rows
from melodyrnn.cli.options import (
    CLUSTER,
    PATH,
    WITH_SHORT_TERM,
    Result,
    Several,
    print_json,
    reading_many,
)
from melodyrnn.console.language import phrase, said
from melodyrnn.errors import ConfigError
from melodyrnn.system.sentences import Sentence, template

_FIGURES = """\b
correct        notes whose likeliest value is the true one; of pitch and
               duration, the likeliest when all tokens that share it are
               taken together
header         bits per note that it takes to say meter, key and pickup of
               the songs, where the model was told them
copy           notes in a row that a training song has too, in any key and
               in any note values; docs/measures.md explains this and the
               other figures
"""


@click.command(cls=Several, epilog=NUMBERS + _FIGURES)
@click.argument("run", type=PATH, required=False)
@click.argument("songs", nargs=-1, type=PATH)
@click.option(
    "--generated",
    multiple=True,
    type=PATH,
    metavar="SONG…",
    help="generated songs, to be compared with the training songs",
)
@click.option(
    "--training",
    multiple=True,
    type=PATH,
    metavar="SONG…",
    help="the training songs  [default: the run's]",
)
@click.option(
    "--held-out",
    multiple=True,
    type=PATH,
    metavar="SONG…",
    help="held-out songs, for comparison  [default: the run's, if it has any]",
)
@click.option(
    "--against",
    multiple=True,
    type=PATH,
    metavar="SONG…",
    help="songs that people made: can a classifier tell the generated ones from them?",
)
@click.option(
    "--control",
    multiple=True,
    type=PATH,
    metavar="SONGS…",
    help="other collections that people made, each set in place of the generated songs",
)
@click.option("--seed", type=int, help="deals out the songs of --against  [default: 0]")
@WITH_SHORT_TERM
@click.option(
    "--notes",
    type=PATH,
    metavar="FILE.csv",
    help="write a row for each note: probability, information content, entropy, rank",
)
@click.option(
    "--states",
    type=PATH,
    metavar="FILE.npz",
    help="write what the hidden layers give at each note, ids, tokens and learned vectors",
)
@click.option("--jobs", type=int, help="processes for many songs  [default: one per core]")
@CLUSTER
@reading_many
@click.option("--json", "as_json", is_flag=True, help="print one JSON document")
def evaluate(run: Path | None, songs: tuple[Path, ...], as_json: bool, **settings: Any) -> None:
    """Measure a run on the SONGS given or, without any, on its own.

    Of a run on many tunes, its own are those held out. With --generated, new songs are compared
    with the training songs, and what they copy is measured; with --against, also how well a
    classifier distinguishes them from songs that people made, and by what.
    """
    from melodyrnn.console.progress import progress_of

    with progress_of(Sentence("measuring {what}", what=run or "songs"), as_json) as report:
        result, show = _evaluated(run, songs, {"progress": report, **settings})
    if as_json:
        print_json(result.to_json())
    else:
        show(result)


def _evaluated(
    run: Path | None, songs: tuple[Path, ...], settings: dict[str, Any]
) -> tuple[Result, Callable[[Any], None]]:
    """The result, and what shows it. Raises MelodyError."""
    from melodyrnn.console.generated import show_generated
    from melodyrnn.console.likeness import show_likeness
    from melodyrnn.workflows.evaluate import evaluate, evaluate_against, evaluate_generated

    generated, sets = settings.pop("generated"), ("training", "held_out")
    against = _against(settings, bool(generated))
    if generated:
        for name in ("with_short_term", "notes", "states", "jobs", "cluster"):
            if settings.pop(name):
                raise ConfigError(f"{_option(name)} has no effect with --generated; leave it out")
        if songs:
            raise ConfigError(
                "SONGS are predicted by the run, --generated songs are set beside others; ask for "
                "one"
            )
        if against:
            return evaluate_against(generated, run=run, **against, **settings), show_likeness
        return evaluate_generated(generated, run, **settings), show_generated
    for name in sets:
        if settings.pop(name):
            raise ConfigError(f"{_option(name)} has no effect without --generated; leave it out")
    if run is None:
        raise ConfigError("nothing to measure; name a RUN, or songs by --generated")
    result = evaluate(run, songs, **settings)
    return result, _SHOWN[result.unit]


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _against(settings: dict[str, Any], generated: bool) -> dict[str, Any]:
    """The settings of --against, taken from all; none without it. Raises ConfigError."""
    found = {name: settings.pop(name) for name in ("against", "control", "seed")}
    if not found["against"]:
        for name in ("control", "seed"):
            if found[name] not in ((), None):
                raise ConfigError(f"--{name} has no effect without --against; leave it out")
        return {}
    if not generated:
        raise ConfigError("--against has no effect without --generated; name the generated songs")
    if settings.pop("held_out"):
        raise ConfigError("--held-out has no effect with --against; give those songs by --control")
    return {**found, "seed": found["seed"] or 0}


_MOST = 3
_SEEN = {
    True: template("in the training set: this measures memory"),
    False: template("not in the training set"),
}


def _show_songs(result: Any) -> None:
    from melodyrnn.console.note_scores import show_note_scores

    model = result.model
    if result.base:
        model = Sentence("{model} fine-tuned from {base}", model=model, base=str(result.base))
    if result.with_short_term:
        model = Sentence("{model} with a short-term model", model=model)
    for seen, scores in ((True, result.memory), (False, result.generalising)):
        if scores is None:
            continue
        songs = Sentence("a song") if scores.songs == 1 else _songs(scores.songs)
        about = Sentence(
            "{model}, window {window}, {songs} {seen}",
            model=model,
            window=result.window,
            songs=songs,
            seen=_SEEN[seen],
        )
        click.echo(said(about))
        if result.measures:
            show_numbers(result.measures_of(seen))
        show_note_scores(scores, result.header_bits_of(seen))
        click.echo()
    show_known(result.in_pretraining)
    for song in result.hardly_new[:_MOST]:
        known = Sentence(
            "{name}: {notes} of its {all} notes in a row stand in {song}, a training song",
            name=song.name,
            notes=song.copied.notes,
            all=song.length,
            song=song.copied.song,
        )
        click.echo(said(known))
    if (more := len(result.hardly_new) - _MOST) > 0:
        rest = template("and {more:,} more songs of which half or more is known; --json has all")
        click.echo(phrase(rest, more=more))
    _show_files(result)


def _songs(count: int) -> Sentence:
    return Sentence("{count:,} songs", count=count)


def _show_text(result: Any) -> None:
    for text in result.items:
        score = text.scores["both"]
        seen = _SEEN[text.in_training_set]
        click.echo(phrase("{model}, {name}, {seen}", model=result.model, name=text.name, seen=seen))
        show_rows(
            (
                "bits per character",
                f"{score.bits:.3f}",
                Sentence("of {count:,} characters", count=score.all),
            ),
            ("correct", f"{score.right / score.all:.1%}", "next characters, given those before"),
        )
    _show_files(result)


def _show_files(result: Any) -> None:
    for file in result.files:
        click.echo(file)


_SHOWN: dict[str, Callable[[Any], None]] = {
    "note": _show_songs,
    "character": _show_text,
}
"""What bits are counted per -> what is printed."""
