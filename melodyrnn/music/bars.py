"""A song laid out in bars: where notes are split and tied, which values write them.

Every writer of bars (text, MusicXML, ABC, the report) reads this one layout.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from melodyrnn.music.durations import Value, is_common, is_dyadic, spell, value_of
from melodyrnn.music.song import Meter, Note, Pitch, Song

PHRASE = 4
"""Bars. Tunes have phrases of four bars nearly everywhere."""


@dataclass(frozen=True, slots=True)
class Written:
    """One note head or rest sign."""

    note: int  # index into Song.notes
    pitch: Pitch | None
    offset: Fraction  # from the song's start, quarter notes
    value: Value
    tie: bool  # tied to the next head of the same note
    tied: bool  # tied from the head before


@dataclass(frozen=True, slots=True)
class Bar:
    """One measure."""

    number: int  # as a musician counts: a pickup bar is 0
    meter: Meter
    offset: Fraction  # from the song's start, quarter notes
    length: Fraction  # less than meter.bar in a pickup or a last, incomplete bar
    heads: tuple[Written, ...] = ()

    @property
    def end(self) -> Fraction:
        return self.offset + self.length

    @property
    def first_beat(self) -> Fraction:
        """From where its beats are counted; a pickup ends on a bar line, and has it before it."""
        return self.offset if self.number else self.end - self.meter.bar


Division = Callable[[Note, Fraction, Fraction, Bar], tuple[Value, ...]]
"""A note, the bar, and from where to where in it the note is written -> by which values."""


class NotePlace(NamedTuple):
    """Where a note begins."""

    bar: int  # as a musician counts: a pickup bar is 0
    meter: Meter
    offset: Fraction  # from the bar's first beat, quarter notes


def note_places(song: Song) -> Iterator[NotePlace]:
    """Of each note."""
    onsets, first = iter(song.offsets), 0 if song.pickup else 1
    onset = next(onsets, None)
    for number, (meter, start, end) in enumerate(bar_spans(song), first):
        first_beat = Bar(number, meter, start, end - start).first_beat
        while onset is not None and onset < end:
            yield NotePlace(number, meter, onset - first_beat)
            onset = next(onsets, None)


def bar_spans(song: Song) -> Iterator[tuple[Meter, Fraction, Fraction]]:
    """(meter, start, end) of each bar, in quarter notes; a meter change begins a bar."""
    length = song.duration
    changes = [*song.meter_changes, (length, song.meter)]
    meter, start, end = song.meter, Fraction(0), song.pickup or song.meter.bar
    for change, next_meter in changes:
        change = min(change, length)
        while start < change:
            yield meter, start, min(end, change)
            start, end = min(end, change), min(end, change) + meter.bar
        meter, end = next_meter, start + next_meter.bar


def values_as_they_are(note: Note, offset: Fraction, stop: Fraction, bar: Bar) -> tuple[Value, ...]:
    """The values of what of a note lies between two moments of a bar: few of them."""
    return values_between(offset, stop, bar)


def bars(song: Song, divided: Division = values_as_they_are) -> tuple[Bar, ...]:
    """The song in bars: notes split at bar lines and, within a bar, as ``divided`` says; by
    default, where one value cannot write what is left, at the beats.
    """
    spans = list(bar_spans(song))
    first = 0 if song.pickup else 1
    starts = song.offsets
    laid, index = [], 0
    for number, (meter, start, end) in enumerate(spans, first):
        bar = Bar(number, meter, start, end - start)
        heads: list[Written] = []
        while index < len(song.notes) and starts[index] < end:
            note, onset = song.notes[index], starts[index]
            heads += _heads(index, note, onset, bar, divided)
            if onset + note.duration > end:
                break
            index += 1
        laid.append(replace(bar, heads=tuple(heads)))
    return tuple(laid)


def _heads(
    index: int, note: Note, onset: Fraction, bar: Bar, divided: Division
) -> Iterator[Written]:
    """The heads of one note within one bar."""
    offset, stop = max(onset, bar.offset), onset + note.duration
    for value in divided(note, offset, min(stop, bar.end), bar):
        after = offset + value.duration
        tie, tied = not note.is_rest and after < stop, not note.is_rest and offset > onset
        yield Written(index, note.pitch, offset, value, tie, tied)
        offset = after


def values_between(offset: Fraction, stop: Fraction, bar: Bar) -> tuple[Value, ...]:
    """One value, or as few as show the beats that one would hide."""
    values: list[Value] = []
    while True:  # a beat at a time, as long as one value would hide the next beat
        place = (offset - bar.first_beat) % bar.meter.beat
        beat = offset - place + bar.meter.beat
        single = value_of(stop - offset)
        if single and (stop <= beat or not _hides_beat(single, offset, bar)):
            return (*values, single)
        if stop <= beat:
            return (*values, *spell(stop - offset))
        values += spell(beat - offset)
        offset = beat


def _hides_beat(value: Value, offset: Fraction, bar: Bar) -> bool:
    """Whether a value that starts at ``offset``, and lasts over the next beat, is misread.

    6/8 has two beats, and a half note in it looks like two quarters; only whole beats do not. A
    tuplet of 5 or 7 that lasts over a beat is of equal notes, and this is one of them.
    """
    place = offset - bar.first_beat
    if not is_common(value.duration):
        return bool(place % value.duration)
    if not bar.meter.is_compound or value.tuplet:
        return False
    return bool(place % bar.meter.beat or value.duration % bar.meter.beat)


def tuplets(heads: tuple[Written, ...]) -> list[tuple[Written, ...]]:
    """Group heads: each tuplet's heads together, every other head alone.

    A tuplet closes as soon as its length is one that undivided values have, so that six
    triplet eighths are two groups of three.
    """
    groups: list[tuple[Written, ...]] = []
    for word, run in groupby(heads, key=lambda head: head.value.tuplet):
        group: list[Written] = []
        length = Fraction(0)
        for head in run:
            group.append(head)
            if word:
                length += head.value.duration
            if not word or is_dyadic(length):
                groups.append(tuple(group))
                group, length = [], Fraction(0)
        if group:
            groups.append(tuple(group))
    return groups
