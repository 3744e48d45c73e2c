from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from strategies import songs

from melodyrnn import parse
from melodyrnn.music.durations import GRID
from melodyrnn.music.song import Key, Song
from melodyrnn.music.viewpoints import DURATIONS, METERS, PLACES, bars_before, tonic, viewpoints

PICKUP = replace(
    parse("meter: 3/4\nkey: G major\ng4 | a4 b8 r8 c'4 | d'2. | e'4 d'4 c'4"), pickup=Fraction(1)
)


def test_a_song_with_a_pickup_and_a_rest():
    seen = viewpoints(PICKUP)
    assert seen.pitch == (67, 69, 71, 72, 74, 76, 74, 72)
    assert [onset / GRID for onset in seen.onset] == [0, 1, 2, 3, 4, 7, 8, 9]
    assert seen.duration == (3, 3, 1, 3, 6, 3, 3, 3)
    assert seen.rest == (0, 0, 0, 1, 0, 0, 0, 0)
    assert [place / GRID for place in seen.in_bar] == [2, 0, 1, 2, 0, 0, 1, 2]
    assert seen.place == (8, 0, 4, 8, 0, 0, 4, 8)
    assert seen.bar == (0, 1, 1, 1, 2, 3, 3, 3)
    assert set(seen.meter) == {6}


def test_bars_before():
    seen = viewpoints(PICKUP)
    assert bars_before(seen, 1) == (-1, -1, -1, 0, 1, 4, -1, -1)
    assert bars_before(seen, 2) == (-1, -1, -1, -1, -1, 1, 2, 3)


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
    sounding = [
        (note.pitch.midi, onset)
        for note, onset in zip(song.notes, song.offsets, strict=True)
        if note.pitch
    ]
    assert list(seen.pitch) == [midi for midi, _ in sounding]
    assert [Fraction(onset, GRID) for onset in seen.onset] == [onset for _, onset in sounding]
    for column, size in ((seen.duration, len(DURATIONS) + 1), (seen.place, PLACES)):
        assert all(0 <= value < size for value in column)
    assert all(0 <= meter < METERS for meter in seen.meter)
    assert all(0 <= at < length for at, length in zip(seen.in_bar, seen.bar_length, strict=True))
    for count in (1, 2):
        for index, before in enumerate(bars_before(seen, count)):
            assert before < index
