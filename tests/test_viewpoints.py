from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from strategies import songs

from melodyrnn import parse
from melodyrnn.music.durations import GRID
from melodyrnn.music.song import Key, Song
from melodyrnn.music.viewpoints import DURATIONS, tonic, viewpoints

PICKUP = replace(
    parse("meter: 3/4\nkey: G major\ng4 | a4 b8 r8 c'4 | d'2. | e'4 d'4 c'4"), pickup=Fraction(1)
)


def test_a_song_with_a_pickup_and_a_rest():
    seen = viewpoints(PICKUP)
    assert seen.duration == (3, 3, 1, 3, 6, 3, 3, 3)
    assert [place / GRID for place in seen.in_bar] == [2, 0, 1, 2, 0, 0, 1, 2]
    assert set(seen.bar_length) == {3 * GRID}


@pytest.mark.parametrize(
    ("key", "above_c"), [("c", 0), ("g", 7), ("b-", 10), ("a minor", 9), ("f# minor", 6)]
)
def test_tonic(key, above_c):
    step, *rest = key.split()
    alter = {"": 0, "#": 1, "-": -1}[step[1:]]
    song = Song(PICKUP.notes, key=Key.of(step[0], alter, *rest))
    assert tonic(song) == above_c


@given(songs().filter(lambda song: any(note.pitch for note in song.notes)))
def test_every_note_that_sounds_has_its_place(song):
    seen = viewpoints(song)
    assert len(seen.in_bar) == sum(1 for note in song.notes if note.pitch)
    assert all(0 <= duration <= len(DURATIONS) for duration in seen.duration)
    assert all(0 <= at < length for at, length in zip(seen.in_bar, seen.bar_length, strict=True))
