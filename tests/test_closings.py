"""How tunes close: what is seen of it, how often, and songs drawn again until they do so."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from melodyrnn import parse
from melodyrnn.data.gather import Named
from melodyrnn.generation.again import MOST_DRAWN, drawn_again
from melodyrnn.generation.generate import Drawn
from melodyrnn.music.bars import bar_spans, note_places
from melodyrnn.music.song import Song
from melodyrnn.tasks.closings import TuneClosing, TuneClosings, _changing, _in_one_meter

NOTHING = TuneClosing(False, False, False)


@pytest.mark.parametrize(
    ("text", "pickup", "expected"),
    [
        ("g4 a4 c2", 0, (True, True, True)),
        ("g4 a4 b4 c4", 0, (True, True, False)),
        ("g4 a4 e4 r4", 0, (True, False, True)),
        ("g4 a4 c4", 0, (False, True, True)),
        ("g4 a4 b4 c4", 1, (True, True, True)),
        ("g4 a4 b4 e4 c4", 1, (True, True, False)),
        ("g4 a4 b4 e4 c8", 1, (False, True, False)),
        ("c4", 1, (True, True, False)),
        ("r4 r4", 0, NOTHING),
    ],
)
def test_how_a_song_closes(text, pickup, expected):
    """In C major and 2/4: a pickup that its last bar makes up for is as good as a full bar."""
    song = parse(f"meter: 2/4\nkey: C major\n{text}")
    assert TuneClosing.of(replace(song, pickup=Fraction(pickup))) == expected


@pytest.mark.parametrize("meter", ["2/4", "3/4", "6/8"])
def test_whole_numbers_say_the_same_as_bars(meter):
    random = np.random.default_rng(0)
    for _ in range(60):
        notes = " ".join(random.choice(["c4", "d8", "r8", "c4.", "e16", "g2"], random.integers(9)))
        song = parse(f"meter: {meter}\n{notes} c8")
        song = replace(song, pickup=Fraction(int(random.integers(8)), 4))
        last = len(song.notes) - 1
        *_, (_, start, end) = bar_spans(song)
        full = end - start in (song.meter.bar, song.meter.bar - song.pickup)
        first = [*note_places(song)][last].offset == 0
        assert _in_one_meter(song, last) == _changing(song, last) == (full, first)


def test_a_song_without_notes_closes_in_no_way():
    assert TuneClosing.of(Song(())) == NOTHING


def named(count, text):
    return [Named(str(n), parse(f"meter: 2/4\nkey: C major\n{text}")) for n in range(count)]


def test_ways_to_close_are_drawn_as_often_as_songs_have_them():
    closings = TuneClosings([*named(6, "g4 a4 c2"), *named(3, "g4 a4 b4 c4")])
    assert sum(closings.shares.values()) == pytest.approx(1)
    assert closings.shares[TuneClosing(True, True, True)] == pytest.approx(6.5 / 13)
    assert closings.shares[NOTHING] == pytest.approx(0.5 / 13)
    drawn = Counter(closings.draw(0, number) for number in range(3000))
    for way, share in closings.shares.items():
        assert drawn[way] / 3000 == pytest.approx(share, abs=0.03)
    assert [closings.draw(1, n) for n in range(20)] != [closings.draw(0, n) for n in range(20)]


def test_what_a_song_lacks_is_counted():
    closings = TuneClosings(named(600, "g4 a4 c2"))
    songs = [parse(f"meter: 2/4\nkey: C major\n{text}") for text in ("g4 a4 c2", "g4 a4 b4 e8")]
    lacks = closings.lacking(0, [4, 5], lambda ids: songs[int(ids[0])])
    assert [lacks(place, np.array([each])) for place in (0, 1) for each in (0, 1)] == [0, 3, 0, 3]


def song_of(number):
    """The song of a stream, its last digits the same whatever is drawn beside it."""
    return np.array([int(np.random.default_rng(number).integers(4))], dtype=np.int32)


def draw(places, numbers, over):
    """The songs of streams, which are over in an order of their own."""
    songs, left = [song_of(number) for number in numbers], set(range(len(numbers)))
    for row in np.random.default_rng(len(numbers)).permutation(len(numbers)).tolist():
        if row in left:
            left -= set(over(row, songs[row]))
    songs = [song if row in left else song[:0] for row, song in enumerate(songs)]
    return Drawn(songs, np.array([float(song_of(number)[0]) for number in numbers]))


@pytest.mark.parametrize("count", [1, 3, 100])
def test_songs_are_drawn_until_they_lack_nothing_whatever_is_drawn_beside_them(count):
    drawn = drawn_again(draw, range(count), lambda place, song: abs(int(song[0]) - place % 3))
    assert [song.tolist() for song in drawn.songs[:40]] == [[n % 3] for n in range(min(count, 40))]
    assert drawn.log_probability.tolist() == [float(song[0]) for song in drawn.songs]


def test_a_song_that_is_never_as_wanted_is_the_first_that_lacks_least():
    asked = []

    def counted(places, numbers, over):
        asked.extend(numbers)
        return draw(places, numbers, over)

    (song,) = drawn_again(counted, [7], lambda place, song: 1 + int(song[0])).songs
    assert len(asked) == len(set(asked)) == MOST_DRAWN
    assert song == min(song_of(number) for number in asked)
