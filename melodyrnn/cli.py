"""The command line: parse, call one workflow, print. No logic.

Only click and the configurations are imported here; each command imports its workflow itself, so
that ``--help`` answers at once.
"""

import json
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from difflib import get_close_matches
from errno import EPIPE
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click

from melodyrnn.errors import MelodyError, MelodyWarning
from melodyrnn.files import reason
from melodyrnn.networks.config import INPUTS, MODELS, ModelConfig, SampleConfig, TrainConfig

Command = Callable[..., Any]


class _Group(click.Group):
    """Turns this package's errors into one line and exit status 1; suggests near names."""

    def invoke(self, ctx: click.Context) -> Any:
        _speak_any_language()
        try:
            with _notes():
                return super().invoke(ctx)
        except MelodyError as error:
            _say("error", str(error))
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
            return ctx.exit(_INTERRUPTED)
        except OSError as error:  # files.py names those of files: what is left is the output
            if error.errno == EPIPE:  # who reads has read enough: click's business
                raise
            place = error.filename or "standard output"
            _say("error", f"{place}: {reason(error)}; choose another place")
        return ctx.exit(1)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            near = get_close_matches(args[0], self.list_commands(ctx), 1)
            did = f" Did you mean '{near[0]}'?" if near else ""
            ctx.fail(f"No such command '{args[0]}'.{did}")
        return super().resolve_command(ctx, args)


def _speak_any_language() -> None:
    """Where the system's encoding lacks a character, write it as an escape rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and not stream.encoding.lower().startswith("utf"):
            stream.reconfigure(errors="backslashreplace")


def _say(kind: str, text: str) -> None:
    """One line on standard error, whatever a file's name holds."""
    text = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", lambda sign: repr(sign[0])[1:-1], text)
    click.echo(f"{kind}: {text}", err=True)


@contextmanager
def _notes() -> Iterator[None]:
    """Show this package's warnings as one line each; those of libraries are not the user's."""

    def show(message: Warning | str, *_: Any, **__: Any) -> None:
        _say("note", str(message))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", MelodyWarning)
        warnings.showwarning = show
        yield


def _settings(*configs: type, without: tuple[str, ...] = ()) -> Callable[[Command], Command]:
    """An option for each field of ``configs``; one that is not given is left out of the call."""

    def decorate(command: Command) -> Command:
        for config in reversed(configs):
            for setting in reversed(fields(config)):
                if setting.name not in without:
                    command = _option(setting)(command)
        return command

    return decorate


def _option(setting: Any) -> Callable[[Command], Command]:
    about, default = setting.metadata["about"], setting.default
    option = "--" + setting.name.replace("_", "-")
    if isinstance(default, bool):
        flags = f"{option}/--no-{option[2:]}"
        shown = f"{about}  [default: {'yes' if default else 'no'}]"
        return click.option(flags, setting.name, default=None, help=shown)
    shown = about if default is None else f"{about}  [default: {default}]"
    if choices := setting.metadata.get("choices"):
        kinds = click.Choice(list(choices))
        return click.option(option, type=kinds, metavar="NAME", help=shown)
    kind = click.FLOAT if setting.metadata.get("real") else click.INT
    return click.option(option, type=kind, help=shown)


def _given(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value is not None}


def _reading(command: Command) -> Command:
    """The options of every command that reads songs."""
    track = click.option(
        "--track",
        metavar="NAME|NUMBER",
        help="the track or voice to take  [default: the one that lies highest]",
    )
    grid = click.option(
        "--grid",
        metavar="GRID",
        help="round performed timing to this note value: 16 for 16ths, 8t for triplet eighths "
        "as well  [default: only where the timing is performed, not written]",
    )
    return track(grid(command))


def _printing(command: Command) -> Command:
    """The options of every command that prints results."""
    as_json = click.option("--json", "as_json", is_flag=True, help="print one JSON document")
    quiet = click.option("--quiet", is_flag=True, help="print only the paths written")
    return as_json(quiet(command))


def _print_json(document: Any) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


_INTERRUPTED = 130  # the exit status of what Ctrl-C ended: 128 and the signal's number
_PATH = click.Path(path_type=Path, readable=False)  # what cannot be read is no wrong option
_SONG = click.argument("song", type=_PATH)
_SONGS = click.argument("songs", nargs=-1, required=True, type=_PATH)
_RUN = click.argument("run", type=_PATH)
_INSTRUMENT = click.option("--instrument", help="a General MIDI instrument, such as flute")

