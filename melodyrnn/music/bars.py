"""A song laid out in bars: where notes are split and tied, which values write them.

Every writer of bars (text, MusicXML, ABC, the report) reads this one layout.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from melodyrnn.music.durations import Value, is_dyadic, spell, value_of
from melodyrnn.music.song import Meter, Pitch, Song


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
    heads: tuple[Written, ...]


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


def bars(song: Song) -> tuple[Bar, ...]:
    """The song in bars: notes split at bar lines and, where one value cannot write what is
    left, at the beats.
    """
    spans = list(bar_spans(song))
    first = 0 if song.pickup else 1
    starts = song.offsets
    laid, index = [], 0
    for number, (meter, start, end) in enumerate(spans, first):
        heads: list[Written] = []
        while index < len(song.notes) and starts[index] < end:
            note, onset = song.notes[index], starts[index]
            stop = onset + note.duration
            heads += _heads(index, note.pitch, onset, stop, (meter, start, end))
            if stop > end:
                break
            index += 1
        laid.append(Bar(number, meter, start, end - start, tuple(heads)))
    return tuple(laid)


def _heads(
    index: int,
    pitch: Pitch | None,
    onset: Fraction,
    stop: Fraction,
    span: tuple[Meter, Fraction, Fraction],
) -> Iterator[Written]:
    """The heads of one note within one bar."""
    meter, start, end = span
    offset = max(onset, start)
    for value in _values(offset, min(stop, end), meter, start):
        after = offset + value.duration
        sounds = pitch is not None
        yield Written(
            index, pitch, offset, value, sounds and after < stop, sounds and offset > onset
        )
        offset = after


def _values(offset: Fraction, stop: Fraction, meter: Meter, bar: Fraction) -> tuple[Value, ...]:
    if single := value_of(stop - offset):
        return (single,)
    beat = bar + ((offset - bar) // meter.beat + 1) * meter.beat
    if beat < stop:
        return spell(beat - offset) + _values(beat, stop, meter, bar)
    return spell(stop - offset)


def tuplets(heads: tuple[Written, ...]) -> list[tuple[Written, ...]]:
    """Group heads: each tuplet's heads together, every other head alone.

    A tuplet closes as soon as its length is one that undivided values have, so that six
    triplet eighths are two groups of three.
    """
    groups: list[tuple[Written, ...]] = []
    for word, run in groupby(heads, key=lambda head: head.value.tuplet):
        group: list[Written] = []
        for head in run:
            group.append(head)
            if not word or is_dyadic(sum((h.value.duration for h in group), Fraction(0))):
                groups.append(tuple(group))
                group = []
        if group:
            groups.append(tuple(group))
    return groups
