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
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import exp, log, sqrt

from melodyrnn.formats.melody.beat_patterns import PARTS, probabilities
from melodyrnn.formats.melody.beat_ways import TOGETHER, Division, Onsets, Place, Way, Ways
from melodyrnn.formats.melody.grid import Grid

KNOWN = 20
"""As many quarter notes of other music count beside those of the melody."""
_PASSES = 3
_HOPELESS = 16.0
"""Log-odds by which a way is less probable than others at first, to be given up."""
UNKNOWN = 1e-6
"""How probable it is that a quarter note is divided as no pattern has it."""
_FIRST, _FINEST, _WIDEST = 0.03, 0.006, 0.1
"""Deviations in quarter notes: the first guess, the least and the most …"""
_USUAL, _USUAL_NOTES = 0.02, 3
"""… and what as many notes are taken to deviate before those of the melody are looked at."""
_REACH = Fraction(1, 7)
"""How far from its place a note may be played, in quarter notes."""
_CROWD, _CLOSE = 4, 1 / 16
"""Where so many notes begin within a 16th, those closer than this to one before are ornaments."""
_TINY = 1e-300

_Counts = dict[Division, float]
_Weights = list[dict[int, list[float]]]
"""Of each quarter note, by its first note, the log-odds of its ways."""


def places(
    onsets: Sequence[Fraction], grid: Grid, fixed: Sequence[Fraction | None]
) -> list[Fraction]:
    """The place on ``grid`` of each of ``onsets``, which are in order, in quarter notes.

    ``fixed`` has the places that are known. Two notes have one place only where no other is near.
    """
    triplet = grid.triplet if grid.triplets else Fraction(0)
    unit = max(Fraction(1), 3 * triplet) / PARTS  # a pattern is a quarter note, or a triplet long
    quarter = float(1 / unit)
    played = [float(onset / unit) for onset in onsets]
    known = [None if place is None else place / unit for place in fixed]
    kept = _without_ornaments(played, known, quarter)
    usual = probabilities(int(grid.slot / unit), int(triplet / unit))
    reach = float(max(_REACH, grid.slot / 2) / unit)
    melody = Onsets([played[n] for n in kept], [known[n] for n in kept], usual, reach, quarter)
    found = _placed(melody, dict(usual.items()), quarter)
    return [found[bisect_right(kept, note) - 1] * unit for note in range(len(onsets))]


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


def _placed(melody: Onsets, usual: Mapping[Division, float], quarter: float) -> list[Place]:
    """The place of each note, from the start of the melody."""
    deviation = _FIRST * quarter
    ways = [_without_hopeless(beat, usual, deviation) for beat in melody.ways()]
    counts: _Counts = {}
    own: list[_Counts] = [{} for _ in ways]
    for _ in range(_PASSES):
        weights = _weights(ways, usual, counts, own, deviation)
        own, squares = _expected(ways, weights, len(melody.played))
        counts = defaultdict(float)
        for beat in own:
            for pattern, count in beat.items():
                counts[pattern] += count
        squares += melody.nearest[-1]
        deviation = quarter * deviation_of(squares / quarter**2, len(melody.played))
    weights = _weights(ways, usual, counts, own, deviation)
    return _most_probable(melody, ways, weights)


def _without_hopeless(beat: Ways, usual: Mapping[Division, float], deviation: float) -> Ways:
    """The ways that are not far less probable than another from the same note to the same."""
    kept: Ways = {}
    (weights,) = _weights([beat], usual, {}, [{}], deviation)
    for start, some in beat.items():
        best: dict[int, float] = {}
        for way, odds in zip(some, weights[start], strict=True):
            best[way.stop] = max(odds, best.get(way.stop, odds))
        kept[start] = [
            way
            for way, odds in zip(some, weights[start], strict=True)
            if odds > best[way.stop] - _HOPELESS
        ]
    return kept


def _weights(
    ways: Sequence[Ways],
    usual: Mapping[Division, float],
    counts: _Counts,
    own: Sequence[_Counts],
    deviation: float,
) -> _Weights:
    precision = 1 / (2 * deviation**2)
    weights: _Weights = []
    for beat, mine in zip(ways, own, strict=True):
        odds: dict[Division, float] = {}
        here: dict[int, list[float]] = {}
        for start, some in beat.items():
            here[start] = found = []
            for _, pattern, squares, shared, _ in some:
                if pattern not in odds:
                    others = max(0.0, counts.get(pattern, 0.0) - mine.get(pattern, 0.0))
                    odds[pattern] = log(KNOWN * usual.get(pattern, UNKNOWN) + others)
                found.append(odds[pattern] - precision * squares - TOGETHER * shared)
        weights.append(here)
    return weights


def _expected(ways: Sequence[Ways], weights: _Weights, notes: int) -> tuple[list[_Counts], float]:
    """Of each quarter note, pattern -> how probable it is; and the sum of the squares, as expected
    (forward, backward).
    """
    forward: list[dict[int, float]] = [{0: 1.0}]
    chances: _Weights = []
    for beat, odds in zip(ways, weights, strict=True):
        most = max(max(some, default=log(_TINY)) for some in odds.values())
        here = {start: [exp(each - most) for each in some] for start, some in odds.items()}
        after: dict[int, float] = defaultdict(float)
        for start, before in forward[-1].items():
            for way, chance in zip(beat[start], here[start], strict=True):
                after[way.stop] += before * chance
        forward.append(_scaled(after))
        chances.append(here)
    backward = {notes: 1.0}
    expected: list[_Counts] = []
    squares = 0.0
    for beat, here, reached in zip(ways[::-1], chances[::-1], forward[-2::-1], strict=True):
        before_all: dict[int, float] = {}
        joint: list[tuple[Way, float]] = []
        for start, some in beat.items():
            onward = [
                chance * backward.get(way.stop, 0.0)
                for way, chance in zip(some, here[start], strict=True)
            ]
            before_all[start] = sum(onward)
            before = reached.get(start, 0.0)
            joint += [(way, before * each) for way, each in zip(some, onward, strict=True) if each]
        total = sum(chance for _, chance in joint) or 1.0
        counts: _Counts = defaultdict(float)
        for way, chance in joint:
            counts[way.pattern] += chance / total
            squares += way.squares * chance / total
        expected.append(counts)
        backward = _scaled(before_all)
    return expected[::-1], squares


def _scaled(chances: Mapping[int, float]) -> dict[int, float]:
    """With a sum of 1; where all are as good as impossible, alike."""
    total = sum(chances.values())
    if total < _TINY:
        return dict.fromkeys(chances, 1 / len(chances))
    return {note: chance / total for note, chance in chances.items()}


def _most_probable(melody: Onsets, ways: Sequence[Ways], weights: _Weights) -> list[Place]:
    """The places of the notes in the most probable ways (Viterbi)."""
    paths: dict[int, float] = {0: 0.0}
    origins: list[dict[int, tuple[int, Way]]] = []
    for beat, odds in zip(ways, weights, strict=True):
        best: dict[int, float] = {}
        origin: dict[int, tuple[int, Way]] = {}
        for start, before in paths.items():
            for way, each in zip(beat[start], odds[start], strict=True):
                if way.stop not in best or before + each > best[way.stop]:
                    best[way.stop], origin[way.stop] = before + each, (start, way)
        origins.append(origin)
        paths = best
    stop = len(melody.played)
    found: list[Place] = []
    for number, origin in zip(melody.beats[::-1], origins[::-1], strict=True):
        stop, way = origin[stop]
        found += [number * PARTS + place for place in reversed(way.places)]
    return found[::-1]
