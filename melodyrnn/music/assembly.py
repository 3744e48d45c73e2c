"""What a file says -> what a Song holds: notes with rests between them, one key and one tempo.

MIDI files and scores meet here; where a file says more than a song can hold, a MelodyWarning
says what is not kept.
"""

import warnings
from collections.abc import Iterable, Sequence
from fractions import Fraction

from melodyrnn.errors import MelodyWarning, NotationError
from melodyrnn.music.song import Key, Note, Song
from melodyrnn.music.voices import Sounding

LONGEST = 100_000
"""Quarter notes, half a day: a longer melody is a corrupt or absurd file."""


def with_rests(notes: Iterable[Sounding], key: Key) -> list[Note]:
    """The notes of one voice, in order, and a rest wherever none sounds; ``key`` spells numbers."""
    place = Fraction(0)
    melodic: list[Note] = []
    for note in notes:
        if note.onset != place:  # and so later
            melodic.append(Note(None, note.onset - place))
        pitch = key.pitch(note.pitch) if isinstance(note.pitch, int) else note.pitch
        melodic.append(Note(pitch, note.length))
        place = note.end
    return melodic


def first_key(keys: Sequence[Key], name: str) -> Key:
    """The first of the keys in the file ``name``, or C major."""
    if not keys:
        return Key()
    if any(key != keys[0] for key in keys):
        _warn(f"{name}: key changes are not kept; the song has the first key, {keys[0]}")
    return keys[0]


def first_tempo(tempi: Sequence[float], name: str) -> float | None:
    """The first of the tempi, in quarter notes per minute, if a song can have it."""
    if not tempi:
        return None
    if any(tempo != tempi[0] for tempo in tempi):
        _warn(f"{name}: tempo changes are not kept; the song has the first tempo, {tempi[0]:g}")
    try:
        return Song((), tempo=tempi[0]).tempo
    except NotationError:
        _warn(f"{name}: a tempo of {tempi[0]:.6g} quarter notes per minute is not kept")
        return None


def _warn(text: str) -> None:
    warnings.warn(text, MelodyWarning, stacklevel=3)
