"""Where notes so far from the staff that nobody counts their ledger lines are written an octave
nearer, under a line "8va" or over "8vb".
"""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from melodyrnn.music.song import Song

FAR = 14
"""Semitones from the outer line of the staff to its fourth ledger line: one note of a passage is as
far at least."""
OUTSIDE = 4
"""And so far at least are all of them, so that an octave nearer they are on the staff."""
FEWEST = 2
"""Notes of a passage."""


class OctaveLine(NamedTuple):
    """From which note to which, and MusicXML's word for where the notes are written."""

    first: int
    last: int
    written: str  # "down" under 8va, "up" over 8vb


def octave_lines(song: Song, lowest_line: int, highest_line: int) -> list[OctaveLine]:
    """The lines of a song, whose clef gives the staff these outer lines, by MIDI number."""
    return [
        *_passages([_beyond(song, n, highest_line) for n in range(len(song))], "down"),
        *_passages([_beyond(song, n, lowest_line, below=True) for n in range(len(song))], "up"),
    ]


def _beyond(song: Song, place: int, line: int, *, below: bool = False) -> int | None:
    """Semitones by which a note is outside the staff; None of a rest."""
    pitch = song[place].pitch
    if pitch is None:
        return None
    return line - pitch.midi if below else pitch.midi - line


def _passages(beyond: list[int | None], written: str) -> Iterator[OctaveLine]:
    """Rests go with the notes before them, and no line ends with one."""
    far = False
    member: list[bool] = []
    for semitones in beyond:
        far = far if semitones is None else semitones >= OUTSIDE
        member.append(far)
    for outside, run in groupby(range(len(beyond)), key=member.__getitem__):
        notes = [place for place in run if beyond[place] is not None]
        if outside and len(notes) >= FEWEST and max(beyond[place] or 0 for place in notes) >= FAR:
            yield OctaveLine(notes[0], notes[-1], written)
