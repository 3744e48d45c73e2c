"""Silence that is no music: before a song begins, and where it waits for others."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import groupby, pairwise

from melodyrnn.music.bars import bar_spans
from melodyrnn.music.song import Song

LONGEST_REST = 2
"""Bars that a song may rest in its midst."""


def after_silence(song: Song) -> Song:
    """The song from its first note that sounds on, its bar lines where they were: what is left of
    the bar in which that note stands is the pickup. A song of rests only stays as it is.
    """
    first = next((place for place, note in enumerate(song.notes) if note.pitch), 0)
    silence = song.offsets[first] if song.notes else 0
    if not silence:
        return song
    meter, start, end = next(span for span in bar_spans(song) if span[1] <= silence < span[2])
    if end == song.duration:  # the last bar may be longer than the song
        end = song.pickup if song.pickup and not start else start + meter.bar
    left = end - silence
    return replace(
        song,
        notes=song.notes[first:],
        meter=meter,
        pickup=left if left < meter.bar else type(left)(0),
        meter_changes=tuple(
            (at - silence, changed) for at, changed in song.meter_changes if at > silence
        ),
        # Of the chords before the first note, the last one sounds on.
        chords=tuple({max(at - silence, Fraction(0)): name for at, name in song.chords}.items()),
    )


def without_long_rests(song: Song) -> Song:
    """The song with what fills the bars around it, or one bar where nothing does, in place of each
    rest of more than LONGEST_REST bars after its first note. Notes keep their places in their bars.
    """
    cuts = _cuts(song)
    if not cuts:
        return song
    notes, place = [], Fraction(0)
    for note in song.notes:
        after = place + note.duration
        if left := _moved(after, cuts) - _moved(place, cuts):
            notes.append(replace(note, duration=left))
        place = after
    changes = {_moved(at, cuts): meter for at, meter in song.meter_changes}
    meters = [(Fraction(0), song.meter), *changes.items()]
    joints = {_moved(start, cuts) for start, _ in cuts}
    return replace(
        song,
        notes=tuple(notes),
        meter_changes=tuple(
            (at, meter)
            for (_, before), (at, meter) in pairwise(meters)
            if meter != before or at not in joints
        ),
        chords=tuple({_moved(at, cuts): name for at, name in song.chords}.items()),
    )


def _moved(moment: Fraction, cuts: list[tuple[Fraction, Fraction]]) -> Fraction:
    """Where a moment comes to stand without ``cuts``."""
    return moment - sum(min(end, moment) - start for start, end in cuts if start < moment)


def _cuts(song: Song) -> list[tuple[Fraction, Fraction]]:
    """(start, end) of the bars to leave out, those of a rest together."""
    shortest = min(meter.bar for meter in (song.meter, *(meter for _, meter in song.meter_changes)))
    longest = LONGEST_REST * shortest
    rests = [(start, end) for start, end in _rests(song) if start and end - start > longest]
    if not rests:
        return []
    spans = list(bar_spans(song))
    starts = [start for _, start, _ in spans]
    cuts = []
    for start, end in rests:
        first, last = bisect_left(starts, start), bisect_right(starts, end)
        bars = [span for span in spans[first:last] if span[2] <= end]
        meter = spans[bisect_right(starts, start) - 1][0]
        if end - start <= LONGEST_REST * meter.bar or len(bars) < LONGEST_REST:
            continue
        if bars[0][1] == start and bars[-1][2] == end:
            del bars[0]
        cuts.append((bars[0][1], bars[-1][2]))
    return cuts


def _rests(song: Song) -> Iterator[tuple[Fraction, Fraction]]:
    """(start, end) of each rest, those side by side as one."""
    place = Fraction(0)
    for sounds, run in groupby(song.notes, key=lambda note: note.pitch is not None):
        end = place + sum((note.duration for note in run), Fraction(0))
        if not sounds:
            yield place, end
        place = end
