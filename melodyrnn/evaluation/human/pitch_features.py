"""Features of a melody's pitches: its range, its intervals and its scale degrees."""

from itertools import pairwise
from statistics import fmean, pstdev

from melodyrnn.evaluation.human.melody import SoundingMelody
from melodyrnn.music.statistics import entropy, scale_consistency

Features = dict[str, float]
"""What is measured, in words -> the value."""

_DEGREES = (
    "tonic",
    "flat second",
    "second",
    "flat third",
    "third",
    "fourth",
    "raised fourth",
    "fifth",
    "flat sixth",
    "sixth",
    "flat seventh",
    "seventh",
)
_TRIAD = (0, 3, 4, 7)
_LEAP = 5  # semitones, a fourth


def share(flags: "list[bool]") -> float:
    """The share of those that are true; 0 of none."""
    return sum(flags) / len(flags) if flags else 0.0


def range_of(melody: SoundingMelody) -> Features:
    """In semitones; places from 0, the first note, to 1, the last."""
    pitches = melody.pitches
    low, high, last = min(pitches), max(pitches), max(len(pitches) - 1, 1)
    return {
        "range, semitones": high - low,
        "deviation of pitch, semitones": pstdev(pitches),
        "first note above the lowest, semitones": pitches[0] - low,
        "final above the lowest, semitones": pitches[-1] - low,
        "mean pitch above the final, semitones": fmean(pitch - pitches[-1] for pitch in pitches),
        "place of the highest note": pitches.index(high) / last,
        "place of the lowest note": pitches.index(low) / last,
    }


def intervals_of(melody: SoundingMelody) -> Features:
    """Shares are of all intervals, unless it says of what."""
    found = melody.intervals
    sizes = [abs(interval) for interval in found]
    moves = [interval for interval in found if interval]
    turns = [(before > 0) != (after > 0) for before, after in pairwise(moves)]
    after_leaps = [
        before * after < 0 and abs(after) <= 2
        for before, after in pairwise(found)
        if abs(before) >= _LEAP
    ]
    return {
        "mean interval, semitones": fmean(sizes) if sizes else 0.0,
        "largest interval, semitones": max(sizes, default=0),
        "entropy of intervals, bits": entropy(found) or 0.0,
        "repeated notes": share([size == 0 for size in sizes]),
        "semitones": share([size == 1 for size in sizes]),
        "whole tones": share([size == 2 for size in sizes]),
        "thirds": share([size in (3, 4) for size in sizes]),
        "fourths and fifths": share([size in (5, 7) for size in sizes]),
        "tritones": share([size == 6 for size in sizes]),
        "sixths and more": share([size > 7 for size in sizes]),
        "upward, of moves": share([move > 0 for move in moves]),
        "turns, of pairs of moves": share(turns),
        "leaps answered by a step back": share(after_leaps),
        "two semitones in a row": share([abs(a) == abs(b) == 1 for a, b in pairwise(found)]),
    }


def degrees_of(melody: SoundingMelody) -> Features:
    """By the estimated tonic. Shares are of all notes, unless it says of what."""
    degrees = melody.degrees
    downbeats = [
        degree in _TRIAD
        for degree, onset in zip(degrees, melody.onsets, strict=True)
        if melody.in_bar(onset) == 0
    ]
    return {
        **{f"on the {name}": share([d == n for d in degrees]) for n, name in enumerate(_DEGREES)},
        "entropy of degrees, bits": entropy(degrees) or 0.0,
        "outside one diatonic scale": 1 - (scale_consistency(melody.song) or 1.0),
        "fit to a key, correlation": melody.tonic.correlation,
        "minor": float(melody.tonic.minor),
        "first note on the tonic": float(degrees[0] == 0),
        "on the tonic triad, of downbeats": share(downbeats),
    }
