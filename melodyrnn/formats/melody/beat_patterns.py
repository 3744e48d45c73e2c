"""How a quarter note is divided: the patterns of onsets in it, and how often each occurs.

A pattern has the places of its onsets in 24ths of a quarter note. Each half is divided straight
(in 32nds) or as a triplet (of 16ths; both together hold the triplet of eighths).
``python benchmarks/beat_patterns.py`` counts them.
"""

from collections import defaultdict
from functools import cache
from itertools import product

Pattern = tuple[int, ...]
"""Places in a quarter note, in 24ths of it, in order."""

PARTS = 24
"""Into so many a quarter note is divided by a pattern's places."""

FREQUENT: dict[Pattern, float] = {
    **{(0, 12): 43373, (0,): 21049, (0, 6, 12, 18): 8540, (0, 18): 7656, (12,): 4930, (): 4239},
    **{(0, 6, 12): 3225, (0, 8, 16): 1552, (6, 12): 1399, (0, 12, 18): 1226, (6, 12, 18): 414},
    **{(0, 6): 394, (0, 9, 12, 21): 310, (0, 4, 8, 12, 18): 182, (12, 18): 175},
    **{(0, 4, 8, 12): 124, (0, 6, 18): 112, (0, 6, 12, 16, 20): 111, (6, 18): 107},
    **{(0, 9, 12): 103, (4, 12): 81, (0, 12, 20): 52, (18,): 49, (0, 12, 21): 42, (6,): 38},
    **{(0, 4, 8, 12, 21): 37, (0, 9, 12, 16, 20): 33, (0, 12, 16, 20): 30},
    **{(0, 4, 8, 12, 16, 20): 30, (0, 6, 12, 21): 28, (0, 3, 12, 15): 25, (3, 6, 15, 18): 22},
    **{(0, 9, 12, 18): 22, (4, 12, 20): 17, (6, 12, 20): 16, (9, 21): 15, (12, 20): 15},
    **{(6, 12, 21): 13, (3, 15): 13, (0, 3, 6): 11, (3, 6, 18): 9, (3, 21): 9, (0, 12, 15): 8},
    **{(9,): 8, (3,): 8},
}
"""Of 100,000 quarter notes of 3,845 tunes of essen/erk, ryans-mammoth and, every other one,
oneills; what is left of the 100,000 are rarer ones."""

_HALF = PARTS // 2
_STRAIGHT, _TRIPLET = (0, 3, 6, 9), (0, 4, 8)
_OTHERS = 0.02
"""The share of all patterns, made of any two halves, in what is probable before a melody is known;
chosen, as the table was made, on these tunes."""
_UNSEEN = 1e-4
"""The share of each half that no frequent pattern has."""


@cache
def probabilities(straight: int, triplet: int) -> dict[Pattern, float]:
    """Of each pattern, how often it occurs, where notes stand on multiples of ``straight`` or
    ``triplet`` 24ths only (0: of none).
    """
    whole = sum(FREQUENT.values())
    first: dict[Pattern, float] = defaultdict(float)
    second: dict[Pattern, float] = defaultdict(float)
    for pattern, count in FREQUENT.items():
        first[tuple(place for place in pattern if place < _HALF)] += count / whole
        second[tuple(place - _HALF for place in pattern if place >= _HALF)] += count / whole
    made = {}
    for before, after in product(_halves(), repeat=2):
        pattern = before + tuple(place + _HALF for place in after)
        if all(_is_on(place, straight, triplet) for place in pattern):
            others = (first[before] + _UNSEEN) * (second[after] + _UNSEEN)
            made[pattern] = (1 - _OTHERS) * FREQUENT.get(pattern, 0) / whole + _OTHERS * others
    return made


def _halves() -> list[Pattern]:
    chosen = {
        tuple(place for place, sounds in zip(places, sounding, strict=True) if sounds)
        for places in (_STRAIGHT, _TRIPLET)
        for sounding in product((True, False), repeat=len(places))
    }
    return sorted(chosen)


def _is_on(place: int, straight: int, triplet: int) -> bool:
    return not place % straight or bool(triplet and not place % triplet)
