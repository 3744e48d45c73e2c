"""The numbers by which every model is evaluated: printed, and explained in the help."""

from collections.abc import Sequence
from typing import Protocol

import click

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
    width = max(12, *(len(name) + 1 for name, _, _ in rows))
    for name, number, about in rows:
        click.echo(f"  {name:{width}}{number:>9}   {click.style(about, dim=True)}")


def show_known(names: Sequence[str]) -> None:
    """The songs that are no news to a fine-tuned run, in one line."""
    if names:
        more = f" and {len(names) - _MOST:,} more" if len(names) > _MOST else ""
        songs = "a song" if len(names) == 1 else f"{len(names):,} songs"
        click.echo(
            f"left out {songs} of which the pretraining had a variant: "
            f"{', '.join(names[:_MOST])}{more}"
        )
