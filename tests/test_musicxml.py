import warnings
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

from melodyrnn.errors import MelodyWarning
from melodyrnn.music.bars import bar_spans, bars
from melodyrnn.music.corpus import read_song
from melodyrnn.music.musicxml import musicxml
from melodyrnn.music.notation import parse
from melodyrnn.music.score_piece import song_of
from melodyrnn.music.song import Meter, Note, Song
from strategies import songs

SONGS = sorted((Path(__file__).parent.parent / "songs").glob("*.txt"))


def read(text, name="song.musicxml"):
    from melodyrnn.music.score import READERS

    return song_of(READERS[Path(name).suffix](text.encode(), name), name, None, None)


def as_a_score_says_it(song):
    """What bars can say of a song: all but the bounds between adjacent rests, a meter change
    that moves no bar line, and how long a pickup would have been that was cut short. (A first
    bar that its own meter cuts short is a pickup.)
    """
    notes = []
    for note in song.notes:
        if note.is_rest and notes and notes[-1].is_rest:
            notes[-1] = Note(None, notes[-1].duration + note.duration)
        else:
            notes.append(note)
    spans = list(bar_spans(song))
    _, _, first_end = spans[0]
    again = first_end < song.meter.bar and dict(song.meter_changes).get(first_end) == song.meter
    pickup = first_end if song.pickup or again else Fraction(0)
    changes, (line, meter) = [], (pickup, song.meter)
    for offset, new in song.meter_changes:
        if new != meter or (offset - line) % meter.bar:
            changes.append((offset, new))
            line, meter = offset, new
    return replace(
        song, notes=tuple(notes), pickup=pickup, meter_changes=tuple(changes), codes=()
    )


def has_notes(song):
    return any(not note.is_rest for note in song.notes)


@settings(max_examples=40)
@given(songs(max_size=8).filter(has_notes))
def test_a_song_comes_back_from_musicxml(song):
    assert replace(read(musicxml(song)), codes=()) == as_a_score_says_it(song)
