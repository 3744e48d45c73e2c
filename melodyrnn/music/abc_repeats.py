"""The bars of an ABC tune in the order in which they are played: repeats and endings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from melodyrnn.music.score_piece import Head
from melodyrnn.music.song import Meter

MOST_PASSES = 16
"""A bar is not played more often than this."""


@dataclass
class Bar:
    """A bar as it is written, and the signs of repetition at its bar lines."""

    heads: list[Head] = field(default_factory=list)  # their onsets from the start of the bar
    length: Fraction = Fraction(0)  # quarter notes
    meter: Meter | None = None  # if a signature stands here
    forward: bool = False  # |: before it
    backward: int = 0  # how often :| after it sends back
    passes: frozenset[int] = frozenset()  # an ending for these begins here
    closes: bool = False  # a double bar line, which ends an ending


def has_repeats(bars: Sequence[Bar]) -> bool:
    return any(bar.backward for bar in bars)


def expand(bars: Sequence[Bar]) -> list[int]:
    """Indices of ``bars`` as a musician plays them.

    A ``:|`` goes back to the ``|:`` before it, or to the end of the last repeated part, or to
    the start. Of several endings each pass plays its own.
    """
    endings = _endings(bars)
    played: list[int] = []
    index = start = 0
    turn = 1
    while index < len(bars):
        bar, passes = bars[index], endings[index]
        after_endings = index > 0 and endings[index - 1] and not passes
        if index != start and (bar.forward or after_endings):
            start, turn = index, 1
        if passes and turn not in passes:
            index += 1
            continue
        played.append(index)
        most = max(_group_passes(endings, index), default=0)
        if bar.backward and turn < min(max(bar.backward + 1, most), MOST_PASSES):
            turn += 1
            index = start
            continue
        index += 1
        if bar.backward and not (index < len(bars) and endings[index]):
            start, turn = index, 1
    return played


def _endings(bars: Sequence[Bar]) -> list[frozenset[int]]:
    """For each bar the passes of the ending that it belongs to, none for most."""
    endings: list[frozenset[int]] = []
    current: frozenset[int] = frozenset()
    for bar in bars:
        if bar.forward:
            current = frozenset()
        current = bar.passes or current
        endings.append(current)
        if bar.backward or bar.closes:
            current = frozenset()
    return endings


def _group_passes(endings: Sequence[frozenset[int]], index: int) -> set[int]:
    """The passes of all endings that stand side by side with the one at ``index``."""
    if not endings[index]:
        return set()
    first = last = index
    while first > 0 and endings[first - 1]:
        first -= 1
    while last + 1 < len(endings) and endings[last + 1]:
        last += 1
    return {number for passes in endings[first : last + 1] for number in passes}