_NUMBERS = """\b
one step     each next note, told from the window of the song itself
whole song   each next note after the first window, told from the notes that
             the model itself played; right are those that agree in place
ceiling      the most that any model can get right in one step which sees the
             window only: of each window, its most frequent next note
bits a note  the mean of -log2 p(next note); 0 is certainty
"""

_MODELS = (
    "\b\nModels:\n"
    + "\n".join(f"  {name:15}{spec.about}" for name, spec in MODELS.items())
    + "\n\n\b\nInputs:\n"
    + "\n".join(f"  {name:15}{about}" for name, about in INPUTS.items())
    + "\n\n"
)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="melodyrnn")
def main() -> None:
    """Learn from melodies, make new ones, and see honestly how good a model is.

    A SONG is a text of notes such as 'g8 e8 e4', MIDI, MusicXML, ABC or Humdrum.
    """


@main.command()
@_SONG
@click.option("--window", default=ModelConfig().window, show_default=True, help="codes seen")
@_reading
@click.option("--json", "as_json", is_flag=True, help="print one JSON document")
def inspect(song: Path, window: int, as_json: bool, **reading: Any) -> None:
    """Show a song's codes, its windows, and what a window alone can tell.

    The memoryless ceiling is the number of next notes that any model can get right at most which
    sees the window only: for each distinct window, its most frequent successor.
    """
    from melodyrnn.workflows.inspect import inspect

    result = inspect(song, window=window, **reading)
    if as_json:
        _print_json(result.to_json())
    else:
        from melodyrnn.console import show_song

        show_song(result)


@main.command(epilog=_MODELS + _NUMBERS)
@_SONGS
@_settings(ModelConfig, TrainConfig)
@click.option("--output", "-o", type=_PATH, help="the run folder to make")
@click.option("--overwrite", is_flag=True, help="replace the run folder")
@click.option("--resume", is_flag=True, help="go on with a run that was cut off")
@_reading
@_printing
def train(
    songs: tuple[Path, ...],
    output: Path | None,
    overwrite: bool,
    resume: bool,
    track: str | None,
    grid: str | None,
    as_json: bool,
    quiet: bool,
    **settings: Any,
) -> None:
    """Train a network on songs: a run folder with the network and the song it plays.

    A song given back whole is memory; 'melodyrnn evaluate RUN OTHER_SONG' measures what was
    learned beyond it.
    """
    if overwrite and resume:
        raise click.UsageError("--overwrite and --resume exclude each other")
    from melodyrnn.console import progress_of
    from melodyrnn.workflows.train import train

    title = f"learning {songs[0].name}" if len(songs) == 1 else f"learning {len(songs)} songs"
    try:
        with progress_of(title, "epoch", quiet) as report:
            result = train(
                songs,
                output=output,
                overwrite=overwrite,
                resume=resume,
                track=track,
                grid=grid,
                progress=lambda news: report(
                    news.epoch, news.epochs, f"loss {news.loss:.3f} right {news.accuracy:.0%}"
                ),
                **_given(settings),
            )
    except KeyboardInterrupt:  # before the learning or after it: ``train`` hears it in between
        click.echo("stopped; the same command with --resume goes on", err=True)
        sys.exit(_INTERRUPTED)
    if as_json:
        _print_json(result.to_json())
    elif quiet:
        click.echo("\n".join(map(str, result.files)))
    else:
        _show_training(result)
    if result.interrupted:
        click.echo(f"stopped early; --output {result.run} --resume goes on", err=True)
        sys.exit(_INTERRUPTED)


def _show_training(result: Any) -> None:
    record = result.record
    epochs = f", {record.epochs} epochs in {record.seconds:.1f} s" if record.epochs else ""
    click.echo(f"{record.model.model}, {result.parameters:,} weights{epochs}")
    _show_numbers(result.measures)
    click.echo(f"\n{result.run}/")
    click.echo(click.wrap_text("  ".join(path.name for path in result.files), 78, "  ", "  "))


def _show_numbers(measures: Any) -> None:
    rows = [
        ("one step", str(measures.one_step), "next notes, each told from the song itself"),
        ("whole song", str(measures.whole_song), "next notes, each told from its own notes"),
        ("ceiling", str(measures.ceiling), "in one step, for what sees the window only"),
        ("bits a note", f"{measures.bits_per_note:.3f}", "0 is certainty"),
    ]
    for name, number, about in rows:
        click.echo(f"  {name:12}{number:>9}   {click.style(about, dim=True)}")


