"""Options and arguments that several commands share, made from the configurations."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from textwrap import fill
from typing import Any

import click

from melodyrnn.networks.config import STREAM_MODEL, ModelConfig, StreamConfig, TrainConfig
from melodyrnn.networks.tables import BLENDINGS, ESCAPES, INPUTS, MEANS, MEMORIES, MODELS

Command = Callable[..., Any]


def settings_of(
    *configs: type, without: tuple[str, ...] = (), defaults: bool = True
) -> Callable[[Command], Command]:
    """An option for each field of ``configs``; one that is not given is left out of the call.

    Of fields of one name, the first tells the default. Without ``defaults`` the help names none:
    each of those who are asked has its own.
    """
    settings = {setting.name: setting for c in reversed(configs) for setting in fields(c)}
    order = [setting.name for config in configs for setting in fields(config)]

    def decorate(command: Command) -> Command:
        for name in reversed(list(dict.fromkeys(order))):
            if name not in without:
                command = _option(settings[name], defaults)(command)
        return command

    return decorate


def _option(setting: Any, defaults: bool) -> Callable[[Command], Command]:
    about, default = setting.metadata["about"], setting.default
    option = "--" + setting.name.replace("_", "-")
    if isinstance(default, bool):
        flags = f"{option}/--no-{option[2:]}"
        shown = f"{about}  [default: {'yes' if default else 'no'}]" if defaults else about
        return click.option(flags, setting.name, default=None, help=shown)
    shown = about if default is None or not defaults else f"{about}  [default: {default}]"
    if choices := setting.metadata.get("choices"):
        kinds = click.Choice(list(choices))
        return click.option(option, type=kinds, metavar="NAME", help=shown)
    if word := setting.metadata.get("text"):
        return click.option(option, metavar=word, help=shown)
    kind = click.FLOAT if setting.metadata.get("real") else click.INT
    return click.option(option, type=kind, help=shown)


def given(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value is not None}


def reading(command: Command) -> Command:
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


def reading_many(command: Command) -> Command:
    """The options of every command that reads any number of songs."""
    report = click.option(
        "--report", is_flag=True, help="list every tune left out, and what was decided in reading"
    )
    return reading(report(command))


def printing(command: Command) -> Command:
    """The options of every command that prints results."""
    as_json = click.option("--json", "as_json", is_flag=True, help="print one JSON document")
    quiet = click.option("--quiet", is_flag=True, help="print only the paths written")
    return as_json(quiet(command))


def print_json(document: Any) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


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


PATH = click.Path(path_type=Path, readable=False)  # what cannot be read is no wrong option
SONG = click.argument("song", type=PATH)
SONGS = click.argument("songs", nargs=-1, required=True, type=PATH)
RUN = click.argument("run", type=PATH)
INSTRUMENT = click.option("--instrument", help="a General MIDI instrument, such as flute")


WITH_SHORT_TERM = click.option(
    "--with-short-term", is_flag=True, help="join it to a model of what the song has had so far"
)
TENSORBOARD = click.option(
    "--tensorboard", is_flag=True, help="write summaries too, for 'tensorboard --logdir RUN'"
)
TEXT = click.option("--text", is_flag=True, help="the files are texts, not songs")


def _defaults_of_text() -> str:
    """What a text has by default where songs have something else."""
    songs = {s.name: s.default for config in (ModelConfig, TrainConfig) for s in fields(config)}
    text = {s.name: s.default for s in fields(StreamConfig)} | STREAM_MODEL
    return "  ".join(
        f"--{name.replace('_', '-')} {default}"
        for name, default in text.items()
        if name in songs and songs[name] != default
    )


STREAM_TEXT = (
    "With --text, characters are learned, and the state is carried through the text. Other "
    f"defaults then: {_defaults_of_text()}\n\n"
)

_TABLES: dict[str, Mapping[str, str]] = {
    "Models": {name: spec.about for name, spec in MODELS.items()},
    "Inputs": INPUTS,
    "Escape methods of ppm": ESCAPES,
    "Blendings of ppm": BLENDINGS,
    "Memories of ppm": MEMORIES,
    "Means of ppm": MEANS,
}


def _listed(title: str, table: Mapping[str, str]) -> str:
    """A block that click leaves as it is, 78 columns wide."""
    width = max(map(len, table)) + 3
    lines = [
        fill(about, 78, initial_indent=f"  {name}".ljust(width), subsequent_indent=" " * width)
        for name, about in table.items()
    ]
    return "\n".join(["\b", f"{title}:", *lines, "\n"])


MODELS_TEXT = "".join(_listed(title, table) for title, table in _TABLES.items())
