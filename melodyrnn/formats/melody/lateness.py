"""The constant by which a performance is late, or early.

A recording that starts at any moment, a sound card or an instrument delays all notes of a file
alike. Taken literally, a note a 16th late is a syncopation, and all of them are.

Which constants come into question is told by how often notes fall on each place of a quarter note.
Where several do, such as those that differ by a third of a beat in a melody of triplets, or by half
a beat in one of eighths, the notes are placed by each of them (``placing``), and the whole melodies
so read are compared: by how probable their beats are (``beat_patterns``), those of a melody being
like each other, by how far notes are from their places, and by how usual it is to be so late.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from math import exp, lgamma, log
from operator import mul
from statistics import median

from melodyrnn.formats.melody.beat_patterns import FREQUENT, PARTS, Pattern, probabilities
from melodyrnn.formats.melody.grid import FINEST
from melodyrnn.formats.melody.pattern_tree import UNKNOWN
from melodyrnn.formats.melody.placing import KNOWN, deviation_of, places
from melodyrnn.music.durations import GRID

_BINS = 96
"""Into so many parts a quarter note is divided."""
_BIN = GRID // _BINS
_DEVIATION = 3.0  # bins: a 32nd of a quarter note
_STRAY = 1e-3
_LATE, _EARLY = 6.0, 2.0
"""Bins. A constant is the more probable the smaller it is; these are usual …"""
_FREEDOM = 5
"""… and the degrees of freedom of Student's t, by which larger ones are less so."""
_TRIPLETS = 2.0
"""The log-odds against a melody of triplets."""
_MARGIN = 6.0
"""Log-odds up to which a constant is compared with the one that seems best …"""
_APART = 4  # bins
"""… if it is not nearly the same …"""
_COMPARED = 3
"""… and so many at most, on as many notes as these from the first on."""
_NOTES = 96
_FEWEST = 8
"""Notes that are needed: what two or three are late is no constant."""
_SMALLEST = GRID // 64
_EARLIEST = GRID // 8


def lateness(onsets: Sequence[Fraction]) -> Fraction:
    """How late the notes are, in quarter notes, between -1 and 1; 0 where they are not.

    ``onsets`` are in order. No note comes to stand an eighth of a quarter note before the start.
    """
    if len(onsets) < _FEWEST:
        return Fraction(0)
    steps = [round(onset * GRID) for onset in onsets]
    possible = [_exactly(bins, steps) for bins in _candidates(steps)]
    late = possible[0]
    if len(possible) > 1:
        late = max(possible, key=lambda late: _evidence(onsets[:_NOTES], late) - _against(late))
    return Fraction(late, GRID) if abs(late) >= _SMALLEST else Fraction(0)


def _candidates(steps: Sequence[int]) -> list[int]:
    """Constants that come into question, in bins, the likeliest first."""
    counted = Counter(step % GRID // _BIN for step in steps)
    counts = [float(counted[place]) for place in range(_BINS)]
    latest = (steps[0] + _EARLIEST) // _BIN
    score = {}
    for phase in range(_BINS):
        late = phase if phase <= latest else phase - _BINS
        late = min((late, phase - _BINS), key=lambda bins: _against(bins * _BIN))
        first = _BINS - phase
        score[late] = -_against(late * _BIN) + max(
            sum(map(mul, counts, table[first : first + _BINS])) - odds
            for table, odds in zip(_likelihoods(), (0.0, _TRIPLETS), strict=True)
        )
    likeliest = max(score.values())
    found: list[int] = []
    for late in sorted(score, key=lambda late: -score[late]):
        if score[late] < likeliest - _MARGIN or len(found) == _COMPARED:
            break
        if all(_distance(late - other) >= _APART for other in found):
            found.append(late)
    return found


def _exactly(bins: int, steps: Sequence[int]) -> int:
    """The constant of about so many bins, in steps of 1/GRID quarter note."""
    first = bins * _BIN + _BIN // 2
    offs = [off for step in steps if abs(off := _off(step - first)) < 3 * _BIN]
    return first + round(median(offs)) if offs else first


def _off(step: int) -> int:
    """From the nearest 16th or triplet eighth, in steps of 1/GRID quarter note."""
    return min(
        (((step + slot // 2) % slot - slot // 2) for slot in (GRID // 4, GRID // 3)), key=abs
    )


def _evidence(onsets: Sequence[Fraction], late: int) -> float:
    """The log-odds of a melody that is late by so many 1/GRID quarter notes.

    Its beats are drawn as from an urn to which each is put back with one more of its kind (Pólya's,
    the sum over all frequencies of the patterns).
    """
    moved = [max(onset - Fraction(late, GRID), Fraction(0)) for onset in onsets]
    found = places(moved, FINEST, [None] * len(moved))
    beats: defaultdict[int, set[int]] = defaultdict(set)
    for place in found:
        beats[place // 1].add(int(place % 1 * PARTS))
    usual = probabilities(int(FINEST.slot * PARTS), int(FINEST.triplet * PARTS))
    odds = 0.0
    for pattern, count in Counter(tuple(sorted(beat)) for beat in beats.values()).items():
        first = KNOWN * usual.get(pattern, UNKNOWN)
        odds += lgamma(first + count) - lgamma(first)
    odds -= lgamma(KNOWN + len(beats)) - lgamma(KNOWN)
    squares = sum(float(at - onset) ** 2 for at, onset in zip(found, moved, strict=True))
    deviation = deviation_of(squares, len(moved))
    return odds - len(moved) * log(deviation) - squares / (2 * deviation**2)


@lru_cache(4096)
def _against(late: int) -> float:
    """The log-odds against being late by so many 1/GRID quarter notes, beside not at all."""
    usual = (_LATE if late > 0 else _EARLY) * _BIN
    return (_FREEDOM + 1) / 2 * log(1 + (late / usual) ** 2 / _FREEDOM)


@cache
def _likelihoods() -> tuple[list[float], list[float]]:
    """Of each bin of two quarter notes, the log-odds of an onset there: where all beats are divided
    as straight ones are, and where as those with triplets.
    """
    straight = {pattern: n for pattern, n in FREQUENT.items() if not any(at % 3 for at in pattern)}
    triplets = {pattern: n for pattern, n in FREQUENT.items() if pattern not in straight}
    return 2 * _likelihood(straight), 2 * _likelihood(triplets)


def _likelihood(patterns: Mapping[Pattern, float]) -> list[float]:
    onsets: Counter[int] = Counter()
    for pattern, count in patterns.items():
        onsets.update(dict.fromkeys(pattern, count))
    bins = _BINS // PARTS
    return [
        log(_STRAY + sum(n * _bell(bin_ - at * bins) for at, n in onsets.items()) / onsets.total())
        for bin_ in range(_BINS)
    ]


def _bell(apart: int) -> float:
    return exp(-((_distance(apart) / _DEVIATION) ** 2) / 2)


def _distance(bins: int) -> int:
    """How far apart two places in a quarter note are, the next one's beginning being near."""
    return abs((bins + _BINS // 2) % _BINS - _BINS // 2)
