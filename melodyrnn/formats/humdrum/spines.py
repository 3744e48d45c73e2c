"""The spines of a Humdrum file: which column is whose, from line to line.

Spines split (``*^``), join (``*v``), change places (``*x``), end (``*-``) and begin (``*+`` and an
exclusive interpretation). What comes of a spine by splitting is a sub-spine of the same column.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from melodyrnn.errors import NotationError


@dataclass(eq=False, slots=True)  # one is itself and no other
class Spine:
    """One column, or a sub-spine of one."""

    column: int  # in the order in which they begin
    kind: str  # "**kern"; "" where it is yet to be named


class Row(NamedTuple):
    """One line of a file."""

    number: int  # from 1
    tokens: list[tuple[Spine, str]]


def rows(lines: Iterable[tuple[int, str]]) -> Iterator[Row]:
    """The (number, line) of a piece as its spines say them, without global comments.

    A line with too few tokens says nothing of the last spines. Raises NotationError where it has
    too many.
    """
    columns = count()
    spines: list[Spine] = []
    for number, line in lines:
        if line.startswith("!!"):
            continue
        tokens = line.split("\t")
        if not spines and line.startswith("**"):
            spines = [Spine(next(columns), "") for _ in tokens]
        if len(tokens) > len(spines):
            raise NotationError(
                f"line {number}: {len(tokens)} columns, {len(spines)} spines; export it again"
            )
        row = list(zip(spines, tokens, strict=False))
        for spine, token in row:
            if token.startswith("**"):
                spine.kind = token
        yield Row(number, row)
        if line.startswith("*"):
            spines = list(_moved(row, columns)) + spines[len(row) :]


def _moved(row: list[tuple[Spine, str]], columns: Iterator[int]) -> Iterator[Spine]:
    """The spines after the path indicators of an interpretation line."""
    row = _exchanged(row)
    for index, (spine, token) in enumerate(row):
        before = row[index - 1] if index else None
        if token == "*-":
            continue
        if token == "*v" and before and before[1] == "*v" and before[0].column == spine.column:
            continue  # it joins the one before
        yield spine
        if token == "*^":
            yield Spine(spine.column, spine.kind)
        elif token == "*+":
            yield Spine(next(columns), "")


def _exchanged(row: list[tuple[Spine, str]]) -> list[tuple[Spine, str]]:
    """The row with pairs of ``*x`` having changed places."""
    row = list(row)
    places = [index for index, (_, token) in enumerate(row) if token == "*x"]
    for first, second in zip(places[::2], places[1::2], strict=False):
        row[first], row[second] = row[second], row[first]
    return row
