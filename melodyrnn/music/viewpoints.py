"""What a melody's notes are and when they come, as numbers: the viewpoints of the literature.

After Conklin and Witten (1995), a *viewpoint* is an attribute of each event of a melody. Here are
those that need no model: what a score says of a note's time before its pitch is known. Only notes
that sound are events.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction

from melodyrnn.music.bars import bar_spans
from melodyrnn.music.durations import ticks
from melodyrnn.music.song import SEMITONES, Meter, Song

DURATIONS = tuple(Fraction(n, 4) for n in (1, 2, 3, 4, 6, 8, 12))
"""Bounds of the classes of durations, in quarter notes; what is longer is one class more."""

METERS = 16
"""Classes of meters: the length of a bar in eighths, the last class for all longer ones."""


SEMITONES_OF_OCTAVE = 12


@dataclass(frozen=True, slots=True)
class Viewpoints:
    """Of the L notes that sound, in order, each a tuple of length L. GRID ticks are a quarter."""

    duration: tuple[int, ...]  # its class, 0 to len(DURATIONS)
    in_bar: tuple[int, ...]  # ticks from the bar's line
    bar_length: tuple[int, ...]  # ticks in a full bar of that meter


def viewpoints(song: Song) -> Viewpoints:
    """Those of ``song``, which has a note that sounds."""
    spans = [(ticks(start), ticks(meter.bar)) for meter, start, _ in bar_spans(song)]
    pickup = ticks(song.pickup)
    lines = [start for start, _ in spans]
    rows: list[tuple[int, ...]] = []
    onset = 0
    for note, lasting in zip(song.notes, song.steps, strict=True):
        if note.pitch:
            number = bisect_right(lines, onset) - 1
            start, length = spans[number]
            # A pickup ends on a bar line, and what comes before it is missing.
            in_bar = onset - (pickup - length if pickup and not number else start)
            rows.append((bisect_left(_BOUNDS, lasting), in_bar, length))
        onset += lasting
    return Viewpoints(*zip(*rows, strict=True))


def tonic(song: Song) -> int:
    """That of its key, in semitones above C, 0 to 11."""
    step, alter = song.key.tonic
    return (SEMITONES[step] + alter) % 12


def tonic_above_c(song: Song) -> int:
    """The tonic of its key in semitones from the nearest C, -5 to 6."""
    return from_nearest_c(tonic(song))


def from_nearest_c(semitones: int) -> int:
    """Semitones above C, 0 to 11, from the nearest C instead: -5 to 6."""
    if semitones <= SEMITONES_OF_OCTAVE // 2:
        return semitones
    return semitones - SEMITONES_OF_OCTAVE


def meter_class(meter: Meter) -> int:
    """The length of a bar in eighths, and whether its beats are felt in threes: 0 to 2 METERS - 1;
    so that 3/4 is not 6/8.
    """
    return 2 * min(int(2 * meter.bar), METERS - 1) + meter.is_compound


def full_bars(song: Song) -> int:
    """How many bars it has, an incomplete first one apart."""
    return sum(1 for _ in bar_spans(song)) - bool(song.pickup)


_BOUNDS = [ticks(bound) for bound in DURATIONS]
