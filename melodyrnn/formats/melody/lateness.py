"""The constant by which a performance is late, or early.

A recording that starts at any moment, a sound card or an instrument delays all notes of a file
alike. Taken literally, a note a 16th late is a syncopation, and all of them are.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from math import exp, log
from statistics import median

from melodyrnn.music.durations import GRID

_BINS = 96
"""Into so many parts a quarter note is divided."""
_BIN = GRID // _BINS
_WEIGHTS = {
    **{0: 1.0, 48: 0.8, 24: 0.3, 72: 0.3, 32: 0.05, 64: 0.05},
    **{12: 0.02, 36: 0.02, 60: 0.02, 84: 0.02, 16: 0.02, 80: 0.02},
}
"""Place in the quarter note, in bins -> how probable it is there, beside the beat."""
_DEVIATION = 3.0  # bins: a 32nd of a quarter note
_STRAY = 1e-3
_LIKELY = 7.0
"""Bins. A constant is the more probable the smaller it is; this one is usual …"""
_UNLIKELY = 10.0
"""… and this is the log-odds of any other: what a dozen notes say outweighs it."""
_FEWEST = 8
"""Notes that are needed: what two or three are late is no constant."""
_SMALLEST = GRID // 64
_EARLIEST = GRID // 8


def lateness(onsets: Sequence[Fraction]) -> Fraction:
    """How late the notes are, in quarter notes, between -1 and 1; 0 where they are not.

    No note comes to stand an eighth of a quarter note before the start.
    """
    if len(onsets) < _FEWEST:
        return Fraction(0)
    steps = [round(onset * GRID) for onset in onsets]
    counts = [0] * _BINS
    for step in steps:
        counts[step % GRID // _BIN] += 1
    full = [(place, count) for place, count in enumerate(counts) if count]
    likelihood = _likelihood()
    bins = max(
        range(-_BINS // 8, 7 * _BINS // 8),
        key=lambda late: (
            sum(n * likelihood[(place - late) % _BINS] for place, n in full)
            - min((late / _LIKELY) ** 2 / 2, _UNLIKELY)
        ),
    )
    first = bins * _BIN + _BIN // 2
    offs = [off for step in steps if abs(off := _off(step - first)) < 3 * _BIN]
    late = first + round(median(offs)) if offs else first
    if late > steps[0] + _EARLIEST:
        late -= GRID
    return Fraction(late, GRID) if abs(late) >= _SMALLEST else Fraction(0)


def _off(step: int) -> int:
    """From the nearest 16th or triplet eighth, in steps of 1/GRID quarter note."""
    return min(
        (((step + slot // 2) % slot - slot // 2) for slot in (GRID // 4, GRID // 3)), key=abs
    )


@cache
def _likelihood() -> list[float]:
    """Of each bin of a quarter note, the log-odds of an onset there."""
    return [
        log(_STRAY + sum(w * _bell(bin_ - place) for place, w in _WEIGHTS.items()))
        for bin_ in range(_BINS)
    ]


def _bell(apart: int) -> float:
    apart = (apart + _BINS // 2) % _BINS - _BINS // 2
    return exp(-((apart / _DEVIATION) ** 2) / 2)
