"""Songs as the events of a network: what it sees of a melody before it predicts each pitch.

Two kinds of inputs. ``pitch``: nothing but the pitches before. ``timed``: durations, meter and key
too, and of the note to be predicted its own time, that is when it comes and how long it lasts, as
in the multiple viewpoint systems of the literature, which predict the pitch of an event of known
time.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from melodyrnn.music.song import Song
from melodyrnn.music.viewpoints import (
    DURATIONS,
    METERS,
    PLACES,
    Viewpoints,
    bars_before,
    from_nearest_c,
    viewpoints,
)
from melodyrnn.sequences.events import NO_TOKEN, Events, Layout
from melodyrnn.sequences.repetitions import recall
from melodyrnn.sequences.vocabulary import Indices

ROOM = 6
"""Semitones by which a melody may be moved; the scale has them below and above the pitches."""

OCTAVE = 12
_INTERVALS = 2 * OCTAVE + 2  # from -12 to 12 semitones, wider ones with the widest; 0 for none
_LENGTHS = 8  # classes of how many tokens in a row were alike; the last for 7 and more
_BARS_BACK = (1, 2, 4, 8)
_BARS_COUNTED = 8


@dataclass(frozen=True)
class Inputs:
    """What is seen, on the scale of pitches of some songs."""

    lowest: int  # MIDI number of token 0
    layout: Layout
    timed: bool

    @classmethod
    def of(cls, lowest: int, highest: int, timed: bool) -> "Inputs":
        """Those of songs between two MIDI numbers."""
        kinds = [*_BY_PITCH, *_BY_TIME] if timed else list(_BY_PITCH)
        factors = [_INTERVALS] * 3 + [_INTERVALS, _LENGTHS, 3] * len(kinds)
        if timed:
            factors += [len(DURATIONS) + 1, len(DURATIONS) + 2, 2, PLACES, _BARS_COUNTED, METERS]
        vocabulary_size = highest - lowest + 1 + 2 * ROOM
        return cls(lowest - ROOM, Layout(vocabulary_size, len(kinds), tuple(factors)), timed)

    def has_room(self, song: Song) -> bool:
        """Whether all its notes are on the scale."""
        tokens = [note.pitch.midi - self.origin(song) for note in song.notes if note.pitch]
        return min(tokens) >= 0 and max(tokens) < self.layout.vocabulary_size

    def origin(self, song: Song) -> int:
        """The MIDI number of token 0 in ``song``. With the key known, all key signatures are one:
        minor keys share the scale of their relative major ones.
        """
        return self.lowest + (from_nearest_c(7 * song.key.fifths % OCTAVE) if self.timed else 0)

    def events(self, song: Song) -> Events:
        """The notes of ``song`` that sound, L of them."""
        seen = viewpoints(song)
        pitches = np.array(seen.pitch, dtype=np.int32) - self.origin(song)  # (L,)
        last = _after(pitches, NO_TOKEN)
        interval = np.where(last == NO_TOKEN, NO_INTERVAL, pitches - last)
        kinds = [*_BY_PITCH, *_BY_TIME] if self.timed else _BY_PITCH
        recalled = [kind(seen, pitches, interval) for kind in kinds]
        factors = [
            _after(_interval_class(interval), 0),
            _after(_after(_interval_class(interval), 0), 0),
            _interval_class(np.where(last == NO_TOKEN, NO_INTERVAL, last - pitches[0])),
        ]
        for tokens, lengths in recalled:
            known = (tokens != NO_TOKEN) & (last != NO_TOKEN)
            factors += [
                _interval_class(np.where(known, tokens - last, NO_INTERVAL)),
                np.minimum(lengths, _LENGTHS - 1),
                _after(np.where(tokens == NO_TOKEN, 0, 1 + (tokens == pitches)), 0),
            ]
        if self.timed:
            factors += [np.array(column) for column in _time(seen)]
        candidates = np.stack([tokens for tokens, _ in recalled], -1)
        return Events(
            pitches, last, candidates.astype(np.int32), np.stack(factors, -1).astype(np.int32)
        )


Candidates = tuple[Indices, Indices]
"""Tokens (L,), NO_TOKEN where there is none, and of each how much spoke for it, (L,)."""

NO_INTERVAL = 1000


def _same_pitches(seen: Viewpoints, pitches: Indices, interval: Indices) -> Candidates:
    """What came after the same pitches."""
    place, length = recall(pitches.tolist())
    return np.where(place >= 0, pitches[place], NO_TOKEN), length


def _same_intervals(seen: Viewpoints, pitches: Indices, interval: Indices) -> Candidates:
    """What came after the same intervals, wherever they stood."""
    place, length = recall(interval.tolist())
    return _continued(place, length, pitches, interval)


def _same_notes(seen: Viewpoints, pitches: Indices, interval: Indices) -> Candidates:
    """What came at the same place of a bar and lasted as long, after the same notes."""
    lasting = np.array(seen.duration)
    place, length = recall(
        list(zip(pitches.tolist(), seen.duration, strict=True)),
        alike=_same_place(seen) & (lasting[:, None] == lasting),
    )
    return np.where(place >= 0, pitches[place], NO_TOKEN), length


def _same_rhythm(seen: Viewpoints, pitches: Indices, interval: Indices) -> Candidates:
    """By which interval the melody moved at the same place of a bar, in the same rhythm."""
    alike = _same_place(seen)
    alike[:, 0] = False  # the first note moved by no interval
    place, length = recall(seen.duration, known=True, alike=alike)
    return _continued(place, length, pitches, interval)


def _bars_back(count: int) -> Callable[[Viewpoints, Indices, Indices], Candidates]:
    def same_place(seen: Viewpoints, pitches: Indices, interval: Indices) -> Candidates:
        place = np.array(bars_before(seen, count))
        return np.where(place >= 0, pitches[place], NO_TOKEN), (place >= 0).astype(np.int32)

    return same_place


_BY_PITCH = (_same_pitches, _same_intervals)
_BY_TIME = (_same_notes, _same_rhythm, *map(_bars_back, _BARS_BACK))


def _continued(place: Indices, length: Indices, pitches: Indices, interval: Indices) -> Candidates:
    return np.where(place > 0, _after(pitches, NO_TOKEN) + interval[place], NO_TOKEN), length


def _same_place(seen: Viewpoints) -> npt.NDArray[np.bool_]:
    """(L, L): which notes begin at the same place of their bars."""
    places = np.array(seen.in_bar)
    return np.asarray(places[:, None] == places)


def _time(seen: Viewpoints) -> list[list[int]]:
    """What a score says of each note's time, and of the one before."""
    none = len(DURATIONS) + 1
    return [
        list(seen.duration),
        [none, *seen.duration[:-1]],
        list(seen.rest),
        list(seen.place),
        [bar % _BARS_COUNTED for bar in seen.bar],
        list(seen.meter),
    ]


def _after(column: Indices, first: int) -> Indices:
    """Each moved on to the next note, where it is known."""
    return np.concatenate([[first], column[:-1]]).astype(np.int32)


def _interval_class(interval: Indices) -> Indices:
    near = np.clip(interval, -OCTAVE, OCTAVE) + OCTAVE + 1
    return np.where(interval == NO_INTERVAL, 0, near).astype(np.int32)
