"""Song -> Standard MIDI File.

A Song that is written and read again has the same MIDI pitches, durations, meters, key, tempo,
pickup, title and composer, also if it was
played with swing. Lost are the spelling of pitches (they are spelled anew by the key),
the bounds between adjacent rests, and ``codes``.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from math import lcm

import mido

from melodyrnn.errors import ConfigError, MidiError
from melodyrnn.formats.melody.assembly import LONGEST
from melodyrnn.formats.midi.meta_events import written_marks
from melodyrnn.music.durations import GRID
from melodyrnn.music.playing import VELOCITY, Playing, velocities
from melodyrnn.music.song import Song
from melodyrnn.music.swing import Swing, swing_of

_RESOLUTIONS = (960, GRID)
"""Ticks a quarter note in what is written: the first in which all of a song is exact."""


def midi_bytes(
    song: Song, *, tempo: float | None = None, program: int = 0, playing: Playing | None = None
) -> bytes:
    """A song as a MIDI file of type 1: a track of marks and one of notes.

    ``tempo`` in quarter notes per minute takes the place of the song's. ``program`` is the
    General MIDI number of the sound, 0 to 127 (0 is a piano). ``playing`` is how the song is
    played; without, all notes are alike and as long as written. Raises ConfigError for an
    impossible program, NotationError for a tempo, MidiError for a song without end.
    """
    if not 0 <= program <= 127:
        raise ConfigError(f"unknown program {program}; General MIDI programs are 0 to 127")
    if song.duration > LONGEST:
        raise MidiError(f"the song lasts {song.duration} quarter notes; at most {LONGEST} fit MIDI")
    if tempo is not None:
        song = replace(song, tempo=tempo)
    ticks = _resolution(song)
    swing = swing_of(song, playing.swing) if playing else None
    file = mido.MidiFile(type=1, ticks_per_beat=ticks, charset="utf-8")
    played: list[tuple[Fraction, mido.Message]] = [
        (Fraction(0), mido.Message("program_change", program=program)),
        *_strokes(song, playing, swing),
    ]
    for events in (list(written_marks(song, swing)), played):
        end = (_moment(song.duration, swing), mido.MetaMessage("end_of_track"))
        file.tracks.append(mido.MidiTrack(_timed([*events, end], ticks)))
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def _strokes(
    song: Song, playing: Playing | None, swing: Swing | None
) -> Iterator[tuple[Fraction, mido.Message]]:
    loud = velocities(song, playing) if playing else [VELOCITY] * len(song)
    for note, onset, velocity in zip(song.notes, song.offsets, loud, strict=True):
        if note.pitch is None:
            continue
        number, end = note.pitch.midi, onset + note.duration
        on = mido.Message("note_on", note=number, velocity=velocity)
        yield _moment(onset, swing), on
        yield _moment(end, swing), mido.Message("note_off", note=number, velocity=0)


def _moment(written: Fraction, swing: Swing | None) -> Fraction:
    return swing.played(written) if swing else written


def _resolution(song: Song) -> int:
    moments = [song.pickup, *song.offsets, song.duration, *(at for at, _ in song.meter_changes)]
    finest = lcm(*(moment.denominator for moment in moments))
    return next(ticks for ticks in _RESOLUTIONS if ticks % finest == 0)


def _timed(events: Iterable[tuple[Fraction, mido.Message]], ticks: int) -> Iterator[mido.Message]:
    """Messages in order, each with its ticks, so many a quarter note, since the one before."""
    last = 0
    for offset, message in sorted(events, key=lambda event: event[0]):
        tick = round(offset * ticks)  # exact but for what swings
        yield message.copy(time=tick - last)
        last = tick
