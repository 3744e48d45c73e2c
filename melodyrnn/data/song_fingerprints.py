"""Songs known by their fingerprints (``sequences/fingerprints.py``)."""

from collections.abc import Sequence

from melodyrnn.data.song_families import PITCH_CLASSES, pitch_classes
from melodyrnn.music.song import Song
from melodyrnn.sequences.fingerprints import Fingerprints


def fingerprints(songs: Sequence[Song]) -> Fingerprints:
    """By their pitches, in whatever rhythm, key and octave, repeated notes counted once."""
    return Fingerprints.of([pitch_classes(song) for song in songs], PITCH_CLASSES)
