"""A song in bars as engravers write it, so that the beats can be seen.

Rests in a row are one silence, written by rests that show beats and the middle of a bar; a note
that begins off the beat is tied where it would hide the middle, and one that begins off the half
beat where it would hide the next beat (Gould 2011, "Behind Bars", on ties and on rests). The text
notation and ABC, which are typed, keep values as they are (``bars.py``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby, pairwise

from melodyrnn.music.bars import Bar, bars, values_between
from melodyrnn.music.durations import Value, can_write, is_dyadic
from melodyrnn.music.song import Meter, Note, Song


def engraved_bars(song: Song) -> tuple[Bar, ...]:
    """The bars. All signs of rests in a row have the first one's number."""
    notes, numbers = _with_whole_silences(song)
    laid = bars(replace(song, notes=notes, codes=()), divided)
    return tuple(
        replace(bar, heads=tuple(replace(head, note=numbers[head.note]) for head in bar.heads))
        for bar in laid
    )


def silent_runs(laid: Sequence[Bar], song: Song) -> dict[int, int]:
    """Index of a bar -> how many silent bars there are from it on, two or more: what is written as
    one rest of many bars. A bar with a new meter begins another, one with chord symbols is none.
    """
    changes = {offset for offset, _ in song.meter_changes}
    found: dict[int, int] = {}
    first: int | None = None
    for index, bar in enumerate(laid):
        chords = any(bar.offset <= place < bar.end for place, _ in song.chords)
        if not is_silent(bar) or chords:
            first = None
        elif first is None or bar.offset in changes:
            first = index
        else:
            found[first] = index - first + 1
    return found


def is_silent(bar: Bar) -> bool:
    """Whether one rest fills the whole of a full bar."""
    one = len({head.note for head in bar.heads}) == 1
    return one and bar.heads[0].pitch is None and bar.length == bar.meter.bar


def _with_whole_silences(song: Song) -> tuple[tuple[Note, ...], list[int]]:
    """The notes with one rest for those in a row, and the number in the song of each."""
    notes: list[Note] = []
    numbers: list[int] = []
    for silent, run in groupby(enumerate(song.notes), key=lambda each: each[1].is_rest):
        each = list(run)
        length = sum((note.duration for _, note in each), Fraction(0))
        if silent and can_write(length):
            each = [(each[0][0], Note(None, length))]
        numbers += [number for number, _ in each]
        notes += [note for _, note in each]
    return tuple(notes), numbers


def divided(note: Note, offset: Fraction, stop: Fraction, bar: Bar) -> tuple[Value, ...]:
    """The values of what of a note lies between two moments of a bar."""
    start, end = offset - bar.first_beat, stop - bar.first_beat
    in_tuplet = not (is_dyadic(start or Fraction(1)) and is_dyadic(end))
    places = list((_rests if note.is_rest else _ties)(start, end, bar.meter, in_tuplet))
    return tuple(
        value
        for one, other in pairwise([start, *places, end])
        for value in values_between(one + bar.first_beat, other + bar.first_beat, bar)
    )


def _ties(start: Fraction, end: Fraction, meter: Meter, in_tuplet: bool) -> Iterator[Fraction]:
    """Where within a bar a note is tied, that its length would hide."""
    if in_tuplet:
        return
    into = start % meter.beat
    beat = start - into + meter.beat
    if into % (meter.beat / 2) and not meter.is_compound and beat < end:
        yield beat
        start, into = beat, Fraction(0)
    middle = _middle(meter)
    if into and middle and start < middle < end:
        yield middle


def _rests(start: Fraction, end: Fraction, meter: Meter, in_tuplet: bool) -> Iterator[Fraction]:
    """Where within a bar one rest ends and the next begins: at beats, unless half a bar is silent;
    and within a beat, unless it begins with the rest.
    """
    middle, part = _middle(meter), meter.beat / (3 if meter.is_compound else 2)
    halves = _inside(start, end, middle) if middle else []
    for half in pairwise([start, *halves, end]):
        beats = [] if half[1] - half[0] == middle else _inside(*half, meter.beat)
        for one, other in pairwise([half[0], *beats, half[1]]):
            if one > start:
                yield one
            if one % meter.beat and not in_tuplet:
                yield from _inside(one, other, part)


def _inside(start: Fraction, end: Fraction, cell: Fraction) -> list[Fraction]:
    """The multiples of ``cell`` between two moments."""
    first = start - start % cell + cell
    return [first + n * cell for n in range(-((first - end) // cell))] if first < end else []


def _middle(meter: Meter) -> Fraction | None:
    """That of a bar of four beats, or of more that are even."""
    beats = meter.bar / meter.beat
    return meter.bar / 2 if beats % 2 == 0 and beats >= 4 else None
