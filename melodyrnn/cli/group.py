"""Groups of commands: this package's errors in one line each, near names suggested."""

import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from errno import EPIPE
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from melodyrnn.errors import MelodyError, MelodyWarning, naming_options
from melodyrnn.files import NO_MEMORY, harmless, reason
from melodyrnn.system import startup as own_process

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

INTERRUPTED = 130  # the exit status of what Ctrl-C ended: 128 and the signal's number


@contextmanager
def interruptible(advice: str) -> Iterator[None]:
    """Ends the command at Ctrl-C, with the words of what goes on from there."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo(f"stopped; {advice}", err=True)
        sys.exit(INTERRUPTED)


class Group(click.Group):
    """Turns this package's errors into one line and exit status 1; suggests near names."""

    @naming_options()
    def invoke(self, ctx: click.Context) -> object:
        _speak_any_language()
        own_process.claim()
        try:
            with _notes(), _output_named():
                return super().invoke(ctx)
        except MelodyError as error:
            _say("error", str(error))
        except MemoryError:
            _say("error", f"this {NO_MEMORY}")
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
            return ctx.exit(INTERRUPTED)
        return ctx.exit(1)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with _output_named():  # the help is printed here
            return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            near = get_close_matches(args[0], self.list_commands(ctx), 1)
            did = f" Did you mean '{near[0]}'?" if near else ""
            ctx.fail(f"No such command '{args[0]}'.{did}")
        return super().resolve_command(ctx, args)


class LazyGroup(Group):
    """A group whose commands stand in modules of their names, imported when they are called.

    ``package`` holds the modules; ``summaries`` is name -> what the list of commands says of it.
    """

    def __init__(self, *args: Any, package: str, summaries: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self._package = package
        self._summaries = summaries

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._summaries:
            return None
        command = getattr(import_module(f"{self._package}.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list["CompletionItem"]:
        """The commands that begin so, from their summaries: none is imported; and the options."""
        from click.shell_completion import CompletionItem

        commands = [
            CompletionItem(name, help=about)
            for name, about in self._summaries.items()
            if name.startswith(incomplete)
        ]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self._summaries.items()))


@contextmanager
def _output_named() -> Iterator[None]:
    """Ends the command where its output cannot be written; files.py names what files cannot."""
    try:
        yield
    except OSError as error:
        if error.errno == EPIPE:  # who reads has read enough: click's business
            raise
        place = error.filename or "standard output"
        _say("error", f"{place}: {reason(error)}; choose another place")
        sys.exit(1)


def _speak_any_language() -> None:
    """Where the output's encoding lacks a character, write it as an escape rather than fail: UTF-8
    lacks what stands for the bytes of a file's name that are no UTF-8.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever called
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - to the end
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _say(kind: str, text: str) -> None:
    """One line on standard error, whatever a file's name holds."""
    click.echo(f"{kind}: {harmless(text)}", err=True)


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
