"""What is seen of a song only when it is whole, as numbers that no transposition changes.

The exported page computes the same (``export/engine/features.js``): whole numbers as far as they
go, and sums in this order.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import log2

import numpy as np

from melodyrnn.music.durations import ticks
from melodyrnn.music.scales import above_tonic
from melodyrnn.music.song import Note, Pitch, Song
from melodyrnn.music.sounding_notes import SoundingNotes
from melodyrnn.sequences.sampling import Floats

_BACK = (1, 2, 4, 8)  # bars
_RUNS = (3, 5, 8)  # steps
_DEGREES = (0, 2, 3, 4, 5, 7, 9, 11)  # semitones above the tonic
_OCTAVE = 12

Features = dict[str, float]


class BarredNotes(SoundingNotes):
    """Those of a song, of which it has one at least, in its first meter and its key."""

    @cached_property
    def degrees(self) -> list[int]:
        """Semitones above the tonic, (N,)."""
        key = self.song.key
        return [above_tonic(pitch, key) for pitch in self.pitches]

    @cached_property
    def from_line(self) -> list[int]:
        """When each begins, from the first bar line; in a pickup before it, (N,)."""
        pickup = ticks(self.song.pickup)
        return [onset - pickup for onset in self.onsets]

    @cached_property
    def bar(self) -> int:
        """How long one is."""
        return ticks(self.song.meter.bar)

    @cached_property
    def bars(self) -> int:
        """How many full ones would fit into the song; 1 at least."""
        return max(1, self.total // self.bar)


def features_of(song: Song) -> Floats:
    """All features of a song that has a note that sounds, (F,), in the order of ``NAMES``."""
    notes = BarredNotes(song)
    return np.array([value for group in _GROUPS for value in group(notes).values()])


def _ending(notes: BarredNotes) -> Features:
    """Yes is 1. A last bar that the pickup completes is full."""
    bar, pickup, total = notes.bar, ticks(notes.song.pickup), notes.total
    over = total if total <= pickup else (total - pickup) % bar or bar
    full = over in (bar, bar - pickup)
    tonic = notes.degrees[-1] == 0
    first = notes.from_line[-1] >= 0 and notes.from_line[-1] % bar == 0
    approach = notes.intervals[-1] if notes.intervals else 0
    return {
        "last bar is full": full,
        "ends on the tonic": tonic,
        "ends on a first beat": first,
        "ends in all three ways": full and tonic and first,
        "ends by a step": abs(approach) in (1, 2),
        "ends on the same note": approach == 0,
        "ends by a step down": approach in (-1, -2),
        "ends with a rest": notes.places[-1] != len(notes.song) - 1,
    }


def _size(notes: BarredNotes) -> Features:
    bars = notes.bars
    doublings = log2(bars)
    return {
        "bars, doublings": doublings,
        "bars, doublings, squared": doublings**2,
        "bars in twos": bars % 2 == 0,
        "bars in fours": bars % 4 == 0,
        "bars in eights": bars % 8 == 0,
    }


def _height(notes: BarredNotes) -> Features:
    """In octaves."""
    pitches = notes.pitches
    final = pitches[-1]
    return {
        "final above the lowest": (final - min(pitches)) / _OCTAVE,
        "mean above the final": (sum(pitches) / len(pitches) - final) / _OCTAVE,
        "first above the final": (pitches[0] - final) / _OCTAVE,
        "place of the highest": pitches.index(max(pitches)) / len(pitches),
    }


def _returns(notes: BarredNotes) -> Features:
    """Shares of bars, by the pitches, places and lengths of the notes that begin there; and of runs
    of steps, each an interval and a ratio of lengths.
    """
    begun: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for pitch, onset, length in zip(notes.pitches, notes.from_line, notes.lengths, strict=True):
        begun[onset // notes.bar].append((pitch, onset % notes.bar, length))
    bars = [tuple(begun[number]) for number in range(min(begun), max(begun) + 1)]
    rhythms = [tuple(note[1:] for note in bar) for bar in bars]
    ratios = [1000 * after // before for before, after in pairwise(notes.lengths)]
    steps = list(zip(notes.intervals, ratios, strict=True))
    again, rhythm_again = _repeated(bars), _repeated(rhythms)
    return {
        "bars that return": again,
        "bars that return, squared": again**2,
        "rhythms of bars that return": rhythm_again,
        "rhythms of bars that return, squared": rhythm_again**2,
        **{f"bars like the one {back} before": _like(bars, back) for back in _BACK},
        **{f"runs of {size} steps that return": _repeated(steps, size) for size in _RUNS},
    }


def _pitches(notes: BarredNotes) -> Features:
    """Shares of notes and of intervals."""
    degrees, sizes = Counter(notes.degrees), Counter(map(abs, notes.intervals))
    many, few = len(notes.degrees), max(1, len(notes.intervals))
    return {
        **{f"degree {degree}": degrees[degree] / many for degree in _DEGREES},
        "same note again": sizes[0] / few,
        "steps": (sizes[1] + sizes[2]) / few,
        "thirds": (sizes[3] + sizes[4]) / few,
        "a fifth or more": sum(count for size, count in sizes.items() if size >= 7) / few,
        "entropy of intervals": _entropy(notes.intervals),
    }


def _durations(notes: BarredNotes) -> Features:
    lengths = Counter(notes.lengths)
    ((usual, most),) = lengths.most_common(1)
    return {
        "different lengths": len(lengths),
        "entropy of lengths": _entropy(notes.lengths),
        "of the most frequent length": most / len(notes.lengths),
        "more than twice as long": _share([length > 2 * usual for length in notes.lengths]),
    }


def _beats(notes: BarredNotes) -> Features:
    inside = sum(after - before > 1 for before, after in pairwise(notes.places))
    on_line = sum(onset % notes.bar == 0 for onset in notes.from_line)
    return {
        "of all notes on a first beat": on_line / len(notes.from_line),
        "on a first beat, per bar": on_line / notes.bars,
        "notes per bar": len(notes.from_line) / notes.bars,
        "rests per bar": (len(notes.song) - len(notes.places)) / notes.bars,
        "rests between notes, per bar": inside / notes.bars,
    }


_GROUPS: tuple[Callable[[BarredNotes], Features], ...] = (
    _ending,
    _size,
    _height,
    _returns,
    _pitches,
    _durations,
    _beats,
)


def _share(flags: Sequence[bool]) -> float:
    """Of those that are true; 0 of none."""
    return sum(flags) / len(flags) if flags else 0.0


def _repeated(items: Sequence[Hashable], size: int = 1) -> float:
    """The share of runs of ``size``, of single items from the second on, that stood before."""
    runs = [tuple(items[start : start + size]) for start in range(len(items) - size + 1)]
    all_of_them = len(runs) - (size == 1)
    return (len(runs) - len(set(runs))) / all_of_them if all_of_them > 0 else 0.0


def _like(items: Sequence[Hashable], back: int) -> float:
    """The share of those that are as the one ``back`` before, of all that have one."""
    return _share([one == other for one, other in zip(items[back:], items, strict=False)])


def _entropy(values: Sequence[Hashable]) -> float:
    """In bits; 0 of none."""
    shares = [count / len(values) for count in Counter(values).values()]
    return -sum(share * log2(share) for share in shares)


NAMES = tuple(
    name
    for group in _GROUPS
    for name in group(BarredNotes(Song((Note(Pitch("c", 0, 4), Fraction(1)),))))
)
"""Of the features, in their order."""
