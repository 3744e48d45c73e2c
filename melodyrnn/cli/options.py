"""Options and arguments that several commands share."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from pathlib import Path
from typing import Any, Protocol, TypeVar

import click

from melodyrnn.system.documents import JSON

Command = Callable[..., Any]

_CONTROL = re.compile("[\x7f-\x9f\u2028\u2029]")
"""What JSON leaves as it is, and a terminal may obey."""


def given(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value is not None}


TRACK = click.option(
    "--track",
    metavar="NAME|NUMBER",
    help="the track or voice to take; 'Melody|Vocal': the first of them that a file has  [default: "
    "the one that is named as a melody or, if none is, most like one]",
)
GRID = click.option(
    "--grid",
    metavar="GRID",
    help="quantise performed timing to this note value: 16 for 16ths, 8t for triplet eighths "
    "as well  [default: only where the timing is performed, not written]",
)
REPORT = click.option(
    "--report", is_flag=True, help="list every tune left out and every decision made in reading"
)


CLUSTER = click.option(
    "--cluster",
    metavar="ADDRESS",
    help="do the work on the cluster whose scheduler is at tcp://HOST:PORT (docs/cluster.md); "
    "MELODYRNN_CLUSTER says so for every command",
)


def reading(command: Command) -> Command:
    """The options of every command that reads songs."""
    return TRACK(GRID(command))


def reading_many(command: Command) -> Command:
    """The options of every command that reads any number of songs."""
    return reading(REPORT(command))


def printing(command: Command) -> Command:
    """The options of every command that prints results."""
    as_json = click.option("--json", "as_json", is_flag=True, help="print one JSON document")
    quiet = click.option("--quiet", is_flag=True, help="print only the paths written")
    return as_json(quiet(command))


def print_json(document: JSON) -> None:
    """In which there is null for what is no number, or beyond all numbers: JSON has none."""
    try:
        text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(document), ensure_ascii=False, indent=2)
    click.echo(_CONTROL.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text))


def _finite(document: JSON) -> JSON:
    if isinstance(document, float):
        return document if isfinite(document) else None
    if isinstance(document, Mapping):
        return {name: _finite(value) for name, value in document.items()}
    if isinstance(document, list | tuple):
        return [_finite(value) for value in document]
    return document


class Result(Protocol):
    """What a command found."""

    def to_json(self) -> dict[str, Any]: ...


R = TypeVar("R", bound=Result)


def print_result(
    result: R,
    show: Callable[[R], None],
    paths: Iterable[Path],
    *,
    as_json: bool = False,
    quiet: bool = False,
) -> None:
    """As the options of ``printing`` ask: its document, the ``paths`` written, or what ``show``
    prints.
    """
    if as_json:
        print_json(result.to_json())
    elif quiet:
        for path in paths:
            click.echo(path)
    else:
        show(result)


class Several(click.Command):
    """A command whose repeatable options take all that follows, as a shell's glob gives it:
    ``--generated new/*.mid`` for ``--generated new/a.mid --generated new/b.mid``.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        options = [p for p in self.params if isinstance(p, click.Option) and p.multiple]
        repeatable = {name for option in options for name in option.opts}
        spread: list[str] = []
        option = ""
        for place, arg in enumerate(args):
            if arg.startswith("-"):
                option = arg if arg in repeatable else ""
            follows = place and args[place - 1] == option
            spread += [option, arg] if option and arg != option and not follows else [arg]
        return super().parse_args(ctx, spread)


class YesOrNo(click.Command):
    """A command whose switches may be followed by yes or no: ``--keep-primer no`` for
    ``--no-keep-primer``.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        switches = {
            on: off
            for param in self.params
            for on, off in zip(param.opts, param.secondary_opts, strict=False)
        }
        plain: list[str] = []
        for place, arg in enumerate(args):
            before = args[place - 1] if place else ""
            if before not in switches or arg not in ("yes", "no"):
                plain.append(arg)
            elif arg == "no":
                plain[-1] = switches[before]
        return super().parse_args(ctx, plain)


PATH = click.Path(path_type=Path, readable=False)  # what cannot be read is no wrong option
SONG = click.argument("song", type=PATH)
SONGS = click.argument("songs", nargs=-1, required=True, type=PATH)
RUN = click.argument("run", type=PATH)
TEMPO = click.option(
    "--tempo", type=float, help="quarter notes per minute  [default: the song's, or 120]"
)
INSTRUMENT = click.option("--instrument", help="a General MIDI instrument, such as flute")


def playing(command: Command) -> Command:
    """The options of every command that writes MIDI and sound."""
    velocity = click.option(
        "--velocity", type=int, help="how loud MIDI and WAV are, 1 to 127  [default: 80]"
    )
    dynamics = click.option(
        "--dynamics",
        type=float,
        help="how much notes differ in loudness: 0 not at all, 3 most  [default: 1, gently]",
    )
    swing = click.option(
        "--swing",
        type=float,
        metavar="PERCENT",
        help="of two eighths, the share of the first: 67 is that of a triplet  [default: 50]",
    )
    return INSTRUMENT(velocity(dynamics(swing(command))))


def with_playing(settings: dict[str, Any]) -> dict[str, Any]:
    """``settings`` with what those options ask for as one, ``playing``. Raises ConfigError."""
    from melodyrnn.workflows.render import playing

    asked = {name: settings.pop(name) for name in ("velocity", "dynamics", "swing")}
    return {**settings, "playing": playing(**asked)}


WITH_SHORT_TERM = click.option(
    "--with-short-term", is_flag=True, help="combine it with a short-term model, of the song so far"
)
TENSORBOARD = click.option(
    "--tensorboard", is_flag=True, help="also write summaries, for 'tensorboard --logdir RUN'"
)
TEXT = click.option("--text", is_flag=True, help="the files are texts, not songs")
