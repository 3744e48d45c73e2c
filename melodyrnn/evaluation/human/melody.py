"""A song as what its features are computed from: whole numbers, laid out once."""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from math import gcd
from typing import NamedTuple

from melodyrnn.music.bars import bar_spans
from melodyrnn.music.durations import ticks
from melodyrnn.music.song import Song
from melodyrnn.music.tonic import Tonic, estimated_tonic


class BarSpan(NamedTuple):
    """A bar, in steps of 1/GRID quarter note."""

    start: int
    end: int
    full: int  # how long a bar of its meter is
    beat: int  # and a beat


@dataclass(frozen=True)
class SoundingMelody:
    """A song that has a note; N notes sound. Times are in steps of 1/GRID quarter note."""

    song: Song

    @cached_property
    def sounding(self) -> list[int]:
        """The places of the notes that sound, (N,)."""
        return [place for place, note in enumerate(self.song.notes) if note.pitch]

    @cached_property
    def pitches(self) -> list[int]:
        """MIDI numbers, (N,)."""
        return [note.pitch.midi for note in self.song.notes if note.pitch]

    @cached_property
    def lengths(self) -> list[int]:
        """How long each sounds, (N,)."""
        steps = self.song.steps
        return [steps[place] for place in self.sounding]

    @cached_property
    def onsets(self) -> list[int]:
        """When each begins, (N,)."""
        starts = list(accumulate(self.song.steps, initial=0))
        return [starts[place] for place in self.sounding]

    @cached_property
    def total(self) -> int:
        """How long the song is."""
        return sum(self.song.steps)

    @cached_property
    def intervals(self) -> list[int]:
        """Semitones from each note that sounds to the next, (N - 1,)."""
        return [after - before for before, after in pairwise(self.pitches)]

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
