"""A melody as steps from note to note, the same in every key and in longer or shorter values."""

from collections.abc import Sequence
from math import gcd
from typing import TYPE_CHECKING, NamedTuple

from melodyrnn.music.durations import ticks
from melodyrnn.music.song import Note, Song

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]

Step = tuple[int | None, int, int, bool]
"""From one note or rest to the next: semitones from the last that sounded (None to a rest), the
duration as a ratio to the last one, in lowest terms, and whether the last one was a rest."""

START: Step = (None, 0, 0, False)
"""The step to each rest and note up to the first that sounds: there is nothing to compare with."""


class LastNote(NamedTuple):
    """What the next step is counted from."""

    pitch: int | None = None  # MIDI number of the last note that sounded
    length: int = 0  # of the last note or rest, in steps of 1/GRID quarter note
    rest: bool = False  # whether the last one was a rest

    def step(self, pitch: int | None, length: int) -> Step:
        """To a note, or a rest where ``pitch`` is None."""
        if self.pitch is None:
            return START
        part = gcd(length, self.length)
        interval = None if pitch is None else pitch - self.pitch
        return interval, length // part, self.length // part, self.rest

    def after(self, pitch: int | None, length: int) -> "LastNote":
        """From where that note or rest leads on."""
        return LastNote(self.pitch if pitch is None else pitch, length, pitch is None)

    def target(self, step: Step) -> tuple[int | None, int] | None:
        """The pitch and length to which ``step`` leads; None where it cannot be taken from here."""
        interval, times, parts, rest = step
        if self.pitch is None or rest != self.rest or (self.length * times) % parts:
            return None
        pitch = None if interval is None else self.pitch + interval
        return pitch, self.length * times // parts


def relative(song: Song) -> list[Step]:
    """One step a note or rest."""
    steps: list[Step] = []
    last = LastNote()
    for note, length in zip(song.notes, song.steps, strict=True):
        pitch = note.pitch.midi if note.pitch else None
        steps.append(last.step(pitch, length))
        last = last.after(pitch, length)
    return steps


def numbered_steps(songs: "Sequence[Song]") -> "tuple[list[Step], list[Ints], list[int]]":
    """Of many songs the distinct steps, and of each song the places in that list of those that
    follow the first note that sounds, and that note's index: what ``relative`` has, in a fifth of
    the time.
    """
    import numpy as np

    starts = np.cumsum([0, *map(len, songs)])
    pitch, length, lengths = _pitches_and_lengths([note for song in songs for note in song.notes])
    place, rest = np.arange(len(pitch)), pitch < 0
    sounded = np.maximum.accumulate(np.where(rest, -1, place))  # the last note up to each
    before = np.concatenate([[-1], sounded[:-1]])
    own = before >= np.repeat(starts[:-1], np.diff(starts))  # of the same song
    here, last = place[own], place[own] - 1
    ratios, ratio = _ratios(lengths, length[here], length[last])
    interval = np.where(rest[here], _NO_INTERVAL, pitch[here] - pitch[before[here]]) + _NO_INTERVAL
    code = (interval * len(ratios) + ratio) * 2 + rest[last]
    codes, numbers = _distinct(code, _INTERVALS * len(ratios) * 2)
    bounds = np.searchsorted(here, starts[1:-1])
    steps = [_step(code, ratios) for code in codes.tolist()]
    firsts = [
        next((i for i, note in enumerate(song.notes) if note.pitch), len(song)) for song in songs
    ]
    return steps, np.split(numbers, bounds)[: len(songs)], firsts


_NO_INTERVAL = 128
"""In place of semitones, to a rest; as far as semitones can be."""

_INTERVALS = 2 * _NO_INTERVAL + 1

_APART = 16
"""Bytes: no two notes begin closer to each other in memory."""

_MOST_COUNTED = 1 << 25
"""Numbers that are told apart by where they stand in a table; if there can be more, by sorting."""


def _step(code: int, ratios: "Sequence[tuple[int, int]]") -> Step:
    interval, place = divmod(code, 2 * len(ratios))
    semitones, (times, last) = interval - _NO_INTERVAL, ratios[place // 2]
    return None if semitones == _NO_INTERVAL else semitones, times, last, bool(place % 2)


def _ratios(
    lengths: list[int], after: "Ints", before: "Ints"
) -> "tuple[list[tuple[int, int]], Ints]":
    """Of pairs of notes, each by the place of its length among ``lengths``, (P,), the distinct
    ratios in lowest terms, in rising order, and of each pair the place of its own, (P,).
    """
    import numpy as np

    pairs, number = _distinct(after * len(lengths) + before, len(lengths) ** 2)
    written = []
    for pair in pairs.tolist():
        one, other = lengths[pair // len(lengths)], lengths[pair % len(lengths)]
        part = gcd(one, other)
        written.append((one // part, other // part))
    ratios = sorted(set(written))
    place = {ratio: place for place, ratio in enumerate(ratios)}
    return ratios, np.array([place[ratio] for ratio in written], dtype=np.int64)[number]


def _distinct(numbers: "Ints", size: int) -> "tuple[Ints, Ints]":
    """Numbers from 0 to ``size`` - 1, (N,): the distinct ones in rising order, and of each its
    place among them.
    """
    import numpy as np

    if size > _MOST_COUNTED:
        distinct, places = np.unique(numbers, return_inverse=True)
        return distinct, places.reshape(-1)
    there = np.zeros(size, dtype=bool)
    there[numbers] = True
    distinct = np.flatnonzero(there)
    place = np.empty(size, dtype=np.int64)  # only that of numbers that are there is written or read
    place[distinct] = np.arange(len(distinct))
    return distinct, place[numbers]


def _pitches_and_lengths(notes: "list[Note]") -> "tuple[Ints, Ints, list[int]]":
    """MIDI numbers, -1 for a rest, and the places of lengths, (L,) each, among the distinct ones
    in steps of 1/GRID quarter note. Songs share notes, and each is asked once.
    """
    import numpy as np

    addresses = np.fromiter(map(id, notes), dtype=np.int64, count=len(notes))
    addresses = (addresses - addresses.min(initial=np.iinfo(np.int64).max)) // _APART
    distinct, of = _distinct(addresses, int(addresses.max(initial=0)) + 1)
    one = np.empty(len(distinct), dtype=np.int64)
    one[of] = np.arange(len(notes))
    met = [notes[place] for place in one.tolist()]
    pitch = [note.pitch.midi if note.pitch else -1 for note in met]
    length = [ticks(note.duration) for note in met]
    lengths = sorted(set(length))
    places = np.searchsorted(lengths, length).astype(np.int64)
    return np.array(pitch, dtype=np.int64)[of], places[of], lengths
