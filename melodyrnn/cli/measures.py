"""The numbers by which every model is evaluated: printed, and explained in the help."""

from collections.abc import Sequence
from typing import Protocol

import click

from melodyrnn.console.language import columns, padded, phrase, said
from melodyrnn.system.sentences import template

NUMBERS = """\b
one step       notes predicted correctly, each from the notes of the song
               itself (teacher-forced)
whole song     notes played correctly after the first window, each predicted
               from the notes that the model itself played (free-running)
ceiling        memoryless ceiling: the most notes that any model which sees
               only the window can predict correctly in one step, by the
               most frequent successor of each window
bits per note  cross-entropy: the mean of -log2 p(next note); 0 is certainty
"""

_MOST = 5
"""Names in a line."""


class Numbers(Protocol):
    """Those of ``evaluation.measures``; a count is written ``46/50``."""

    @property
    def one_step(self) -> object: ...

    @property
    def whole_song(self) -> object: ...

    @property
    def ceiling(self) -> object: ...

    @property
    def bits_per_note(self) -> float: ...


def show_numbers(measures: Numbers) -> None:
    show_rows(
        ("one step", str(measures.one_step), "notes, each predicted from the song itself"),
        ("whole song", str(measures.whole_song), "notes, each predicted from those it played"),
        ("ceiling", str(measures.ceiling), "in one step, of any model that sees only the window"),
        ("bits per note", f"{measures.bits_per_note:.3f}", "0 is certainty"),
    )


def show_rows(*rows: tuple[str, str, str]) -> None:
    """What was measured, the number, and what it means."""
    names = [said(name) for name, _, _ in rows]
    width = max(12, *(columns(name) + 1 for name in names))
    for name, (_, number, about) in zip(names, rows, strict=True):
        meaning = click.style(said(about), dim=True)
        click.echo(f"  {padded(name, width)}{number:>9}   {meaning}")


def show_known(names: Sequence[str]) -> None:
    """The songs that are no news to a fine-tuned run, in one line."""
    if names:
        shown = ", ".join(names[:_MOST])
        if len(names) > _MOST:
            shown = phrase("{names} and {more:,} more", names=shown, more=len(names) - _MOST)
        many = template("left out {count:,} songs of which the pretraining had a variant: {names}")
        one = template("left out a song of which the pretraining had a variant: {names}")
        click.echo(phrase(one if len(names) == 1 else many, count=len(names), names=shown))
