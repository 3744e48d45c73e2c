"""Songs as the events of a network that sees nothing but pitches."""

from dataclasses import dataclass

import numpy as np

from melodyrnn.music.song import Song
from melodyrnn.sequences.events import NO_TOKEN, Events, Layout
from melodyrnn.sequences.repetitions import recall
from melodyrnn.sequences.vocabulary import Indices

ROOM = 6
"""Semitones by which a melody may be moved; the scale has them below and above the pitches."""

OCTAVE = 12
_INTERVALS = 2 * OCTAVE + 2  # from -12 to 12 semitones, wider ones with the widest; 0 for none
_CANDIDATES = 2
_LENGTHS = 8  # classes of how many tokens in a row were alike; the last for 7 and more


@dataclass(frozen=True)
class Inputs:
    """What is seen, on the scale of pitches of some songs."""

    lowest: int  # MIDI number of token 0
    layout: Layout

    @classmethod
    def of(cls, lowest: int, highest: int) -> "Inputs":
        """Those of songs between two MIDI numbers."""
        factors = [_INTERVALS] * 3 + [_INTERVALS, _LENGTHS, 3] * _CANDIDATES
        vocabulary_size = highest - lowest + 1 + 2 * ROOM
        return cls(lowest - ROOM, Layout(vocabulary_size, _CANDIDATES, tuple(factors)))

    def has_room(self, song: Song) -> bool:
        """Whether all its notes are on the scale."""
        tokens = self._tokens(song)
        return bool(tokens.min() >= 0 and tokens.max() < self.layout.vocabulary_size)

    def events(self, song: Song) -> Events:
        """The notes of ``song`` that sound, L of them."""
        pitches = self._tokens(song)
        last = _after(pitches, NO_TOKEN)
        interval = np.where(last == NO_TOKEN, NO_INTERVAL, pitches - last)
        recalled = [_same_pitches(pitches), _same_intervals(pitches, interval)]
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
        candidates = np.stack([tokens for tokens, _ in recalled], -1)
        return Events(
            pitches, last, candidates.astype(np.int32), np.stack(factors, -1).astype(np.int32)
        )

    def _tokens(self, song: Song) -> Indices:
        """(L,)."""
        midi = [note.pitch.midi for note in song.notes if note.pitch]
        return np.array(midi, dtype=np.int32) - self.lowest


Candidates = tuple[Indices, Indices]
"""Tokens (L,), NO_TOKEN where there is none, and of each how much spoke for it, (L,)."""

NO_INTERVAL = 1000


def _same_pitches(pitches: Indices) -> Candidates:
    """What came after the same pitches."""
    place, length = recall(pitches.tolist())
    return np.where(place >= 0, pitches[place], NO_TOKEN), length


def _same_intervals(pitches: Indices, interval: Indices) -> Candidates:
    """What came after the same intervals, wherever they stood."""
    place, length = recall(interval.tolist())
    return np.where(place > 0, _after(pitches, NO_TOKEN) + interval[place], NO_TOKEN), length


def _after(column: Indices, first: int) -> Indices:
    """Each moved on to the next note, where it is known."""
    return np.concatenate([[first], column[:-1]]).astype(np.int32)


def _interval_class(interval: Indices) -> Indices:
    near = np.clip(interval, -OCTAVE, OCTAVE) + OCTAVE + 1
    return np.where(interval == NO_INTERVAL, 0, near).astype(np.int32)
