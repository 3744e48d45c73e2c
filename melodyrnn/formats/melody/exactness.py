"""Which onsets of a file are where notation has them, up to the rounding to its time unit."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import groupby

_PLAIN = (Fraction(1, 16), Fraction(1, 12))
"""Onsets and ends that are multiples of either, in quarter notes, are taken as written."""
_TUPLETS = {Fraction(1, 10): 3, Fraction(1, 14): 3, Fraction(1, 9): 2}
"""Those of fives, sevens and nines, where so many in a row are multiples of one of them."""
_BEATS = (Fraction(1, 4), Fraction(1, 3))
_MOST = Fraction(2, 5)
"""The share of onsets on 16ths and triplet eighths from which on a file is written for the most:
of those played at random, one in ten is."""
_COARSE = Fraction(1, 96)
"""Where the time unit is as long as this, plain onsets are on it or are played."""


class Exactness:
    """What counts as exact in a file of time unit ``tick``, in quarter notes."""

    def __init__(self, tick: Fraction) -> None:
        self.tolerance = min(tick, _COARSE / 2) if tick < _COARSE else Fraction(0)
        self._of_tuplets = max(self.tolerance, min(tick, _COARSE) / 2)

    def is_written(self, onsets: Sequence[Fraction]) -> bool:
        """Whether this is for the most notation, and not a performance, or one that is late."""
        on_beats = sum(_near(onset, _BEATS, self.tolerance) is not None for onset in onsets)
        return on_beats >= _MOST * len(onsets)

    def onsets(self, played: Sequence[Fraction]) -> list[Fraction | None]:
        """Where each is written, None where it is not exact."""
        exact = [_near(onset, _PLAIN, self.tolerance) for onset in played]
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
        plain = _near(played, _PLAIN, self.tolerance)
        return _near(played, _TUPLETS, self._of_tuplets) if plain is None else plain

    def _tuplet(self, played: Sequence[Fraction]) -> Sequence[Fraction | None]:
        for slot, fewest in _TUPLETS.items():
            places = [_near(onset, (slot,), self._of_tuplets) for onset in played]
            if len(places) >= fewest and None not in places:
                return places
        return [None] * len(played)


def _near(place: Fraction, slots: Iterable[Fraction], tolerance: Fraction) -> Fraction | None:
    """The multiple of one of ``slots`` within ``tolerance`` of a place, the nearest; or None."""
    near = min((nearest(place, slot) for slot in slots), key=lambda slot: abs(slot - place))
    return near if abs(near - place) <= tolerance else None


def nearest(place: Fraction, slot: Fraction) -> Fraction:
    """The nearest multiple of ``slot``, the later of two."""
    return slot * ((place + slot / 2) // slot)
