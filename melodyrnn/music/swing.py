"""Swing: of two eighths the first is longer than it is written, the second shorter.

How much depends on players, music and tempo: drummers of jazz play 3.5:1 in slow tempi, 2:1 (a
triplet, 67 %) at some, and even eighths in the fastest (Friberg and Sundström 2002, "Swing ratios
and ensemble timing in jazz performance", Music Perception 19, 333-349).
"""

from dataclasses import dataclass
from fractions import Fraction

from melodyrnn.music.bars import Bar, bar_spans
from melodyrnn.music.song import Song

_HALF = Fraction(1, 2)
FINEST = 64
"""The parts of a quarter note that swings: powers of 2, up to that of which ``GRID`` is made."""


@dataclass(frozen=True)
class Swing:
    """A stretching of time within each quarter note; quarter notes stay where they are."""

    first: Fraction  # the first eighth, in quarter notes: 1/2 is none, 2/3 that of a triplet
    start: Fraction = Fraction(0)  # from where quarter notes are counted
    straight: frozenset[int] = frozenset()  # the quarter notes, from 0, that do not swing

    def played(self, moment: Fraction) -> Fraction:
        """When what is written at ``moment`` is played; both in quarter notes."""
        return self._moved(moment, _HALF, self.first)

    def written(self, moment: Fraction) -> Fraction:
        """Where what is played at ``moment``, or a little beside it, is written."""
        return self._moved(moment, self.first, _HALF, FINEST)

    def _moved(
        self, moment: Fraction, middle: Fraction, to: Fraction, rounded: int = 0
    ) -> Fraction:
        """``middle`` of each quarter note goes to ``to``, and with it what is around it."""
        quarter = (moment - self.start) // 1
        if quarter in self.straight:
            return moment
        place = moment - self.start - quarter
        if place <= middle:
            moved = place * to / middle
        else:
            moved = 1 - (1 - place) * (1 - to) / (1 - middle)
        if rounded:
            moved = Fraction(round(moved * rounded), rounded)
        return self.start + quarter + moved


def swing_of(song: Song, percent: float) -> Swing | None:
    """How the song swings, ``percent`` for the first eighth of two; None where it does not.

    Quarter notes swing in bars that are counted in quarters or halves, and only those that are
    divided in two, four, …: a triplet stays one.
    """
    first = Fraction(percent).limit_denominator(1000) / 100
    start = song.pickup % 1
    quarters = _quarters(song, start)
    if first == _HALF or not quarters:
        return None
    moments = [moment - start for moment in (*song.offsets, song.duration)]
    odd = {moment // 1 for moment in moments if FINEST % moment.denominator}
    last = -((start - song.duration) // 1)
    every = range(-1 if start else 0, last)
    straight = frozenset(quarter for quarter in every if quarter not in quarters or quarter in odd)
    return None if len(straight) == len(every) else Swing(first, start, straight)


def _quarters(song: Song, start: Fraction) -> set[int]:
    """The quarter notes, counted from ``start``, on which beats of the bars stand."""
    found: set[int] = set()
    for number, (meter, begin, end) in enumerate(bar_spans(song), 0 if song.pickup else 1):
        beat = Bar(number, meter, begin, end - begin).first_beat - start
        if meter.is_compound or meter.unit > 4 or beat.denominator != 1:
            continue
        first = max(int(beat), (begin - start) // 1)
        found.update(range(first, -((start - end) // 1)))
    return found
