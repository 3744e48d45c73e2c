"""The command line: parse, call one workflow, print. No logic.

A command's module is imported when the command is called, and imports its workflow when it runs,
so that ``--help`` answers at once.
"""

import click

from melodyrnn.cli.group import LazyGroup
from melodyrnn.console.language import LANGUAGES, speaking

COMMANDS = {
    "inspect": "Show a song's tokens, windows and memoryless ceiling.",
    "train": "Train a model on songs.",
    "evaluate": "Measure a run on its training set, or on other songs.",
    "compare": "Compare models: a table, and a page to listen to.",
    "generate": "Make new songs from a run.",
    "predict": "Show what a run expects next.",
    "export": "Write a run as a page that plays it, or for other programs.",
    "reproduce": "Train a run again, and say whether the figures agree.",
    "render": "Write a song as MIDI, score, picture, sound or text.",
    "lesson": "Run a lesson: a small system and a claim that is checked.",
    "corpus": "List collections of songs, and show what is in them.",
    "benchmark": "Measure a published table again.",
    "sweep": "Run a grid of settings: a table and heat maps.",
    "studio": "Open a page in the browser to play, write, train and keep.",
    "completion": "Complete commands and options with the tab key.",
}
"""Name, which is its module's too -> what the list of commands says of it."""


@click.group(
    cls=LazyGroup,
    package=__name__,
    summaries=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="melodyrnn")
@click.option(
    "--lang",
    type=click.Choice(list(LANGUAGES)),
    help="the language of results  [default: that of LC_ALL or LANG, or en]",
)
@click.pass_context
def main(ctx: click.Context, lang: str | None) -> None:
    """Learn from melodies, make new ones, and see honestly how good a model is.

    A SONG is a text of notes such as 'g8 e8 e4', MIDI, MusicXML, ABC or Humdrum. Where a command
    takes any number of them, it is also a folder, a quoted glob such as 'songs/*.mid', an ABC
    file of many tunes, or a corpus such as kinder ('melodyrnn corpus list').
    """
    ctx.with_resource(speaking(lang))
