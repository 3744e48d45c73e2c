"""Options made from the configurations, and what the help says of them."""

from collections.abc import Callable, Mapping
from dataclasses import Field, fields
from textwrap import fill
from typing import Any

import click

from melodyrnn.cli.options import Command
from melodyrnn.models.config import STREAM_MODEL, ModelConfig, StreamConfig, TrainConfig
from melodyrnn.models.registry import BLENDINGS, ESCAPES, INPUTS, MEANS, MEMORIES, MODELS


def settings_of(
    *configs: type, without: tuple[str, ...] = (), defaults: bool = True
) -> Callable[[Command], Command]:
    """An option for each field of ``configs``; one that is not given is left out of the call.

    Of fields of one name, the first gives the default. Without ``defaults`` the help names none:
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


def _option(setting: Field[Any], defaults: bool) -> Callable[[Command], Command]:
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
    "With --text, the model learns characters, and its state is carried through the text. The "
    f"defaults are then: {_defaults_of_text()}\n\n"
)

_TABLES: dict[str, Mapping[str, str]] = {
    "Models": MODELS.abouts(),
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
