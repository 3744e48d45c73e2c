"""The list of lessons, and what one of them found."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from melodyrnn.console.language import cell, padded, phrase, said
from melodyrnn.console.tables import table_of

if TYPE_CHECKING:
    from melodyrnn.lessons.lesson import Lesson
    from melodyrnn.lessons.run_lesson import LessonResult


def show_lessons(lessons: Sequence["Lesson"]) -> None:
    """Each lesson's name, shape and what goes in and out."""
    console = Console(highlight=False)
    title = phrase("{count} lessons", count=len(lessons))
    table = table_of(console, title, said("lesson"), said("shape"), said("what it is"))
    for lesson in lessons:
        table.add_row(lesson.name, Text(said(lesson.shape), "dim"), Text(said(lesson.about)))
    table.columns[0].no_wrap = table.columns[1].no_wrap = True
    console.print(table)
    console.print("\n" + said("'melodyrnn lesson NAME' runs one, '--all' all of them"))


def show_lesson(result: "LessonResult") -> None:
    """A lesson that was run: its tables, its claim, what was found."""
    console = Console(highlight=False)
    lesson, finding = result.lesson, result.finding
    about = f", {said(lesson.shape)}: {said(lesson.about)}"
    console.print(Text.assemble((lesson.name, "bold"), about))
    for shown in finding.tables:
        table = table_of(console, said(shown.title), *map(said, shown.headings))
        for row in shown.rows:
            table.add_row(*(Text(cell(text)) for text in row))
        console.print(table)
    console.print()
    _print_wrapped(console, said("claim"), lesson.claim)
    _print_wrapped(console, said("found"), finding.sentence)
    _print_verdict(console, result)
    if result.files:
        console.print(f"\n{result.files[0].parent}/", soft_wrap=True, markup=False)
        names = "  ".join(path.name for path in result.files)
        console.print(Padding(Text(names), (0, 0, 0, 2)))


def show_verdict(result: "LessonResult") -> None:
    """A lesson that was run among others: what it claimed and found."""
    console = Console(highlight=False)
    console.print(Text.assemble((result.lesson.name, "bold"), f", {said(result.lesson.shape)}"))
    _print_wrapped(console, said("claim"), result.lesson.claim)
    _print_wrapped(console, said("found"), result.finding.sentence)
    _print_verdict(console, result)
    console.print()


def _print_wrapped(console: Console, word: str, text: str) -> None:
    console.print(Text(f"  {padded(word, 7)}", "dim"), end="")
    lines = Text(said(text)).wrap(console, console.width - 10)
    for number, line in enumerate(lines):
        console.print(line if number == 0 else Text(" " * 9) + line)


def _print_verdict(console: Console, result: "LessonResult") -> None:
    holds = result.finding.holds
    style = "green" if holds else "bold red"
    word = said("the claim holds" if holds else "the claim does not hold"), style
    seconds = phrase("{seconds:.1f} s", seconds=result.seconds)
    console.print(Text.assemble("  " + " " * 7, word, (f"  ({seconds})", "dim")))
