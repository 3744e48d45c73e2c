"""Played onsets -> written ones: the most probable places, all of them together (Viterbi).

An onset lies near its place, by a normally distributed deviation. A place is the more probable the
less its beat is divided for it, and the time between two onsets the simpler it is, the more often
it occurs in this melody, and where a division goes on. So a note that is a 32nd late stays what its
neighbours are, and triplets are triplets where several are played as such.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import exp, gcd, log, sqrt
from typing import NamedTuple

from melodyrnn.formats.melody.grid import Grid
from melodyrnn.music.durations import GRID, ticks

_PLACES = {1: 0.0, 2: -0.6, 4: -4.0, 3: -4.7, 8: -3.3, 6: -3.6}
"""Into how many a quarter note is divided to hold a place -> log-odds of that place."""
_COUNTS = {1: 1, 2: 1, 4: 2, 3: 2, 8: 4, 6: 2}
"""Of each division, its places in a quarter note."""
_KNOWN_PLACES = 15.8
_ROUNDS = 3
_STEPS = {1: -1.2, 2: -1.2, 4: -1.8, 3: -4.9, 8: -4.9, 6: -5.0, 12: -12.2, 24: -14.2}
"""The same for the time from one onset to the next."""
_ELSE = -20.0
_TRIPLETS = 3
_FAMILIES = {3: _TRIPLETS, 6: _TRIPLETS, 8: 8}
"""Divisions that go on -> which go on with each other …"""
_GOES_ON = {_TRIPLETS: 3.1, 8: 1.5}
"""… and what that adds."""
_TOGETHER = -9.0
"""Two notes at one place, of which one is left out."""
_KNOWN = 8.6
"""As many steps are the table's as are learned from the melody itself."""
_FINEST, _FIRST, _WIDEST = GRID * 0.006, GRID * 0.04, GRID * 0.1
"""Deviations: the least, the most before anything is placed, and the most, in ticks."""
_AT_RANDOM = GRID * 0.0295
"""The deviation from the nearest place, of 32nds and triplets, of onsets anywhere."""
_PASSES = 2
_DOUBTFUL = 1 / 8
"""The share of notes off the beat in triplets from which on there may be none."""
_CLEARLY = 0.95
"""… if without them notes deviate by so much less."""
_REACH = ticks(Fraction(1, 7))

Step = Callable[[int], float]
"""Ticks from one onset to the next -> the log-odds of that."""


def places(
    onsets: Sequence[Fraction], grid: Grid, fixed: Sequence[Fraction | None]
) -> list[Fraction]:
    """The place on ``grid`` of each of ``onsets``, which are in order, in quarter notes.

    ``fixed`` has the places that are known. Two notes have one place only where no other is near.
    """
    played = [float(onset * GRID) for onset in onsets]
    slots = ticks(grid.slot), *([ticks(grid.triplet)] if grid.triplets else [])
    options = [
        _near(onset, slots) if place is None else [ticks(place)]
        for onset, place in zip(played, fixed, strict=True)
    ]
    best = _placed(played, options)
    triplets = sum(_FAMILIES.get(_division(place)) == _TRIPLETS for place in best.places)
    if triplets > _DOUBTFUL * len(played):  # dotted notes are played like them
        straight = [[place for place in near if not place % slots[0]] or near for near in options]
        other = _placed(played, straight)
        best = other if other.deviation < _CLEARLY * best.deviation else best
    return [Fraction(place, GRID) for place in best.places]


class _Placing(NamedTuple):
    """Where onsets are placed, and how far from there they are played, in ticks."""

    deviation: float
    places: list[int]


def _placed(played: Sequence[float], options: Sequence[Sequence[int]]) -> _Placing:
    """Places, steps and the deviation are learned from the melody, pass by pass."""
    nearest = [
        min(near, key=lambda place: abs(place - onset))
        for onset, near in zip(played, options, strict=True)
    ]
    spread = _spread(played, nearest)
    hidden = max(0.01, 1 - (spread / _AT_RANDOM) ** 2)  # some are nearer to another place
    deviation = _between(_FINEST, spread / hidden, _FIRST)
    places: list[int] = []
    for _ in range(_PASSES):
        of_place = _learned_places(played, options, deviation)
        places = _most_probable(played, options, deviation, _steps(places), of_place)
        deviation = _between(_FINEST, _spread(played, places), _WIDEST)
    return _Placing(deviation, places)