@main.command(epilog=_NUMBERS)
@_RUN
@click.argument("songs", nargs=-1, type=_PATH)
@_reading
@click.option("--json", "as_json", is_flag=True, help="print one JSON document")
def evaluate(run: Path, songs: tuple[Path, ...], as_json: bool, **reading: Any) -> None:
    """Measure a run on songs, or on those it was trained on."""
    from melodyrnn.console import progress_of
    from melodyrnn.workflows.evaluate import evaluate

    with progress_of(f"measuring {run}", "song", as_json):
        result = evaluate(run, songs, **reading)
    if as_json:
        _print_json(result.to_json())
        return
    known = sum(result.heard)
    kind = "heard in training: this measures memory" if known else "never heard in training"
    if 0 < known < len(result.heard):
        kind = f"{known} of them heard in training: memory and learning are mixed here"
    click.echo(
        f"{result.model}, window {result.measures.window}, {len(result.heard)} songs, {kind}"
        if len(result.heard) > 1
        else f"{result.model}, window {result.measures.window}, a song {kind}"
    )
    _show_numbers(result.measures)


@main.command(epilog=_MODELS + _NUMBERS)
@_SONGS
@click.option("--models", metavar="NAME,…", help="which  [default: lstm,lstm-stateless,mlp]")
@click.option("--seeds", type=int, help="trainings of each  [default: 5]")
@click.option("--windows", metavar="1-8", help="compare lengths of the window too")
@click.option("--held-out", type=float, metavar="FRACTION", help="of the songs, kept from training")
@click.option("--jobs", type=int, help="trainings at once  [default: one a core]")
@_settings(ModelConfig, TrainConfig, without=("model", "seed"))
@click.option("--output", "-o", type=_PATH, help="the folder to make")
@click.option("--overwrite", is_flag=True, help="replace the folder")
@_reading
@_printing
def compare(songs: tuple[Path, ...], as_json: bool, quiet: bool, **settings: Any) -> None:
    """Set models side by side: a table, and a page to look at and listen to.

    Of one song, what is compared is memory. Of several, some are held out, and the models are
    also compared on those that they never heard. A comparison that was cut off goes on when the
    same command is given again.
    """
    from melodyrnn.console import progress_of, show_comparison
    from melodyrnn.workflows.compare import compare

    try:
        with progress_of("comparing", "training", quiet) as report:
            result = compare(songs, progress=report, **_given(settings))
    except KeyboardInterrupt:
        click.echo("stopped; the same command goes on", err=True)
        sys.exit(_INTERRUPTED)
    if as_json:
        _print_json(result.to_json())
    elif quiet:
        click.echo(result.report)
    else:
        show_comparison(result)


@main.command()
@_RUN
@click.option("--primer", metavar="TOKENS|FILE", help="notes to begin with, or a song's first")
@click.option("--length", type=int, help="notes after the primer  [default: the song's]")
@click.option("--count", default=1, show_default=True, help="how many songs")
@_settings(SampleConfig)
@click.option("--output", "-o", type=_PATH, help="a file, by its suffix, or a folder")
@_INSTRUMENT
@_reading
@_printing
def generate(run: Path, as_json: bool, quiet: bool, **settings: Any) -> None:
    """Make new songs from a run.

    The primer is part of the song; --length counts the notes after it.
    """
    from melodyrnn.console import progress_of
    from melodyrnn.workflows.generate import generate

    with progress_of("playing", "note", quiet or as_json) as report:
        result = generate(run, progress=report, **_given(settings))
    if as_json:
        _print_json(result.to_json())
    elif quiet:
        for path in result.files:
            click.echo(path)
    else:
        for song in result.songs:
            _show_generated(song)


def _show_generated(song: Any) -> None:
    click.echo(click.wrap_text(" ".join(song.tokens), 78))
    copied = f"{song.copied} of {len(song.tokens)} notes in a row stand in {song.copied_from}"
    click.echo(click.style(f"  {copied}", dim=True))
    if song.file:
        click.echo(f"  {song.file}")
    click.echo()


@main.command()
@_SONG
@click.option(
    "--output",
    "-o",
    required=True,
    type=_PATH,
    help="a file ending in .mid .musicxml .abc .svg .png .pdf .wav or .txt",
)
@_INSTRUMENT
@click.option("--tempo", type=float, help="quarter notes a minute  [default: the song's, or 120]")
@_reading
def render(song: Path, output: Path, **settings: Any) -> None:
    """Write a song as MIDI, score, picture, sound or text."""
    from melodyrnn.workflows.render import render

    for path in render(song, output, **settings):
        click.echo(path)
