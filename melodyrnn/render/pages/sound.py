"""The sound of a page: each pitch once, from which the page builds every version that it plays.

So a page with twenty versions of a song is no larger than a page with one.
"""

import wave
from array import array
from base64 import b64encode
from collections.abc import Sequence
from fractions import Fraction
from io import BytesIO

from melodyrnn.music.note_tokens import to_tokens
from melodyrnn.music.song import DEFAULT_TEMPO, Note, Pitch, Song
from melodyrnn.render.audio import wav

RATE = 22050
"""Samples a second."""
LONGEST = 6.0
"""Seconds of one pitch; a piano has died away by then."""
RELEASE = 0.12
"""Seconds that a note goes on after its end, fading."""


def sound(songs: Sequence[Song], tempo: float | None, instrument: str | None) -> dict[str, object]:
    """What the page's player needs: the rate and, for each MIDI number, 16-bit samples in base64.

    ``tempo``, in quarter notes per minute, is that of all songs; each has its own without.
    """
    longest: dict[int, float] = {}
    for song in songs:
        quarter = 60 / (tempo or tempo_of(song))
        for note in song.notes:
            if note.pitch is not None:
                before = longest.get(note.pitch.midi, 0.0)
                longest[note.pitch.midi] = max(before, float(note.duration) * quarter)
    samples = {
        str(midi): _pitch(midi, min(seconds, LONGEST) + RELEASE, instrument)
        for midi, seconds in sorted(longest.items())
    }
    return {"rate": RATE, "release": RELEASE, "samples": samples}


def _pitch(midi: int, seconds: float, instrument: str | None) -> str:
    """One pitch, ``seconds`` long."""
    pitch = next(
        Pitch(step, alter, midi // 12 - 1)
        for alter in (0, 1)
        for step in "cdefgab"
        if Pitch(step, alter, midi // 12 - 1).midi == midi
    )
    played = wav(Song((Note(pitch, Fraction(8)),)), instrument=instrument, tempo=60.0)
    with wave.open(BytesIO(played)) as file:
        step = file.getframerate() // RATE * file.getnchannels()
        frames = array("h", file.readframes(round(seconds * file.getframerate())))
    parts = (frames[n::step] for n in range(step))
    mono = [sum(group) // step for group in zip(*parts, strict=False)]
    return b64encode(array("h", mono).tobytes()).decode()


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
