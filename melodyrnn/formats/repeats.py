"""The order in which bars are played: repeats, endings, D.C. and D.S."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from melodyrnn.errors import NotationError
from melodyrnn.limits import BARS

MOST_PASSES = 16
"""A bar is not played more often than this."""


@dataclass
class Repeats:
    """The signs of repetition at the lines of one written bar."""

    forward: bool = False  # |: before it
    backward: int = 0  # how often :| after it sends back
    passes: frozenset[int] = frozenset()  # an ending for these begins here
    closes: bool = False  # an ending does not go on after it
    double: bool = False  # where no |: stands, a later :| goes back to its end
    jump: str = ""  # after it "start" (D.C.) or "segno" (D.S.)
    segno: bool = False
    coda: bool = False  # the first one leads to the second
    fine: bool = False  # the end, once the jump is made


def has_repeats(bars: Sequence[Repeats]) -> bool:
    return any(bar.backward or bar.jump for bar in bars)


def expand(bars: Sequence[Repeats]) -> list[int]:
    """Indices of ``bars`` as a musician plays them.

    A ``:|`` goes back to the ``|:`` before it, or else to the end of the last repeated part or to
    the last double line, or to the start. Of several endings each pass plays its own. After a D.C.
    or D.S. nothing is repeated, each last ending is played, and a fine ends it or a coda sign leads
    to the coda. Raises NotationError where they are more than ``BARS``.
    """
    played = _repeated(bars)
    jumps = [index for index, bar in enumerate(bars) if bar.jump]
    if not jumps:
        return played
    last = len(played) - played[::-1].index(jumps[-1]) if jumps[-1] in played else len(played)
    signs = [index for index, bar in enumerate(bars) if bar.segno]
    start = signs[0] if bars[jumps[-1]].jump == "segno" and signs else 0
    again = [index for index in _last_pass(bars) if index >= start]
    fines = [index for index in again if bars[index].fine]
    codas = [index for index in again if bars[index].coda]
    if fines:
        again = [index for index in again if index <= fines[0]]
    elif len(codas) == 2:
        again = [index for index in again if index <= codas[0] or index >= codas[1]]
    return played[:last] + again


def _last_pass(bars: Sequence[Repeats]) -> list[int]:
    """Every bar once, of endings the last."""
    endings = _endings(bars)
    return [
        index
        for index, (passes, most) in enumerate(zip(endings, _most_passes(endings), strict=True))
        if not passes or most in passes
    ]


def _repeated(bars: Sequence[Repeats]) -> list[int]:
    """With all repeats, without jumps."""
    endings = _endings(bars)
    most_passes = _most_passes(endings)
    played: list[int] = []
    index = start = 0
    turn = 1
    opened = False  # by |:
    while index < len(bars):
        bar, passes = bars[index], endings[index]
        after_endings = index > 0 and endings[index - 1] and not passes
        after_double = index > 0 and bars[index - 1].double and not passes and not opened
        if index != start and (bar.forward or after_endings or after_double):
            start, turn, opened = index, 1, False
        opened |= bar.forward
        if passes and turn not in passes:
            index += 1
            continue
        played.append(index)
        if len(played) > BARS.most:
            raise NotationError(BARS.told)
        if bar.backward and turn < min(max(bar.backward + 1, most_passes[index]), MOST_PASSES):
            turn += 1
            index = start
            continue
        index += 1
        if bar.backward and not (index < len(bars) and endings[index]):
            start, turn, opened = index, 1, False
    return played


def _endings(bars: Sequence[Repeats]) -> list[frozenset[int]]:
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


def _most_passes(endings: Sequence[frozenset[int]]) -> list[int]:
    """For each bar the last pass of all endings that stand side by side with its own; else 0."""
    most: list[int] = []
    for side_by_side, group in groupby(endings, key=bool):
        passes = list(group)
        most += [max(map(max, passes)) if side_by_side else 0] * len(passes)
    return most
