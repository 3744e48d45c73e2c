"""A melody as tokens of interval and ratio of lengths, one from each note that sounds to the next.

Nothing of a move depends on how a song was written down: a rest lengthens the note before it,
intervals are the same in every key, and ratios of lengths are the same whether a collection counts
in quarters or in eighths.
"""

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from melodyrnn.music.bars import bar_spans
from melodyrnn.music.song import Key, Note, Song

LARGEST = 12
"""Semitones: an interval larger than an octave counts as one."""

_LARGER = tuple(Fraction(n, 6) for n in (8, 9, 12, 18, 24, 36, 48))
RATIOS: tuple[Fraction, ...] = (*(1 / ratio for ratio in reversed(_LARGER)), Fraction(1), *_LARGER)
"""The ratios of lengths that are kept distinct; another one counts as the nearest."""

LENGTHS: tuple[Fraction, ...] = tuple(
    Fraction(n, 24) for n in (3, 4, 6, 8, 9, 12, 16, 18, 24, 32, 36, 48, 60, 72, 96, 144)
)
"""The lengths that are kept distinct, in quarter notes; another one counts as the nearest."""


class SoundingNote(NamedTuple):
    """A note that sounds, until the next one does."""

    midi: int
    onset: Fraction  # from the song's start, quarter notes
    length: Fraction  # to the next note that sounds, or to the end, quarter notes
    begins_bar: bool  # whether it starts on a bar line; a pickup does not


class Move(NamedTuple):
    """From one note to the next."""

    interval: int  # semitones, -LARGEST … LARGEST
    ratio: Fraction  # the next note's length by this one's, one of RATIOS

    def __str__(self) -> str:
        return f"{self.interval:+d}*{self.ratio}"


def sounding(song: Song) -> tuple[SoundingNote, ...]:
    """The notes that sound, in order. Rests before the first one are left out."""
    lines = {start for _, start, _ in bar_spans(song) if start or not song.pickup}
    started = [
        (note.pitch.midi, onset)
        for note, onset in zip(song.notes, song.offsets, strict=True)
        if note.pitch
    ]
    ends = [*(onset for _, onset in started[1:]), song.duration]
    return tuple(
        SoundingNote(midi, onset, end - onset, onset in lines)
        for (midi, onset), end in zip(started, ends, strict=False)  # of silence, an end alone
    )


def moves(song: Song) -> tuple[Move, ...]:
    """From each note that sounds to the next: one fewer than there are such notes."""
    notes = sounding(song)
    return tuple(
        Move(interval(before, after), nearest(after.length / before.length, RATIOS))
        for before, after in pairwise(notes)
    )


def interval(before: SoundingNote, after: SoundingNote) -> int:
    """In semitones, at most an octave either way."""
    return max(-LARGEST, min(LARGEST, after.midi - before.midi))


def nearest(value: Fraction, values: tuple[Fraction, ...]) -> Fraction:
    """The one of ``values`` whose ratio to ``value`` is nearest to 1; of two, the smaller."""
    return min(values, key=lambda each: max(each / value, value / each))


def melody(line: Iterable[Move], midi: int = 67, length: Fraction = Fraction(1, 2)) -> list[Note]:
    """The notes that moves lead through, from a first one, spelled as in C.

    Lengths are those of LENGTHS, and a line that leads out of four octaves comes back by one.
    """
    notes = [Note(Key().pitch(midi), length)]
    for move in line:
        midi, length = midi + move.interval, nearest(length * move.ratio, LENGTHS)
        midi += 12 * ((midi < _LOWEST) - (midi > _HIGHEST))
        notes.append(Note(Key().pitch(midi), length))
    return notes


_LOWEST, _HIGHEST = 43, 91
