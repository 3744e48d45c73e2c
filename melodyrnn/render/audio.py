"""The sound of a song: each note from a sampled instrument, as a WAV file."""

import io
import wave
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from melodyrnn.errors import RenderError
from melodyrnn.music.playing import VELOCITY, Playing, gain, velocities
from melodyrnn.music.song import DEFAULT_TEMPO, Song
from melodyrnn.music.swing import swing_of
from melodyrnn.render import sampler
from melodyrnn.render.instruments import program
from melodyrnn.render.sound_bank import sound_bank

PEAK = 0.9
"""The loudest sample, of 1: what follows in a chain can add a little without clipping. A song that
is played softer than usual stays below."""
LONGEST = 1800.0
"""Seconds: a file of 159 MB."""


def wav(
    song: Song,
    *,
    instrument: str | int | None = None,
    tempo: float | None = None,
    playing: Playing | None = None,
) -> bytes:
    """The song as a WAV file: 44.1 kHz, 16 bit, mono, its last note rung out.

    ``instrument`` (a piano if None) is a name or number of General MIDI, see
    ``instruments.program``; ``tempo`` in quarter notes per minute takes the place of the song's;
    ``playing`` is how it is played: all notes alike, and as long as written, for None.
    The same arguments give the same bytes. Raises RenderError, and NotationError for a tempo.
    """
    number = program(instrument)
    song = song if tempo is None else replace(song, tempo=tempo)
    return played(song, program=number, playing=playing)


def played(song: Song, *, program: int, playing: Playing | None = None) -> bytes:
    """As ``wav``, by the General MIDI number of the instrument, 0 to 127. Raises RenderError."""
    samples = _samples(song, program, playing)
    with io.BytesIO() as buffer:
        with wave.open(buffer, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(sampler.RATE)
            file.writeframes(samples.tobytes())
        return buffer.getvalue()


def _samples(song: Song, program: int, playing: Playing | None) -> NDArray[np.int16]:
    if not song.notes:
        raise RenderError("a song without notes cannot be played; give it one note or rest")
    if song.seconds > LONGEST:
        raise RenderError(
            f"the song lasts {song.seconds / 60:.0f} minutes; at most {LONGEST / 60:.0f} are "
            "written as sound, so choose a faster tempo"
        )
    notes = list(_notes(song, program, playing))
    length = round(song.seconds * sampler.RATE)
    mixed = np.zeros(max([length, *(start + len(note) for start, _, note in notes)]), np.float32)
    for start, loud, note in notes:
        mixed[start : start + len(note)] += loud * note
    if loudest := max(mixed.max(), -mixed.min()):
        mixed *= _peak(playing) * 32767 / loudest
    return np.rint(mixed).astype("<i2")


def _peak(playing: Playing | None) -> float:
    return PEAK * min(1.0, gain(playing.velocity) / gain(VELOCITY)) if playing else PEAK


def _notes(
    song: Song, program: int, playing: Playing | None
) -> Iterator[tuple[int, float, sampler.Signal]]:
    """(first sample, how loud, samples) of each note that sounds."""
    bank = sound_bank()

    @cache
    def note_of(key: int, seconds: float) -> sampler.Signal:
        return sampler.note(bank.zones(program, key), key, seconds)

    quarter = 60 / (song.tempo or DEFAULT_TEMPO)
    swing = swing_of(song, playing.swing) if playing else None
    loud = map(gain, velocities(song, playing)) if playing else [1.0] * len(song)
    for note, onset, much in zip(song.notes, song.offsets, loud, strict=True):
        if note.pitch is not None:
            end = onset + note.duration
            if swing:
                onset, end = swing.played(onset), swing.played(end)
            seconds = float(end - onset) * quarter
            yield (
                round(float(onset) * quarter * sampler.RATE),
                much,
                note_of(note.pitch.midi, seconds),
            )
