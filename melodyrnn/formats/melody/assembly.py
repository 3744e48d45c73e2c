"""What a file says -> what a Song holds: notes with rests between them, one key and one tempo.

MIDI files and scores meet here; where a file says more than a song can hold, a MelodyWarning
says what is not kept.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache

from melodyrnn.errors import NotationError, warn
from melodyrnn.formats.melody.timed_note import TimedNote
from melodyrnn.limits import QUARTERS
from melodyrnn.music.durations import GRID
from melodyrnn.music.key_finding import fitting_keys
from melodyrnn.music.silence import after_silence, without_long_rests
from melodyrnn.music.song import Key, Note, Pitch, Song

LONGEST = QUARTERS.most
"""Quarter notes, half a day: a longer melody is a corrupt or absurd file."""

_TELLING, _TELLING_PITCHES = 8, 4
"""Notes, and pitch classes among them, that are enough to tell a key."""


def with_rests(notes: Iterable[TimedNote], key: Key) -> list[Note]:
    """The notes of one voice, in order, and a rest wherever none sounds; ``key`` spells numbers.

    Their times are multiples of 1/GRID, and are reckoned in those, for Fractions are slow.
    """
    place = 0
    melodic: list[Note] = []
    for note in notes:
        onset, end = _steps(note.onset), _steps(note.end)
        if onset > place:
            melodic.append(_note(key, None, onset - place))
        melodic.append(_note(key, note.pitch, end - onset))
        place = end
    return melodic


def _steps(moment: Fraction) -> int:
    return moment.numerator * (GRID // moment.denominator)


@lru_cache(65536)  # of the files of a folder most notes are the same
def _note(key: Key, pitch: Pitch | int | None, steps: int) -> Note:
    spelled = key.pitch(pitch) if isinstance(pitch, int) else pitch
    return Note(spelled, Fraction(steps, GRID))


def without_silence(song: Song, name: str) -> Song:
    """The song without the silence before it and most of its rests of several bars.

    These are music where one voice is all there is; a file of several, or of a whole performance,
    has them where the melody waits. A MelodyWarning says how much is left out of the file ``name``.
    """
    shorter = without_long_rests(after_silence(song))
    if silence := song.duration - shorter.duration:
        _warn(f"{name}: quarter notes of silence are left out: {float(silence):g}")
    return shorter


def first_key(keys: Sequence[Key], name: str) -> Key:
    """The first of the keys in the file ``name``, or C major."""
    if not keys:
        return Key()
    if any(key != keys[0] for key in keys):
        _warn(f"{name}: key changes are not kept; the song has the first key, {keys[0]}")
    return keys[0]


def heard_key(notes: Sequence[TimedNote], name: str) -> Key:
    """The key that the notes of the melody suggest, which a MelodyWarning says; C major where they
    are too few to suggest one.
    """
    pitches = [note.midi for note in notes]
    if len(pitches) < _TELLING or len({pitch % 12 for pitch in pitches}) < _TELLING_PITCHES:
        return Key()
    lengths = [_steps(note.end) - _steps(note.onset) for note in notes]
    best, other, *_ = fitting_keys(pitches, lengths)
    _warn(f"{name}: no key is named; the notes suggest {best.key}, or else {other.key}")
    return best.key


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
    warn(text)
