"""The list of lessons, and what one of them found."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from melodyrnn.console.tables import table_of

if TYPE_CHECKING:
    from melodyrnn.lessons.lesson import Lesson
    from melodyrnn.lessons.run_lesson import LessonResult


def show_lessons(lessons: Sequence["Lesson"]) -> None:
    """Each lesson's name, shape and what goes in and out."""
    console = Console(highlight=False)
    table = table_of(console, f"{len(lessons)} lessons", "lesson", "shape", "what it is")
    for lesson in lessons:
        table.add_row(lesson.name, Text(lesson.shape, "dim"), Text(lesson.about))
    table.columns[0].no_wrap = table.columns[1].no_wrap = True
    console.print(table)
    console.print("\n'melodyrnn lesson NAME' runs one, '--all' all of them")


def show_lesson(result: "LessonResult") -> None:
    """A lesson that was run: its tables, its claim, what was found."""
    console = Console(highlight=False)
    lesson, finding = result.lesson, result.finding
    console.print(Text.assemble((lesson.name, "bold"), f", {lesson.shape}: {lesson.about}"))
    for shown in finding.tables:
        table = table_of(console, shown.title, *shown.headings)
        for row in shown.rows:
            table.add_row(*map(Text, row))
        console.print(table)
    console.print()
    _print_wrapped(console, "claim", lesson.claim)
    _print_wrapped(console, "found", finding.sentence)
    _print_verdict(console, result)
    if result.files:
        console.print(f"\n{result.files[0].parent}/", soft_wrap=True, markup=False)
        names = "  ".join(path.name for path in result.files)
        console.print(Padding(Text(names), (0, 0, 0, 2)))


def show_verdict(result: "LessonResult") -> None:
    """A lesson that was run among others: what it claimed and found."""
    console = Console(highlight=False)
    console.print(Text.assemble((result.lesson.name, "bold"), f", {result.lesson.shape}"))
    _print_wrapped(console, "claim", result.lesson.claim)
    _print_wrapped(console, "found", result.finding.sentence)
    _print_verdict(console, result)
    console.print()


def _print_wrapped(console: Console, word: str, text: str) -> None:
    console.print(Text(f"  {word:7}", "dim"), end="")
    lines = Text(text).wrap(console, console.width - 10)
    for number, line in enumerate(lines):
        console.print(line if number == 0 else Text(" " * 9) + line)


def _print_verdict(console: Console, result: "LessonResult") -> None:
    holds = result.finding.holds
    word = ("the claim holds", "green") if holds else ("the claim does not hold", "bold red")
    console.print(Text.assemble("  " + " " * 7, word, (f"  ({result.seconds:.1f} s)", "dim")))