def _near(onset: float, slots: Sequence[int]) -> list[int]:
    """The places within reach of an onset, in ticks."""
    near: set[int] = set()
    for slot in slots:
        reach = max(_REACH, slot / 2)
        first, last = int((onset - reach) // slot) + 1, int((onset + reach) // slot)
        near.update(slot * place for place in range(max(0, first), last + 1))
    return sorted(near)


def _learned_places(
    played: Sequence[float], options: Sequence[Sequence[int]], deviation: float
) -> dict[int, float]:
    """Division -> log-odds of each of its places, in this melody (expectation, maximisation)."""
    precision = 1 / (2 * deviation**2)
    known = {each: _COUNTS[each] * exp(_PLACES[each]) for each in _PLACES}
    scale = _KNOWN_PLACES / sum(known.values())
    near = [
        [
            (division, exp(-precision * (onset - place) ** 2))
            for place in places
            if (division := _division(place)) in known
        ]
        for onset, places in zip(played, options, strict=True)
    ]
    weights = {each: exp(odds) for each, odds in _PLACES.items()}
    for _ in range(_ROUNDS):
        counts = {each: scale * count for each, count in known.items()}
        for chances in near:
            total = sum(weights[division] * chance for division, chance in chances)
            if total > 0:
                for division, chance in chances:
                    counts[division] += weights[division] * chance / total
        weights = {each: count / _COUNTS[each] for each, count in counts.items()}
    whole = sum(weights.values())
    return {each: log(weight / whole) for each, weight in weights.items()}


def _most_probable(
    played: Sequence[float],
    options: Sequence[Sequence[int]],
    deviation: float,
    step: Step,
    of_place: dict[int, float],
) -> list[int]:
    precision = 1 / (2 * deviation**2)
    paths: list[tuple[float, int]] = [(0.0, 0)]  # (log-odds, last place) of the best to each place
    origins: list[dict[int, int]] = []  # of each onset, place -> the place before
    for number, (onset, near) in enumerate(zip(played, options, strict=True)):
        after: list[tuple[float, int]] = []
        origin: dict[int, int] = {}
        for place in near:
            best, before = 0.0, 0
            if number:
                best, before = max(
                    [
                        (odds + step(place - last) + _goes_on(last, place - last), last)
                        for odds, last in paths
                    ]
                )
            origin[place] = before
            here = of_place.get(_division(place), _ELSE) - precision * (onset - place) ** 2
            after.append((best + here, place))
        origins.append(origin)
        paths = after
    _, place = max(paths)
    found: list[int] = []
    for origin in reversed(origins):
        found.append(place)
        place = origin[place]
    return found[::-1]


def _steps(found: Sequence[int]) -> Step:
    """What is usual, and what is so in a melody placed at ``found``."""
    counts = Counter(after - before for before, after in pairwise(found))
    total = counts.total() + _KNOWN

    @lru_cache(None)
    def step(length: int) -> float:
        if length <= 0:
            return _usual(length)
        return log((counts[length] + _KNOWN * exp(_usual(length))) / total)

    return step


@lru_cache(65536)
def _usual(length: int) -> float:
    if length < 0:
        return -1000.0
    return _STEPS.get(_division(length), _ELSE) if length else _TOGETHER


@lru_cache(65536)
def _goes_on(place: int, length: int) -> float:
    family = _FAMILIES.get(_division(place))
    goes_on = family and family == _FAMILIES.get(_division(length))
    return _GOES_ON[family] if family and goes_on else 0.0


@lru_cache(65536)
def _division(length: int) -> int:
    """Into how many a quarter note is divided that holds a place or length in ticks."""
    return GRID // gcd(length, GRID)


def _spread(played: Sequence[float], found: Sequence[int]) -> float:
    squares = [(onset - place) ** 2 for onset, place in zip(played, found, strict=True)]
    return sqrt(sum(squares) / len(squares))


def _between(least: float, value: float, most: float) -> float:
    return min(max(least, value), most)
