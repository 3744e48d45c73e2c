"""Which onsets of a file are where notation has them, up to the rounding to its time unit."""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import groupby, takewhile

_PLAIN = (16, 12)
"""Where a quarter note is divided into so many, onsets and ends are taken as written."""
_TUPLETS = {10: 3, 14: 3, 9: 2}
"""The same for fives, sevens and nines, where so many in a row are of one of them."""
_BEATS = (4, 3)
_MOST = Fraction(2, 5)
"""The share of onsets on 16ths and triplet eighths from which on a file is written for the most:
of those played at random, one in ten is."""
_COARSE = Fraction(1, 96)
"""Where the time unit is as long as this, plain onsets are on it or are played."""


class Exactness:
    """What counts as exact in a file of time unit ``tick``, in quarter notes."""

    def __init__(self, tick: Fraction) -> None:
        self.tolerance = min(tick, _COARSE / 2) if tick < _COARSE else Fraction(0)
        self._plain = self.tolerance.as_integer_ratio()
        self._of_tuplets = max(self.tolerance, min(tick, _COARSE) / 2).as_integer_ratio()

    def is_written(self, onsets: Sequence[Fraction]) -> bool:
        """Whether this is for the most notation, and not a performance, or one that is late."""
        on_beats = sum(_near(onset, _BEATS, self._plain) is not None for onset in onsets)
        return on_beats >= _MOST * len(onsets)

    def onsets(self, played: Sequence[Fraction]) -> list[Fraction | None]:
        """Where each is written, None where it is not exact."""
        exact = [_near(onset, _PLAIN, self._plain) for onset in played]
        start = 0
        for plain, run in groupby(exact, key=lambda onset: onset is not None):
            stop = start + len(list(run))
            if not plain:
                exact[start:stop] = self._tuplet(played[start:stop])
            start = stop
        return exact

    def end(self, played: Fraction, following: Fraction | None) -> Fraction | None:
        """Where a note's end is written, ``following`` the next one's onset; None if nowhere."""
        if following is not None and abs(following - played) <= self.tolerance:
            return following
        plain = _near(played, _PLAIN, self._plain)
        return _near(played, tuple(_TUPLETS), self._of_tuplets) if plain is None else plain

    def _tuplet(self, played: Sequence[Fraction]) -> Sequence[Fraction | None]:
        for count, fewest in _TUPLETS.items():
            near = (_near(onset, (count,), self._of_tuplets) for onset in played)
            places = list(takewhile(lambda place: place is not None, near))
            if len(places) == len(played) >= fewest:
                return places
        return [None] * len(played)


def _near(place: Fraction, parts: tuple[int, ...], tolerance: tuple[int, int]) -> Fraction | None:
    """The nearest place where one of so many parts of a quarter note begins; None where it is
    further than ``tolerance``, a numerator and a denominator.
    """
    in_beat = place.numerator % place.denominator
    apart = _apart(in_beat, place.denominator, parts, tolerance)
    return place + apart if apart else (None if apart is None else place)


@lru_cache(65536)  # all beats of a file have the same few ticks, and Fractions are slow
def _apart(
    over: int, under: int, parts: tuple[int, ...], tolerance: tuple[int, int]
) -> Fraction | None:
    """How far that is from a place over / under in its quarter note, or None."""
    place = Fraction(over, under)
    apart = min((nearest(place, Fraction(1, count)) - place for count in parts), key=abs)
    return apart if abs(apart) <= Fraction(*tolerance) else None


def nearest(place: Fraction, slot: Fraction) -> Fraction:
    """The nearest multiple of ``slot``, the later of two."""
    return slot * ((place + slot / 2) // slot)
