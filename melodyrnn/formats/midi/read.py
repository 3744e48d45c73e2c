"""Standard MIDI File -> Song."""

import warnings
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from melodyrnn.errors import MelodyWarning, MidiError
from melodyrnn.formats.melody.assembly import LONGEST, first_key, first_tempo, with_rests
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.formats.melody.quantise import quantise
from melodyrnn.formats.melody.voices import TimedNote, Voice, choose, melody
from melodyrnn.formats.midi.events import NOTE_OFF, NOTE_ON, Event, MidiData, read_events
from melodyrnn.formats.midi.meta_events import Clock, Marks, read_marks
from melodyrnn.limits import MIDI_NOTES, NOTES
from melodyrnn.music.bars import bar_spans
from melodyrnn.music.durations import GRID, can_write
from melodyrnn.music.song import Note, Song

DRUMS = 9
"""The channel, counted from 0, whose keys are drums and not pitches."""

Span = tuple[int, int, int]
"""A note's first tick, its pitch, and the tick where it ends."""


def parse_midi(
    data: bytes, name: str, *, track: str | int | None = None, grid: Grid | None = None
) -> Song:
    """Read one melody from the bytes of the MIDI file ``name``, of type 0, 1 or 2.

    ``track`` chooses among tracks (see ``voices``), ``grid`` what timing is moved to (see
    ``quantise``). MelodyWarnings say what was chosen, rounded or left out. Raises MidiError
    where the file is corrupt or has no notes, ConfigError where it has no such track.
    """
    midi = read_events(data, name)
    if midi.type == 2:
        marks = [read_marks(midi, index) for index in range(len(midi.tracks))]
    else:
        marks = [read_marks(midi, 0)] * len(midi.tracks)
    sources = _voices(midi, marks, name)
    voices = [voice for _, voice in sources]
    chosen = choose(voices, track, name)
    index = next(index for index, voice in sources if voice is chosen)
    notes: Sequence[TimedNote] = melody(voices, track, name).notes
    NOTES.check(len(notes), name, MidiError)
    if notes[-1].end > LONGEST:
        raise MidiError(
            f"{name}: the melody lasts {float(notes[-1].end):.0f} quarter notes, more than "
            f"{LONGEST}; cut it, or choose another track with --track"
        )
    clock = marks[index].clock
    exact = marks[index].exact and grid is None and all(map(_on_grid, notes))
    if not exact:
        notes = quantise(notes, name, grid, clock(1))
    song = _song(notes, marks[index], name)
    if len({index for index, _ in sources}) == 1 or index > 0:
        # The name of the first track is that of the piece, unless it names one part of several.
        song = replace(song, title=next(iter(marks[index].titles.values())))
    song = _with_last_rest(song, clock(midi.tracks[index][-1].tick), exact)
    end = song.duration
    changes = tuple(change for change in song.meter_changes if change[0] < end)
    return replace(song, meter_changes=changes)


def _voices(midi: MidiData, marks: list[Marks], name: str) -> list[tuple[int, Voice]]:
    """(track, from 0, and its voice) for all that have notes; drums are none.

    Where one track alone has notes, each of its channels is a voice.
    """
    by_channel: defaultdict[tuple[int, int], list[Span]] = defaultdict(list)
    by_track: defaultdict[int, list[Span]] = defaultdict(list)
    unclosed = empty = drums = 0
    for index, events in enumerate(midi.tracks):
        for (channel, pitch), strokes in _strokes_read(events).items():
            if channel == DRUMS:
                drums += 1
                continue
            spans, left_open = _spans(strokes, events[-1].tick)
            notes = [(on, pitch, off) for on, off in spans if on < off]
            unclosed += left_open
            empty += len(spans) - len(notes)
            if notes:
                by_channel[index, channel] += notes
                by_track[index] += notes
    if unclosed:
        _warn(
            f"{name}: unclosed notes: {unclosed}; each lasts to its pitch's next or the track's end"
        )
    if empty:
        _warn(f"{name}: notes of no length: {empty}; left out")
    if not by_track:
        what = "only drums (channel 10)" if drums else "no notes"
        raise MidiError(f"{name}: {what}; choose a file with a melody")
    MIDI_NOTES.check(sum(map(len, by_track.values())), name, MidiError)
    if len(by_track) == 1 and len(by_channel) > 1:
        return [
            (index, Voice(f"channel {channel + 1}", _ordered(notes, marks[index].clock)))
            for (index, channel), notes in sorted(by_channel.items(), key=lambda item: item[0])
        ]
    return [
        (index, Voice(marks[index].titles[index], _ordered(notes, marks[index].clock)))
        for index, notes in by_track.items()
    ]


