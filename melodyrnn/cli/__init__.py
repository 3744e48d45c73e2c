"""The command line: parse, call one workflow, print. No logic.

Only click and the configurations are imported here; each command imports its workflow itself, so
that ``--help`` answers at once.
"""

import click

from melodyrnn.cli.benchmark import benchmark
from melodyrnn.cli.compare import compare
from melodyrnn.cli.corpus import corpus
from melodyrnn.cli.evaluate import evaluate
from melodyrnn.cli.generate import generate
from melodyrnn.cli.group import Group
from melodyrnn.cli.inspect import inspect
from melodyrnn.cli.lesson import lesson
from melodyrnn.cli.render import render
from melodyrnn.cli.sweep import sweep
from melodyrnn.cli.train import train


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="melodyrnn")
def main() -> None:
    """Learn from melodies, make new ones, and see honestly how good a model is.

    A SONG is a text of notes such as 'g8 e8 e4', MIDI, MusicXML, ABC or Humdrum. Where a command
    takes any number of them, it is also a folder, a quoted glob such as 'songs/*.mid', an ABC
    file of many tunes, or a corpus such as kinder ('melodyrnn corpus list').
    """


_COMMANDS = [
    inspect,
    train,
    evaluate,
    compare,
    generate,
    render,
    lesson,
    benchmark,
    corpus,
    sweep,
]

for _command in _COMMANDS:
    main.add_command(_command)
