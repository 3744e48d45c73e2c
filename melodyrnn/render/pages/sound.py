"""The sound of a page: sampled notes, from which its script builds every version that it plays.

So a page with twenty versions of a song is no larger than a page with one.
"""

import wave
from base64 import b64encode
from collections.abc import Mapping, Sequence
from fractions import Fraction
from io import BytesIO
from math import ceil

import numpy as np
from numpy.typing import NDArray

from melodyrnn.music.note_tokens import to_tokens
from melodyrnn.music.song import DEFAULT_TEMPO, Note, Pitch, Song
from melodyrnn.render.audio import wav

RATE = 22050
"""Samples a second."""
LONGEST = 6.0
"""Seconds of one pitch; a piano has died away by then."""
RELEASE = 0.12
"""Seconds that a note goes on after its end, fading."""

SMALL_RATE = 16000
"""Samples a second where there are only so many bytes."""
REACHES = (0, 1, 2, 3, 4)
"""Semitones by which a sampled pitch is moved at most, the fewest that the bytes allow."""
SUSTAINED = 3.0
"""Seconds of a note whose length is not known yet: a dotted half note in a slow tempo."""
SCALE = 420_000
"""Bytes of all notes of an instrument: in three octaves none is moved more than two semitones."""
MU = 255
"""Of the curve by which a sample of 16 bits becomes one of 8 (the mu-law of G.711, continuous)."""


def sound(
    songs: Sequence[Song], tempo: float | None, instrument: str | None, most: int | None = None
) -> dict[str, object]:
    """What the page's player needs: the rate and, for each MIDI number, samples in base64.

    ``tempo``, in quarter notes per minute, is that of all songs; each has its own without. Samples
    have 16 bits or, where all together may have ``most`` characters, 8 by the mu-law; then a pitch
    may be missing, whose sound is that of the nearest, moved.
    """
    longest: dict[int, float] = {}
    for song in songs:
        quarter = 60 / (tempo or tempo_of(song))
        for note in song.notes:
            if note.pitch is not None:
                seconds = min(float(note.duration) * quarter, LONGEST) + RELEASE
                midi = note.pitch.midi
                longest[midi] = max(longest.get(midi, 0.0), seconds)
    if most is not None:
        return _small(longest, instrument, most // 4 * 3)
    return sampled(longest, instrument)


def sampled(lengths: Mapping[int, float], instrument: str | None) -> dict[str, object]:
    """The same for MIDI numbers and how many seconds each is held in all, with its end."""
    samples = {
        str(midi): _text(_pitch(midi, seconds, instrument))
        for midi, seconds in sorted(lengths.items())
    }
    return {"rate": RATE, "release": RELEASE, "samples": samples}


def scale_sound(lowest: int, highest: int, instrument: str | None) -> dict[str, object]:
    """The same for a page that makes its songs itself: all notes between two MIDI numbers."""
    notes = dict.fromkeys(range(lowest, highest + 1), SUSTAINED + RELEASE)
    return _small(notes, instrument, SCALE)


def _small(longest: Mapping[int, float], instrument: str | None, most: int) -> dict[str, object]:
    """Of at most ``most`` bytes. Where even few pitches are too many, they end sooner."""
    for reach in REACHES:
        seconds = _sampled(longest, reach)
        if sum(seconds.values()) * SMALL_RATE <= most:
            break
    share = most / SMALL_RATE / max(len(seconds), 1)
    samples = {
        str(midi): b64encode(_compressed(_faded(midi, length, share, instrument))).decode()
        for midi, length in seconds.items()
    }
    return {"rate": SMALL_RATE, "release": RELEASE, "mu": MU, "samples": samples}


def _sampled(longest: Mapping[int, float], reach: int) -> dict[int, float]:
    """Pitches that reach all of ``longest`` by ``reach`` semitones, and the seconds of each."""
    found: dict[int, float] = {}
    left = sorted(longest)
    while left:
        middle = min(left[0] + reach, left[-1])
        near = [midi for midi in left if midi <= middle + reach]
        # Moved upwards a sound is played faster, and ends sooner.
        found[middle] = max(longest[midi] * 2 ** ((midi - middle) / 12) for midi in near)
        left = left[len(near) :]
    return found


def _faded(midi: int, seconds: float, most: float, instrument: str | None) -> NDArray[np.float64]:
    """One pitch at ``SMALL_RATE``, from -1 to 1; longer than ``most`` seconds it fades by then."""
    played, rate = _played(midi, min(seconds, most), instrument)
    kept = played[: round(min(seconds, most) * rate)].astype(float) / 32768
    if seconds > most:
        fading = min(len(kept), round(RELEASE * rate))
        kept[len(kept) - fading :] *= np.linspace(1, 0, fading) ** 2
    length = len(kept) * SMALL_RATE // rate
    spectrum = np.fft.rfft(kept)[: length // 2 + 1]  # without what the lower rate has no room for
    return np.fft.irfft(spectrum, length) * length / len(kept)


def _compressed(samples: NDArray[np.float64]) -> bytes:
    """Values from -1 to 1 as bytes from 1 to 255, finer near nought."""
    curved = np.sign(samples) * np.log1p(MU * np.abs(samples)) / np.log1p(MU)
    levels: NDArray[np.uint8] = np.rint(128 + 127 * np.clip(curved, -1, 1)).astype(np.uint8)
    return levels.tobytes()


def _pitch(midi: int, seconds: float, instrument: str | None) -> NDArray[np.int16]:
    """One pitch, ``seconds`` long, at ``RATE``."""
    played, rate = _played(midi, seconds, instrument)
    step = rate // RATE
    kept = played[: round(seconds * rate)]
    groups = kept[: len(kept) // step * step].reshape(-1, step)
    mono: NDArray[np.int16] = (groups.sum(axis=1) // step).astype("<i2")
    return mono


def _played(midi: int, seconds: float, instrument: str | None) -> tuple[NDArray[np.int32], int]:
    """One pitch, held for ``seconds`` at least, and its samples a second."""
    pitch = next(
        Pitch(step, alter, midi // 12 - 1)
        for alter in (0, 1)
        for step in "cdefgab"
        if Pitch(step, alter, midi // 12 - 1).midi == midi
    )
    played = wav(Song((Note(pitch, Fraction(ceil(seconds))),)), instrument=instrument, tempo=60.0)
    with wave.open(BytesIO(played)) as file:
        frames = np.frombuffer(file.readframes(-1), "<i2").astype(np.int32)
        return frames, file.getframerate()


def _text(samples: NDArray[np.int16]) -> str:
    return b64encode(samples.tobytes()).decode()


def notes(song: Song, tempo: float) -> dict[str, object]:
    """For each note its start and length in seconds, its MIDI number (None: a rest), its token."""
    quarter = 60 / tempo
    return {
        "starts": [round(float(offset) * quarter, 4) for offset in song.offsets],
        "lengths": [round(float(note.duration) * quarter, 4) for note in song.notes],
        "pitches": [note.pitch.midi if note.pitch else None for note in song.notes],
        "tokens": to_tokens(song),
    }


def tempo_of(song: Song) -> float:
    return song.tempo or DEFAULT_TEMPO
