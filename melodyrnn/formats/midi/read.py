"""Standard MIDI File -> Song."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from melodyrnn.errors import MidiError, warn
from melodyrnn.formats.melody.assembly import (
    LONGEST,
    first_key,
    first_tempo,
    heard_key,
    with_rests,
    without_silence,
)
from melodyrnn.formats.melody.evidence import hardly_a_melody
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.formats.melody.quantise import quantise
from melodyrnn.formats.melody.timed_note import TimedNote, Voice
from melodyrnn.formats.melody.track_names import names_part
from melodyrnn.formats.melody.voices import melody
from melodyrnn.formats.midi.chunks import MidiData, read_events
from melodyrnn.formats.midi.drums import drum_channels
from melodyrnn.formats.midi.events import NOTE_OFF, NOTE_ON, PROGRAM, Event
from melodyrnn.formats.midi.lyrics import sung, syllables
from melodyrnn.formats.midi.meta_events import Clock, Marks, read_marks
from melodyrnn.limits import MIDI_NOTES, NOTES
from melodyrnn.music.bars import bar_spans
from melodyrnn.music.durations import GRID, can_write
from melodyrnn.music.song import Note, Song

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
    for repair in midi.repairs:
        _warn(f"{name}: {repair}")
    if midi.type == 2:
        marks = [read_marks(midi, index) for index in range(len(midi.tracks))]
    else:
        marks = [read_marks(midi, 0)] * len(midi.tracks)
    sources = _voices(midi, marks, name)
    voices = [voice for _, voice in sources]
    taken, notes = melody(voices, track, name)
    index = sources[taken][0]
    NOTES.check(len(notes), name, MidiError)
    if notes[-1].end > LONGEST:
        raise MidiError(
            f"{name}: the melody lasts {float(notes[-1].end):.0f} quarter notes, more than "
            f"{LONGEST}; cut it, or choose another track with --track"
        )
    if (doubt := hardly_a_melody(notes, voices)) and not marks[index].exact:
        _warn(f"{name}: {doubt}" + "; --track chooses another" * (len(voices) > 1))
    clock = marks[index].clock
    exact = marks[index].exact and grid is None and all(map(_on_grid, notes))
    if not exact:
        notes = quantise(notes, name, grid, clock(1))
    song = _song(notes, marks[index], index, name)
    song = replace(song, title=_title(marks[index], index, {index for index, _ in sources}))
    song = _with_last_rest(song, clock(midi.tracks[index][-1].tick), exact)
    end = song.duration
    changes = tuple(change for change in song.meter_changes if change[0] < end)
    song = replace(song, meter_changes=changes)
    return song if marks[index].exact else without_silence(song, name)


def _voices(midi: MidiData, marks: list[Marks], name: str) -> list[tuple[int, Voice]]:
    """(track, from 0, and its voice) for all that have notes; drums are none."""
    played: defaultdict[tuple[int, int], list[Span]] = defaultdict(list)
    unclosed = empty = 0
    drums = drum_channels(midi)
    for index, events in enumerate(midi.tracks):
        for (channel, pitch), strokes in _strokes_read(events).items():
            if channel in drums:
                continue
            spans, left_open = _spans(strokes, events[-1].tick)
            notes = [(on, pitch, off) for on, off in spans if on < off]
            unclosed += left_open
            empty += len(spans) - len(notes)
            if notes:
                played[index, channel] += notes
    if unclosed:
        _warn(
            f"{name}: unclosed notes: {unclosed}; each lasts to its pitch's next or the track's end"
        )
    if empty:
        _warn(f"{name}: notes of no length: {empty}; left out")
    if not played:
        drummed = any(e.kind == NOTE_ON and e.number in drums for t in midi.tracks for e in t)
        what = "only drums" if drummed else "no notes"
        raise MidiError(f"{name}: {what}; choose a file with a melody")
    MIDI_NOTES.check(sum(map(len, played.values())), name, MidiError)
    named = list(_named(midi, marks, played))
    words = syllables(midi) if len(named) > 1 else []
    return [
        (
            index,
            Voice(
                label,
                _ordered(notes, marks[index].clock),
                title,
                sung=sung([onset for onset, _, _ in notes], words, midi.per_quarter),
            ),
        )
        for index, label, title, notes in named
    ]


def _named(
    midi: MidiData, marks: list[Marks], played: dict[tuple[int, int], list[Span]]
) -> Iterator[tuple[int, str, str, list[Span]]]:
    """(track, the voice's name, that of its track where this has several, notes) of each voice.

    The channels of a track are voices of their own, unless they are set to the same program, as the
    strings of a guitar are.
    """
    tracks = sorted({index for index, _ in played})
    for index in tracks:
        channels = sorted(channel for track, channel in played if track == index)
        programs = {e.number: e.data for e in midi.tracks[index] if e.kind == PROGRAM}
        sounds = {programs.get(channel) for channel in channels}
        title = marks[index].names[index]
        if len(channels) == 1 or (len(tracks) > len(sounds) == 1 and None not in sounds):
            yield index, title, "", [note for c in channels for note in played[index, c]]
            continue
        for channel in channels:
            label = f"channel {channel + 1}"
            label = label if len(tracks) == 1 else f"{title} {label}".strip()
            yield index, label, title, played[index, channel]


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


def _song(notes: Sequence[TimedNote], marks: Marks, track: int, name: str) -> Song:
    """The notes of a track under their marks."""
    tempo, keys = first_tempo(marks.tempi, name), marks.keys_of(track)
    key = first_key(keys, name) if keys else heard_key(notes, name)
    return Song(
        tuple(with_rests(notes, key)),
        composer=marks.composer,
        meter=marks.meter,
        key=key,
        tempo=tempo,
        pickup=marks.pickup,
        meter_changes=marks.meter_changes,
    )


def _title(marks: Marks, track: int, sounding: set[int]) -> str:
    """The name of the piece: as karaoke says it, or else that of the first track, unless it is one
    part of several, or else the track's own, if it is not the name of a part either.
    """
    if marks.title:
        return marks.title
    first, title = next(iter(marks.titles.items()))
    if title and (first not in sounding or len(sounding) == 1):
        return title
    return "" if names_part(marks.titles[track]) else marks.titles[track]


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
    warn(text)
