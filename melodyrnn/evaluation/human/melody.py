"""A song as what its features are computed from: whole numbers, laid out once."""

from bisect import bisect_right
from collections import Counter
from functools import cached_property
from itertools import pairwise
from math import gcd
from typing import NamedTuple

from melodyrnn.music.bars import bar_spans
from melodyrnn.music.durations import ticks
from melodyrnn.music.sounding_notes import SoundingNotes
from melodyrnn.music.tonic import Tonic, estimated_tonic


class BarSpan(NamedTuple):
    """A bar, in steps of 1/GRID quarter note."""

    start: int
    end: int
    full: int  # how long a bar of its meter is
    beat: int  # and a beat


class SoundingMelody(SoundingNotes):
    """Those of a song that has a note."""

    @cached_property
    def ratios(self) -> list[tuple[int, int]]:
        """Of the length of each note that sounds to the last, in lowest terms, (N - 1,)."""
        return [
            (after // gcd(before, after), before // gcd(before, after))
            for before, after in pairwise(self.lengths)
        ]

    @cached_property
    def usual_length(self) -> int:
        """The most frequent length; of several, the shortest."""
        counts = Counter(self.lengths)
        return min(counts, key=lambda length: (-counts[length], length))

    @cached_property
    def tonic(self) -> Tonic:
        return estimated_tonic(self.pitches, self.lengths)

    @cached_property
    def degrees(self) -> list[int]:
        """Semitones above the estimated tonic, 0 to 11, (N,)."""
        return [(pitch - self.tonic.pitch_class) % 12 for pitch in self.pitches]

    @cached_property
    def bars(self) -> list[BarSpan]:
        return [
            BarSpan(ticks(start), ticks(end), ticks(m.bar), ticks(m.beat))
            for m, start, end in bar_spans(self.song)
        ]

    def bar_of(self, onset: int) -> int:
        """The index of the bar in which ``onset`` lies."""
        return bisect_right(self._lines, onset) - 1

    def in_bar(self, onset: int) -> int:
        """How long after its bar's line, the missing part of a pickup counted in."""
        number = self.bar_of(onset)
        bar = self.bars[number]
        missing = bar.full - ticks(self.song.pickup) if self.song.pickup and not number else 0
        return onset - bar.start + missing

    @cached_property
    def _lines(self) -> list[int]:
        return [bar.start for bar in self.bars]