def _ordered(spans: list[Span], clock: Clock) -> tuple[TimedNote, ...]:
    """Sorted as whole numbers, and each moment converted once: Fractions are slow."""
    moments = {tick: clock(tick) for span in spans for tick in (span[0], span[2])}
    return tuple(TimedNote(moments[on], moments[off], pitch) for on, pitch, off in sorted(spans))


def _strokes_read(events: Iterable[Event]) -> dict[tuple[int, int], list[tuple[int, bool]]]:
    """(channel, pitch) -> (tick, whether it starts a note) in order."""
    strokes: defaultdict[tuple[int, int], list[tuple[int, bool]]] = defaultdict(list)
    for tick, kind, channel, data in events:
        if kind in (NOTE_ON, NOTE_OFF):
            starts = kind == NOTE_ON and data[1] > 0  # velocity 0 is another way to say off
            strokes[channel, data[0]].append((tick, starts))
    return strokes


def _spans(strokes: list[tuple[int, bool]], end: int) -> tuple[list[tuple[int, int]], int]:
    """(on, off) in ticks of one pitch's notes, and how many were never closed.

    The first note to start is the first to stop. If that leaves one open, any note may be the
    unclosed one: then each lasts to the next stroke, or to ``end``.
    """
    sounding: deque[int] = deque()
    spans: list[tuple[int, int]] = []
    for tick, starts in strokes:
        if starts:
            sounding.append(tick)
        elif sounding:  # else it closes what never began
            spans.append((sounding.popleft(), tick))
    if not sounding:
        return spans, 0
    spans, unclosed = [], 0
    onset: int | None = None
    for tick, starts in [*strokes, (end, True)]:
        if onset is not None:
            spans.append((onset, tick))
            unclosed += starts
        onset = tick if starts else None
    return spans, unclosed


def _on_grid(note: TimedNote) -> bool:
    return GRID % note.onset.denominator == 0 and GRID % note.end.denominator == 0


def _song(notes: Iterable[TimedNote], marks: Marks, name: str) -> Song:
    """The notes under their marks."""
    tempo, key = first_tempo(marks.tempi, name), first_key(marks.keys, name)
    return Song(
        tuple(with_rests(notes, key)),
        composer=marks.composer,
        meter=marks.meter,
        key=key,
        tempo=tempo,
        pickup=marks.pickup,
        meter_changes=marks.meter_changes,
    )


def _with_last_rest(song: Song, end: Fraction, exact: bool) -> Song:
    """With the silence up to the end of the track, where that is meant as a rest.

    Many programs end a track at any later time: only what fills the last bar is taken then, and
    nothing after a pickup, which is what the last bar lacks.
    """
    rest = end - song.duration
    if not (can_write(rest) and end <= LONGEST):
        return song
    longer = replace(song, notes=(*song.notes, Note(None, rest)))
    if exact:
        return longer
    *_, (meter, start, stop) = bar_spans(longer)
    fills = start < song.duration and stop - start == meter.bar and not song.pickup
    return longer if fills else song


def _warn(text: str) -> None:
    warnings.warn(text, MelodyWarning, stacklevel=2)
