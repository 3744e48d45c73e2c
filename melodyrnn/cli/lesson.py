"""``melodyrnn lesson``."""

import sys
from typing import Any

import click

from melodyrnn.cli.options import PATH, TENSORBOARD, given, print_json, printing
from melodyrnn.cli.settings import settings_of
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.system.sentences import Sentence

LIST = "list"


@click.command()
@click.argument("name", default=LIST)
@click.option("--all", "run_all", is_flag=True, help="run all lessons")
@settings_of(SequenceConfig, FitConfig, defaults=False, without=("head", "bidirectional"))
@click.option("--data", metavar="FILE", help="mnist.npz, for the lesson images")
@click.option("--output", "-o", type=PATH, help="the folder for pictures and figures")
@click.option("--overwrite", is_flag=True, help="replace that folder")
@TENSORBOARD
@printing
def lesson(name: str, run_all: bool, as_json: bool, quiet: bool, **settings: Any) -> None:
    """Run a lesson on sequences: a small exact system, with a claim that its run checks.

    Without a NAME, the lessons are listed. Each has settings of its own; those given here replace
    them, where the lesson has a use for them. The exit status is 1 if a claim does not hold.
    """
    from melodyrnn.console.lesson import show_lesson, show_lessons, show_verdict
    from melodyrnn.console.progress import progress_of
    from melodyrnn.lessons.catalogue import all_lessons
    from melodyrnn.lessons.run_lesson import run_lesson, run_lessons

    if run_all and name != LIST:
        raise click.UsageError(f"--all runs all lessons; leave out {name!r}")
    settings = given(settings)
    if not run_all and name == LIST:
        if as_json:
            print_json([lesson.to_json() for lesson in all_lessons()])
        else:
            show_lessons(all_lessons())
        return
    silent = quiet or as_json
    if run_all:
        show = (lambda result: None) if silent else show_verdict
        with progress_of("lessons", silent) as report:
            results = run_lessons(progress=report, after=show, **settings)
        if as_json:
            print_json([result.to_json() for result in results])
    else:
        with progress_of(Sentence("lesson {name}", name=name), silent) as report:
            results = [run_lesson(name, progress=report, **settings)]
        if as_json:
            print_json(results[0].to_json())
        elif not quiet:
            show_lesson(results[0])
    if quiet:
        for path in (path for result in results for path in result.files):
            click.echo(path)
    sys.exit(0 if all(result.finding.holds for result in results) else 1)
