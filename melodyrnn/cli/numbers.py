"""The numbers by which every model is judged: printed, and explained in the help."""

from typing import Any

import click

NUMBERS = """\b
one step     each next note, told from the window of the song itself
whole song   each next note after the first window, told from the notes that
             the model itself played; right are those that agree in place
ceiling      the most that any model can get right in one step which sees the
             window only: of each window, its most frequent next note
bits a note  the mean of -log2 p(next note); 0 is certainty
"""


def show_numbers(measures: Any) -> None:
    show_rows(
        ("one step", str(measures.one_step), "next notes, each told from the song itself"),
        ("whole song", str(measures.whole_song), "next notes, each told from its own notes"),
        ("ceiling", str(measures.ceiling), "in one step, for what sees the window only"),
        ("bits a note", f"{measures.bits_per_note:.3f}", "0 is certainty"),
    )


def show_rows(*rows: tuple[str, str, str]) -> None:
    """What was measured, the number, and what it means."""
    width = max(12, *(len(name) + 1 for name, _, _ in rows))
    for name, number, about in rows:
        click.echo(f"  {name:{width}}{number:>9}   {click.style(about, dim=True)}")
