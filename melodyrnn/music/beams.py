"""Which notes of a bar hang on one beam: eighths and shorter within one beat, side by side."""

from fractions import Fraction
from itertools import groupby

from melodyrnn.music.bars import Bar, Written
from melodyrnn.music.song import Meter


def beam_groups(bar: Bar) -> list[tuple[Written, ...]]:
    """The bar's heads in order, those under one beam together, every other head alone."""
    span = _span(bar.meter)
    groups: list[tuple[Written, ...]] = []
    for (_, beamed), run in groupby(
        bar.heads, key=lambda head: ((head.offset - bar.first_beat) // span, _takes_beam(head))
    ):
        heads = tuple(run)
        groups += [heads] if beamed else [(head,) for head in heads]
    return groups


def levels(head: Written) -> int:
    """How many beams or flags a head's value has: an eighth 1, a 16th 2."""
    return max(0, head.value.type.bit_length() - 3)


def _takes_beam(head: Written) -> bool:
    return head.pitch is not None and levels(head) > 0


def _span(meter: Meter) -> Fraction:
    """How far a beam may reach, in quarter notes: a beat, a whole bar of 3/8, two eighths in
    5/8, where one is no beat worth grouping.
    """
    if meter.beats == 3 and meter.unit >= 8:
        return meter.bar
    return max(meter.beat, Fraction(1))
