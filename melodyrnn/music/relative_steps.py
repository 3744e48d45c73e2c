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
    pitch, length = _pitches_and_lengths([note for song in songs for note in song.notes])
    place, rest = np.arange(len(pitch)), pitch < 0
    sounded = np.maximum.accumulate(np.where(rest, -1, place))  # the last note up to each
    before = np.concatenate([[-1], sounded[:-1]])
    own = before >= np.repeat(starts[:-1], np.diff(starts))  # of the same song
    here, last = place[own], place[own] - 1
    length //= np.gcd.reduce(length, initial=0) or 1  # they are only compared
    part = np.gcd(length[here], length[last])
    interval = np.where(rest[here], _NO_INTERVAL, pitch[here] - pitch[before[here]])
    columns = interval + _NO_INTERVAL, length[here] // part, length[last] // part, rest[last]
    code = np.zeros(len(here), dtype=np.int64)
    for column, size in zip(columns, _SIZES, strict=True):
        code = code * size + column
    codes, numbers = np.unique(code, return_inverse=True)
    bounds = np.searchsorted(here, starts[1:-1])
    steps = [_step(code) for code in codes.tolist()]
    firsts = [
        next((i for i, note in enumerate(song.notes) if note.pitch), len(song)) for song in songs
    ]
    return steps, np.split(numbers.reshape(-1), bounds)[: len(songs)], firsts


_NO_INTERVAL = 128
"""In place of semitones, to a rest; as far as semitones can be."""

_SIZES = (2 * _NO_INTERVAL + 1, 1 << 26, 1 << 26, 2)
"""Of the four parts of a step, how many values each has as numbers from 0 on."""


def _step(code: int) -> Step:
    parts = []
    for size in reversed(_SIZES):
        code, part = divmod(code, size)
        parts.append(part)
    rest, last, times, interval = parts
    semitones = interval - _NO_INTERVAL
    return None if semitones == _NO_INTERVAL else semitones, times, last, bool(rest)


def _pitches_and_lengths(notes: "list[Note]") -> "tuple[Ints, Ints]":
    """MIDI numbers, -1 for a rest, and lengths in steps of 1/GRID quarter note, (L,) each. Songs
    share notes, and each is asked once.
    """
    import numpy as np

    ids = np.fromiter(map(id, notes), dtype=np.int64, count=len(notes))
    _, firsts, of = np.unique(ids, return_index=True, return_inverse=True)
    met = [notes[first] for first in firsts.tolist()]
    pitch = [note.pitch.midi if note.pitch else -1 for note in met]
    length = [ticks(note.duration) for note in met]
    return np.array(pitch, dtype=np.int64)[of], np.array(length, dtype=np.int64)[of]
