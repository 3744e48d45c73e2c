"""``melodyrnn train``."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from melodyrnn.cli.group import INTERRUPTED, interruptible
from melodyrnn.cli.measures import NUMBERS, show_known, show_numbers, show_rows
from melodyrnn.cli.options import (
    CLUSTER,
    PATH,
    SONGS,
    TENSORBOARD,
    TEXT,
    given,
    print_result,
    printing,
    reading_many,
)
from melodyrnn.cli.settings import MODELS_TEXT, STREAM_TEXT, settings_of
from melodyrnn.cli.songs import songs_of
from melodyrnn.console.language import phrase, said
from melodyrnn.errors import ConfigError
from melodyrnn.models.config import ModelConfig, StreamConfig, TrainConfig
from melodyrnn.models.registry import CELLS
from melodyrnn.system.sentences import Sentence, template

if TYPE_CHECKING:
    from melodyrnn.workflows.train import TrainResult


@click.command(epilog=STREAM_TEXT + MODELS_TEXT + NUMBERS)
@SONGS
@TEXT
@click.option(
    "--from",
    "from_run",
    type=PATH,
    metavar="RUN",
    help="fine-tune the network of this run; folk is one that the package carries",
)
@click.option(
    "--cell",
    type=click.Choice(list(CELLS)),
    metavar="NAME",
    help="the model of this recurrent cell, as lessons name it: --model NAME",
)
@settings_of(ModelConfig, TrainConfig, StreamConfig)
@click.option("--output", "-o", type=PATH, help="the run folder to make")
@click.option("--overwrite", is_flag=True, help="replace the run folder")
@click.option("--resume", is_flag=True, help="go on with a run that was cut off")
@click.option(
    "--devices",
    metavar="N or HOST:PORT,...",
    help="how many graphics cards share each batch, or the processes that do (docs/cluster.md)",
)
@click.option(
    "--process", type=int, metavar="K", help="which of these processes this one is, from 0"
)
@click.option(
    "--jobs",
    type=int,
    help="networks of --ensemble at a time  [default: 1 or, of those after the first, where that "
    "is quicker, one per core]",
)
@CLUSTER
@TENSORBOARD
@reading_many
@printing
def train(
    songs: tuple[Path, ...],
    text: bool,
    from_run: Path | None,
    overwrite: bool,
    resume: bool,
    tensorboard: bool,
    track: str | None,
    grid: str | None,
    report: bool,
    as_json: bool,
    quiet: bool,
    **settings: Any,
) -> None:
    """Train a model on songs, and write a run folder: the model, and the song it plays.

    That a model plays its song whole shows memory; 'melodyrnn evaluate RUN OTHER_SONG' measures
    what it has learned beyond that. With --text the files are texts, and the model learns their
    characters.
    """
    if overwrite and resume:
        raise click.UsageError("--overwrite and --resume exclude each other")
    if text and from_run:
        raise ConfigError("--from has no effect with --text; leave it out")
    from melodyrnn.console.progress import progress_of
    from melodyrnn.workflows.train import train, train_text

    reading = {"track": track, "grid": grid, "report": report or None}
    begin: Any = train
    sources: Any = songs
    if text:
        begin, settings = train_text, {**settings, **reading}  # which refuses those given
        name = songs[0].name if len(songs) == 1 else f"{len(songs)} texts"
    else:
        settings["from_run"] = from_run
        sources = songs_of(songs, quiet, **given(reading))
        name = sources.name
    with (  # an interrupt before or after the training, which handles one itself
        interruptible("give the same command with --resume to go on"),
        progress_of(Sentence("learning {name}", name=name), quiet) as progress,
    ):
        result: TrainResult = begin(
            sources,
            overwrite=overwrite,
            resume=resume,
            tensorboard=tensorboard,
            progress=progress,
            **given(settings),
        )
    print_result(result, _show_training, result.files, as_json=as_json, quiet=quiet)
    if result.interrupted and result.files:
        click.echo(f"stopped early; --output {result.run.path} --resume goes on", err=True)
        sys.exit(INTERRUPTED)


def _show_training(result: "TrainResult") -> None:
    record = result.record
    if not result.files:
        click.echo(f"{result.devices} is done; process 0 leaves the run")
        return
    model = record.model.model
    if record.base:
        model = phrase("{model} fine-tuned from {base}", model=model, base=str(record.base))
    trained = template("{model}, {parameters:,} parameters, {epochs} epochs in {seconds:.1f} s")
    click.echo(
        phrase(
            trained if record.epochs else "{model}, {parameters:,} parameters",
            model=model,
            parameters=result.parameters,
            epochs=record.epochs,
            seconds=record.seconds,
        )
    )
    if result.devices:
        click.echo(f"computed by {result.devices}")
    _SHOWN.get(record.task, _show_held_out_numbers)(result)
    click.echo(f"\n{result.run.path}/")
    click.echo(click.wrap_text("  ".join(path.name for path in result.files), 78, "  ", "  "))


def _show_song_numbers(result: "TrainResult") -> None:
    assert result.measures, "songs learned by heart are played, too"
    show_numbers(result.measures)
    if held_out := result.held_out:
        counts = result.record.counts
        count, chose = counts["held_out"], counts["validation"]
        kept = (
            template("{count} songs held out") if count > 1 else template("{count} song held out")
        )
        more = template("{kept}, {chose} more in the validation set") if chose else "{kept}"
        click.echo("\n" + phrase(more, kept=Sentence(kept, count=count), chose=chose))
        right = f"{held_out.right}/{held_out.all}"
        show_rows(
            ("one step", right, "next notes, given the song itself"),
            (
                "bits per note",
                f"{held_out.bits:.3f}",
                _unknown(template("0 is certainty"), held_out.unknown),
            ),
            *_baselines(result),
        )
        _show_advice(result)


def _show_text_numbers(result: "TrainResult") -> None:
    of = template("of {count:,} characters held out")
    if not result.held_out:
        of = template("of {count:,} characters learned by heart: this is memory")
    metrics = result.record.metrics
    count = metrics["held_out_characters"] or metrics["learned_characters"]
    show_rows(
        ("bits per character", f"{result.bits:.3f}", Sentence(of, count=count)),
        ("unigram", f"{result.baselines[0].bits:.3f}", "the same, by how often each one stands"),
    )


def _show_held_out_numbers(result: "TrainResult") -> None:
    metrics, held_out = result.record.metrics, result.held_out
    songs = metrics["songs"]
    count = metrics["held_out_notes"] or metrics["learned_notes"]
    of: str = Sentence("of {count:,} notes learned by heart: this is memory", count=count)
    if held_out:
        of = _unknown(Sentence("of {count:,} notes held out", count=count), held_out.unknown)
    click.echo(
        phrase(
            "{train:,} songs in the training set, {validation:,} in the validation set, "
            "{held_out:,} held out",
            **songs,
        )
    )
    show_known(metrics.get("in_pretraining", ()))
    without = metrics["bits_per_note_without_end"]
    show_rows(
        ("bits per note", f"{result.bits:.3f}", of),
        ("without end", f"{without:.3f}", "the same, the ends of songs left out"),
        *_header(metrics),
        *_baselines(result),
        ("correct", f"{metrics['right'] / count:.1%}", "next notes, given those before"),
    )
    _show_advice(result)


def _unknown(of: str, count: int) -> str:
    """With how many of them the model does not know, if any."""
    return Sentence("{of}, {count:,} of them unknown", of=of, count=count) if count else of


def _header(metrics: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What a model was told is charged apart."""
    bits = metrics.get("header_bits_per_note")
    return (
        []
        if bits is None
        else [(template("header"), f"{bits:.3f}", template("beside them: meter, key and pickup"))]
    )


def _baselines(result: "TrainResult") -> list[tuple[str, str, str]]:
    about = template("bits per note, by an n-gram model of the same songs")
    return [(each.model, f"{each.bits:.3f}", about) for each in result.baselines]


def _show_advice(result: "TrainResult") -> None:
    if result.advice:
        from melodyrnn.console.tables import print_wrapped

        print_wrapped(said(result.advice))


_SHOWN: dict[str, Callable[["TrainResult"], None]] = {
    "songs": _show_song_numbers,
    "text": _show_text_numbers,
}
"""Task -> what is printed of a training; of all others the notes held out."""
