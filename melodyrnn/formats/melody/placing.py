"""Played onsets -> written ones: the most probable patterns of all quarter notes together.

An onset lies near its place, by a normally distributed deviation. How a quarter note is divided is
the more probable the more often it is divided so in music (``beat_patterns``) and in the other
quarter notes of this melody: the frequencies and the deviation are learned from it, in a few passes
over all ways to divide it (expectation, maximisation; no quarter note counts for itself, as in
CVB0: Asuncion et al. 2009, *On smoothing and inference for topic models*). So three notes that are
played in a hurry are a triplet where others clearly are, and sixteenths where others are.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from math import exp, log, sqrt

from melodyrnn.formats.melody.beat_patterns import PARTS, probabilities
from melodyrnn.formats.melody.beat_ways import Onsets, Way
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.formats.melody.pattern_tree import Branch, Place, pattern_tree

KNOWN = 20
"""As many quarter notes of other music count beside those of the melody."""
_PASSES = 3
_FINEST, _WIDEST = 0.006, 0.1
"""Deviations in quarter notes: the least and the most …"""
_USUAL, _USUAL_NOTES = 0.02, 3
"""… and what as many notes are taken to deviate before those of the melody are looked at."""
_REACH = Fraction(1, 7)
"""How far from its place a note may be played, in quarter notes."""
_CROWD, _CLOSE = 4, 1 / 16
"""Where so many notes begin within a 16th, those closer than this to one before are ornaments."""
_TINY = 1e-300


def places(
    onsets: Sequence[Fraction], grid: Grid, fixed: Sequence[Fraction | None]
) -> list[Fraction]:
    """The place on ``grid`` of each of ``onsets``, which are in order, in quarter notes.

    ``fixed`` has the places that are known. Two notes have one place only where no other is near.
    """
    triplet = grid.triplet if grid.triplets else Fraction(0)
    unit = max(Fraction(1), 3 * triplet) / PARTS  # a pattern is a quarter note, or a triplet long
    quarter = float(1 / unit)
    played = [onset.numerator / onset.denominator * quarter for onset in onsets]
    known = [None if place is None else place / unit for place in fixed]
    kept = _without_ornaments(played, known, quarter)
    straight, triplets = int(grid.slot / unit), int(triplet / unit)
    melody = Onsets(
        [played[n] for n in kept],
        [known[n] for n in kept],
        pattern_tree(straight, triplets),
        _slots(straight, triplets),
        float(max(_REACH, grid.slot / 2) / unit),
        quarter,
    )
    found = _placed(melody, quarter)
    at = [_quarters(place, unit.numerator, unit.denominator) for place in found]
    return [at[bisect_right(kept, note) - 1] for note in range(len(onsets))]


@lru_cache(65536)  # of the files of a folder most places are the same, and Fractions are slow
def _quarters(place: Place, numerator: int, denominator: int) -> Fraction:
    return Fraction(place * numerator) / denominator


@cache
def _slots(straight: int, triplet: int) -> list[int]:
    """The places of the notes of all patterns, in order."""
    return sorted({place for pattern in probabilities(straight, triplet) for place in pattern})


def deviation_of(squares: float, notes: int) -> float:
    """The standard deviation of notes from their places, in quarter notes, by the sum of squares.

    It is the likelier the nearer to the usual one.
    """
    known = _USUAL_NOTES * _USUAL**2
    return min(max(_FINEST, sqrt((squares + known) / (notes + _USUAL_NOTES))), _WIDEST)


def _without_ornaments(
    played: Sequence[float], known: Sequence[Place | None], quarter: float
) -> list[int]:
    """The notes that have a place of their own; each of the others shares that of the last."""
    kept: list[int] = []
    for note, onset in enumerate(played):
        crowded = len(kept) >= _CROWD and onset - played[kept[-_CROWD]] < quarter / 4
        if known[note] is not None or not crowded or onset - played[kept[-1]] >= _CLOSE * quarter:
            kept.append(note)
    return kept


class _Beat:
    """The ways to place the notes of one quarter note, and what is learned of them."""

    def __init__(self, ways: Sequence[Way]) -> None:
        self.ways = ways
        numbers: dict[Branch, int] = {}
        self.of_way = [numbers.setdefault(way.pattern, len(numbers)) for way in ways]
        self.patterns = list(numbers)
        self.known = [KNOWN * pattern.usual for pattern in numbers]
        self.own = [0.0] * len(numbers)  # how probable each pattern is here
        self.starts = [way.start for way in ways]
        self.stops = [way.stop for way in ways]
        self.squares = [way.squares for way in ways]
        self.crowded = [way.crowded for way in ways]
        self.odds = [way.odds for way in ways]  # log-odds of each way

    def weigh(self, counts: Mapping[Branch, float], deviation: float) -> None:
        """By how often patterns occur, and how far notes are from their places."""
        precision = 1 / (2 * deviation**2)
        odds = []
        for pattern, known, own in zip(self.patterns, self.known, self.own, strict=True):
            others = counts[pattern] - own
            odds.append(log(known + others if others > 0 else known))
        self.odds = [
            odds[number] - precision * squares - crowded
            for number, squares, crowded in zip(
                self.of_way, self.squares, self.crowded, strict=True
            )
        ]

    def ahead(self, reached: Mapping[int, float]) -> tuple[list[float], dict[int, float]]:
        """The chances of the ways, beside the likeliest, and how probable it is that a note is the
        first of the next quarter note, where it is known of which it is the first of this one.
        """
        most = max(self.odds, default=0.0)
        chances = [exp(odds - most) for odds in self.odds]
        after: defaultdict[int, float] = defaultdict(float)
        for start, stop, chance in zip(self.starts, self.stops, chances, strict=True):
            after[stop] += reached[start] * chance
        return chances, _scaled(after)

    def behind(
        self, chances: Sequence[float], reached: Mapping[int, float], onward: Mapping[int, float]
    ) -> tuple[float, dict[int, float]]:
        """The squares of the deviations that are to be expected, and how probable what follows is
        where a note is the first of this quarter note, if it is known for the next one.
        """
        starts: defaultdict[int, float] = defaultdict(float)
        own = [0.0] * len(self.patterns)
        total = expected = 0.0
        ways = zip(self.of_way, self.starts, self.stops, self.squares, chances, strict=True)
        for number, start, stop, squares, chance in ways:
            joint = chance * onward.get(stop, 0.0)
            starts[start] += joint
            joint *= reached[start]
            own[number] += joint
            total += joint
            expected += squares * joint
        self.own = [chance / total for chance in own] if total else own
        return (expected / total if total else 0.0), _scaled(starts)


def _placed(melody: Onsets, quarter: float) -> list[Place]:
    """The place of each note, from the start of the melody."""
    notes = len(melody.played)
    beats = [_Beat(ways) for ways in melody.ways()]
    for _ in range(_PASSES):
        squares = _expect(beats, notes) + melody.nearest[-1]
        counts: defaultdict[Branch, float] = defaultdict(float)
        for beat in beats:
            for pattern, count in zip(beat.patterns, beat.own, strict=True):
                counts[pattern] += count
        deviation = quarter * deviation_of(squares / quarter**2, notes)
        for beat in beats:
            beat.weigh(counts, deviation)
    return _most_probable(melody, beats)


def _expect(beats: Sequence[_Beat], notes: int) -> float:
    """Find how probable each pattern is in each quarter note (forward, backward).

    Returns the sum of the squares of the deviations, as expected.
    """
    reached: list[dict[int, float]] = [{0: 1.0}]
    chances: list[list[float]] = []
    for beat in beats:
        here, after = beat.ahead(reached[-1])
        chances.append(here)
        reached.append(after)
    onward = {notes: 1.0}
    total = 0.0
    for beat, here, before in zip(beats[::-1], chances[::-1], reached[-2::-1], strict=True):
        squares, onward = beat.behind(here, before, onward)
        total += squares
    return total


def _scaled(chances: Mapping[int, float]) -> dict[int, float]:
    """With a sum of 1; where all are as good as impossible, alike."""
    total = sum(chances.values())
    if total < _TINY:
        return dict.fromkeys(chances, 1 / len(chances)) if chances else {}
    return {note: chance / total for note, chance in chances.items()}


def _most_probable(melody: Onsets, beats: Iterable[_Beat]) -> list[Place]:
    """The places of the notes in the most probable ways (Viterbi)."""
    paths: dict[int, float] = {0: 0.0}
    origins: list[dict[int, Way]] = []
    for beat in beats:
        best: dict[int, float] = {}
        origin: dict[int, Way] = {}
        for way, odds in zip(beat.ways, beat.odds, strict=True):
            total = paths[way.start] + odds
            if way.stop not in best or total > best[way.stop]:
                best[way.stop], origin[way.stop] = total, way
        origins.append(origin)
        paths = best
    stop = len(melody.played)
    found: list[Place] = []
    for number, origin in zip(melody.beats[::-1], origins[::-1], strict=True):
        way = origin[stop]
        stop = way.start
        found += [number * PARTS + place for place in way.places()]
    return found[::-1]
