"""What is known of a sequence of symbols that take time before its first one."""

from collections.abc import Sequence
from typing import NamedTuple


class Change(NamedTuple):
    """From one time on, cycles of another length."""

    at: int  # ticks from the start, where a cycle begins
    length: int  # ticks
    meter: int  # which kind of cycle


class SequenceContext(NamedTuple):
    """How time goes round, and from where heights are counted. That cycles are bars, and heights
    pitches, is nothing that a model knows.
    """

    length: int  # of a cycle, in ticks
    first: int = 0  # ticks of the incomplete first cycle, if any
    meter: int = 0  # which kind of cycle
    origin: int = 0  # the place on the scale from which the sequence counts heights
    mode: int = 0  # which kind of scale
    cycles: int = 0  # how many cycles it will have, an incomplete first one apart; 0: not known
    end: int = 0  # ticks, where it will end; 0: not known
    changes: tuple[Change, ...] = ()


def for_each(contexts: Sequence[SequenceContext], count: int) -> Sequence[SequenceContext]:
    """Of ``count`` sequences: one context is that of them all."""
    return list(contexts) * count if len(contexts) == 1 else contexts
