"""Figures that set songs apart from noise, and from each other: docs/measures.md has the
formulas and where they come from.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from math import gcd, log2
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from melodyrnn.music.bars import bar_spans
from melodyrnn.music.durations import ticks
from melodyrnn.music.relative_steps import START, relative
from melodyrnn.music.song import SEMITONES, Song

RUN = 4
"""Steps from note to note that make a turn of phrase: those between five notes."""

Value = TypeVar("Value", bound=Hashable)

_SCALES = [{(tonic + step) % 12 for step in SEMITONES.values()} for tonic in range(12)]


@dataclass(frozen=True)
class Figure:
    """One number of a song."""

    name: str
    unit: str  # "" for a share, from 0 to 1, and for a number
    of: Callable[[Song], float | None]  # None where the song is too short to have one


def pitches(song: Song) -> list[int]:
    """The MIDI number of each note, rests left out."""
    return [note.pitch.midi for note in song.notes if note.pitch]


def intervals(song: Song) -> list[int]:
    """Semitones from each note to the next, rests left out."""
    return [after - before for before, after in pairwise(pitches(song))]


def durations(song: Song) -> list[Fraction]:
    """How long each note lasts in quarter notes, rests left out."""
    return [note.duration for note in song.notes if note.pitch]


def entropy(values: Iterable[Hashable]) -> float | None:
    """Of how often each value comes, in bits; 0 where there is but one."""
    counts = Counter(values)
    total = counts.total()
    if not total:
        return None
    return abs(sum(n / total * log2(n / total) for n in counts.values()))


def pitch_range(song: Song) -> float | None:
    """Semitones from the lowest note to the highest."""
    found = pitches(song)
    return max(found) - min(found) if found else None


def pitch_class_entropy(song: Song) -> float | None:
    """In bits, of the twelve pitch classes, notes counted and not weighed by their length."""
    return entropy(pitch % 12 for pitch in pitches(song))


def scale_consistency(song: Song) -> float | None:
    """The share of notes in the diatonic scale that holds most of them."""
    counts = Counter(pitch % 12 for pitch in pitches(song))
    if not counts:
        return None
    return max(sum(counts[c] for c in scale) for scale in _SCALES) / counts.total()


def interval_size(song: Song) -> float | None:
    """The mean of the intervals in semitones, upwards or downwards."""
    found = intervals(song)
    return sum(map(abs, found)) / len(found) if found else None


def full_bars(song: Song) -> float | None:
    """The share of bars that add up: as long as the meter says, and no note held over either end.
    A pickup is left out; the last bar may be what makes a full one with it.
    """
    starts, last = list(accumulate(song.steps, initial=0)), song.duration
    full = []
    for meter, start, end in list(bar_spans(song))[song.pickup > 0 :]:
        lengths = {meter.bar, meter.bar - song.pickup} if end == last else {meter.bar}
        held = any(_is_held_over(song, starts, line) for line in (start, end))
        full.append(end - start in lengths and not held)
    return sum(full) / len(full) if full else None


def _is_held_over(song: Song, starts: list[int], offset: Fraction) -> bool:
    """Whether a note that began before ``offset`` sounds on after it."""
    place = ticks(offset)
    index = bisect_right(starts, place) - 1
    return starts[index] < place and song.notes[index].pitch is not None


def repetition(song: Song) -> float | None:
    """The share of runs of ``RUN`` steps (intervals, ratios of durations) that came before."""
    steps = [step for step in relative(song) if step != START]
    runs = [tuple(steps[i : i + RUN]) for i in range(len(steps) - RUN + 1)]
    return 1 - len(set(runs)) / len(runs) if runs else None


def self_similarity(song: Song) -> float | None:
    """How much each bar is like the earlier bar most like it, on average: the share of the time in
    which both sound the same pitch, or both are silent. Bars that are not full are left out, and
    the first of each length.
    """
    unit = gcd(*song.steps, *(ticks(x) for span in bar_spans(song) for x in span[1:]))
    pitch = [note.pitch.midi if note.pitch else -1 for note in song.notes]
    sounding = np.repeat(pitch, np.array(song.steps) // unit)  # of each unit of time
    alike: defaultdict[int, list[npt.NDArray[np.int64]]] = defaultdict(list)
    for meter, start, end in bar_spans(song):
        if end - start == meter.bar:
            first, last = ticks(start) // unit, ticks(end) // unit
            alike[last - first].append(sounding[first:last])
    likest = [
        float((bars[:i] == bars[i]).mean(axis=1).max())
        for bars in map(np.array, alike.values())
        for i in range(1, len(bars))
    ]
    return sum(likest) / len(likest) if likest else None


FIGURES: dict[str, Figure] = {
    figure.name: figure
    for figure in (
        Figure("notes", "", lambda song: float(len(pitches(song)))),
        Figure("pitch_range", "semitones", pitch_range),
        Figure("pitch_class_entropy", "bits", pitch_class_entropy),
        Figure("scale_consistency", "", scale_consistency),
        Figure("interval_size", "semitones", interval_size),
        Figure("interval_entropy", "bits", lambda song: entropy(intervals(song))),
        Figure("duration_entropy", "bits", lambda song: entropy(durations(song))),
        Figure("full_bars", "", full_bars),
        Figure("repetition", "", repetition),
        Figure("self_similarity", "", self_similarity),
    )
}
"""Name -> figure."""


def shares(values: Iterable[Value]) -> dict[Value, float]:
    """Value -> its share of all, the most frequent first; of equals the first to come."""
    counts = Counter(values)
    return {value: n / counts.total() for value, n in counts.most_common()}
