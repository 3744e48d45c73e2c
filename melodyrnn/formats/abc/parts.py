"""The parts of an ABC tune and the order they are played in: ``P:A(AB)2.C3``."""

import re
from collections.abc import Mapping, Sequence

from melodyrnn.errors import ScoreError
from melodyrnn.formats.repeats import Repeats, expand

_MOST_PARTS = 1000
_MOST_BARS = 100_000
_TOKEN = re.compile(r"\s*(?:([A-Za-z])|([()])|(\d{1,4})|[.,])\s*")


def read_order(field: str) -> list[str] | None:
    """The letters of the parts in the order they are played; None where this is no such order.

    A number repeats the letter or the parenthesis before it; dots only separate.
    """
    groups: list[list[str]] = [[]]
    last: list[str] = []  # what a number repeats
    place = 0
    while place < len(field):
        match = _TOKEN.match(field, place)
        if not match:
            return None
        place = match.end()
        letter, parenthesis, number = match.groups()
        if letter:
            last = [letter]
        elif parenthesis == "(":
            groups.append([])
            last = []
            continue
        elif parenthesis:
            if len(groups) < 2:
                return None
            last = groups.pop()
        elif number:
            if len(last) * int(number) > _MOST_PARTS:
                return None
            last = last * (int(number) - 1)
        else:
            continue
        groups[-1] += last
        if len(groups[-1]) > _MOST_PARTS or len(groups) > _MOST_PARTS:
            return None
    return groups[0] if len(groups) == 1 and groups[0] else None


def part_name(field: str) -> str:
    """What a field in the tune names: the letter of a part."""
    return field.strip()[:1]


def played(
    bars: Sequence[Repeats], parts: Mapping[int, str], order: Sequence[str], name: str
) -> list[int]:
    """Indices of ``bars`` as a musician plays them, repeats within their part.

    ``parts`` has the part that begins at a bar. What stands before the first is played once; where
    there is no order, the parts follow each other. Raises ScoreError for a tune without end.
    """
    if not parts or not order:
        return expand(bars)
    starts = sorted(parts)
    sections: dict[str, list[int]] = {}
    for start, stop in zip(starts, [*starts[1:], len(bars)], strict=True):
        section = [start + index for index in expand(bars[start:stop])]
        sections.setdefault(parts[start], section)
    indices = expand(bars[: starts[0]])
    for letter in order:
        indices += sections.get(letter, [])
        if len(indices) > _MOST_BARS:
            raise ScoreError(f"{name}: P: plays more than {_MOST_BARS} bars; shorten its order")
    return indices
