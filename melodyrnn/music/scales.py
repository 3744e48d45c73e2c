"""What of a key a song may sound: its scale, its tonic."""

from melodyrnn.music.song import SEMITONES, Key, Note

SCALES: dict[str, frozenset[int]] = {
    "major": frozenset({0, 2, 4, 5, 7, 9, 11}),
    "minor": frozenset({0, 2, 3, 5, 7, 8, 9, 10, 11}),
}
"""Mode -> semitones above the tonic. Minor is natural, and its sixth and seventh may be raised."""


def in_key(note: Note, key: Key) -> bool:
    """Whether a note, however it is spelled, is of the key's scale; a rest always is."""
    return note.pitch is None or above_tonic(note.pitch.midi, key) in SCALES[key.mode]


def on_tonic(note: Note, key: Key) -> bool:
    """Whether a note, however it is spelled, is the tonic in some octave; a rest never is."""
    return note.pitch is not None and above_tonic(note.pitch.midi, key) == 0


def tonic_name(key: Key) -> str:
    """``B-`` of B flat."""
    return str(key).split()[0]


def above_tonic(midi: int, key: Key) -> int:
    """Semitones, from 0 to 11."""
    step, alter = key.tonic
    return (midi - SEMITONES[step] - alter) % 12
