"""Which last notes are usual: learned from the songs of a run by counting, without a threshold."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

from melodyrnn.music.durations import ticks
from melodyrnn.music.song import Meter, Song
from melodyrnn.music.viewpoints import viewpoints

_Note = tuple[int, int, int]
"""Its length, its place in the bar and the length of that bar, in ticks."""

_Count = Counter[_Note]


@dataclass(frozen=True)
class LastNotes:
    """What last notes have that others have not."""

    long: Fraction  # as long at least, in bars
    places: frozenset[Fraction] | None = None  # where in a bar they begin; None: anywhere

    def closes(self, bars: Fraction) -> bool:
        """Whether a note so many bars long may be the last where it ends with its bar. What people
        follow by a rest, or leave to the pickup, is held.
        """
        return bars >= self.long and (self.places is None or -bars % 1 in self.places)


class Endings:
    """How songs end, in each meter."""

    def __init__(self, songs: Iterable[Song]) -> None:
        self._songs = [song for song in songs if any(note.pitch for note in song.notes)]
        self._notes: dict[int, list[_Note]] = {}  # of songs, by their places: each is seen once
        self._found: dict[Meter, LastNotes | None] = {}

    def of(self, meter: Meter) -> LastNotes | None:
        """Those in ``meter`` or, where there are none, of all songs, in bars. None where no song
        sounds.

        A note is long from the length on by which last notes are best told from the others: where
        the share of the last notes that are as long, less that of the others, is largest (the
        statistic of Kolmogorov and Smirnov). A place is one where a larger share of the last notes
        than of the others is long and begins.
        """
        if meter not in self._found:
            alike = [
                place
                for place, song in enumerate(self._songs)
                if song.meter == meter and not song.meter_changes
            ]
            self._found[meter] = self._of(alike) if alike else self.in_any_meter
        return self._found[meter]

    @cached_property
    def in_any_meter(self) -> LastNotes | None:
        """Those of all songs, in bars."""
        return LastNotes(self._of(range(len(self._songs))).long) if self._songs else None

    def _of(self, places: Iterable[int]) -> LastNotes:
        last, others = _Count(), _Count()
        for place in places:
            if place not in self._notes:
                self._notes[place] = _sounding(self._songs[place])
            *before, final = self._notes[place]
            others.update(before)
            last[final] += 1
        return _last_notes(last, others)


def _last_notes(last: _Count, others: _Count) -> LastNotes:
    """Of the last notes, and of those before them."""
    lengths = _shares(last, 0), _shares(others, 0)
    long = max(sorted(lengths[0]), key=lambda length: _apart(*lengths, length))
    places, usual = _shares(last, 1, long), _shares(others, 1, long)
    return LastNotes(
        long, frozenset(at for at, share in places.items() if share > usual.get(at, 0))
    )


def _sounding(song: Song) -> list[_Note]:
    """Its notes; rests are none."""
    if not song.meter_changes:  # the same as below, in a third of the time
        bar, onset = ticks(song.meter.bar), -ticks(song.pickup)
        onsets = accumulate(song.steps, initial=onset)
        return [
            (lasting, begins % bar, bar)
            for note, lasting, begins in zip(song.notes, song.steps, onsets, strict=False)
            if note.pitch
        ]
    seen = viewpoints(song)
    lengths = [each for note, each in zip(song.notes, song.steps, strict=True) if note.pitch]
    return list(zip(lengths, seen.in_bar, seen.bar_length, strict=True))


def _shares(count: _Count, part: int, long: Fraction = Fraction(0)) -> dict[Fraction, float]:
    """Of each value of the part ``part``, in bars, the share of the notes that have it and are as
    long as ``long``.
    """
    shares: dict[Fraction, float] = {}
    total = count.total()
    for note, times in count.items():
        if Fraction(note[0], note[2]) >= long:
            value = Fraction(note[part], note[2])
            shares[value] = shares.get(value, 0.0) + times / total
    return shares


def _apart(one: dict[Fraction, float], other: dict[Fraction, float], least: Fraction) -> float:
    """By how much larger the share of one is that has ``least`` or more."""
    return sum(share for value, share in one.items() if value >= least) - sum(
        share for value, share in other.items() if value >= least
    )
