"""The sound of a song: each note from a sampled instrument, as a WAV file."""

import io
import wave
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from melodyrnn.errors import RenderError
from melodyrnn.music.song import DEFAULT_TEMPO, Song
from melodyrnn.render import sampler
from melodyrnn.render.instruments import program
from melodyrnn.render.sound_bank import sound_bank

PEAK = 0.9
"""The loudest sample, of 1: what follows in a chain can add a little without clipping."""
LONGEST = 1800.0
"""Seconds: a file of 159 MB."""


def wav(song: Song, *, instrument: str | int | None = None, tempo: float | None = None) -> bytes:
    """The song as a WAV file: 44.1 kHz, 16 bit, mono, its last note rung out.

    ``instrument`` (a piano if None) is a name or number of General MIDI, see
    ``instruments.program``; ``tempo`` in quarter notes per minute takes the place of the song's.
    The same arguments give the same bytes. Raises RenderError, and NotationError for a tempo.
    """
    number = program(instrument)
    return played(song if tempo is None else replace(song, tempo=tempo), program=number)


def played(song: Song, *, program: int) -> bytes:
    """As ``wav``, by the General MIDI number of the instrument, 0 to 127. Raises RenderError."""
    samples = _samples(song, program)
    with io.BytesIO() as buffer:
        with wave.open(buffer, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(sampler.RATE)
            file.writeframes(samples.tobytes())
        return buffer.getvalue()


def _samples(song: Song, number: int) -> NDArray[np.int16]:
    if not song.notes:
        raise RenderError("a song without notes cannot be played; give it one note or rest")
    if song.seconds > LONGEST:
        raise RenderError(
            f"the song lasts {song.seconds / 60:.0f} minutes; at most {LONGEST / 60:.0f} are "
            "written as sound, so choose a faster tempo"
        )
    bank = sound_bank()

    @cache
    def note_of(key: int, seconds: float) -> sampler.Signal:
        return sampler.note(bank.zones(number, key), key, seconds)

    quarter = 60 / (song.tempo or DEFAULT_TEMPO)
    notes = [
        (round(float(offset) * quarter * sampler.RATE), note_of(note.pitch.midi, seconds))
        for note, offset in zip(song.notes, song.offsets, strict=True)
        if note.pitch is not None
        for seconds in [float(note.duration) * quarter]
    ]
    length = round(song.seconds * sampler.RATE)
    mixed = np.zeros(max([length, *(start + len(note) for start, note in notes)]), np.float32)
    for start, note in notes:
        mixed[start : start + len(note)] += note
    if loudest := max(mixed.max(), -mixed.min()):
        mixed *= PEAK * 32767 / loudest
    return np.rint(mixed).astype("<i2")
