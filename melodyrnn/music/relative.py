"""What of a melody stays when it is transposed, or written in other note values."""

from math import gcd

from melodyrnn.music.song import Song

Step = tuple[int | None, int, int]
"""Semitones from the last note that sounded (None for a rest, and where none was), and the
duration as a ratio to the last one, in lowest terms; 0, 0 for the first."""


def relative(song: Song) -> list[Step]:
    """One step a note or rest."""
    steps: list[Step] = []
    pitch: int | None = None
    before = 0
    for note, length in zip(song.notes, song.steps, strict=True):
        new = note.pitch.midi if note.pitch else None
        interval = new - pitch if new is not None and pitch is not None else None
        part = gcd(length, before) if before else 1
        steps.append((interval, length // part if before else 0, before // part))
        pitch, before = pitch if new is None else new, length
    return steps
