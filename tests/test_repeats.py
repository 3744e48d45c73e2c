from fractions import Fraction

from melodyrnn import parse
from melodyrnn.experiments.benchmark.repeats import played_once

OPENING = "g4 a4 b4 g4 c'4 b4 a2"


def test_an_opening_stated_twice_is_played_once():
    song = parse(f"meter: 4/4\n{OPENING} d2 {OPENING} d4 e4 e4 e2")
    once = played_once(song)
    assert once.notes == parse(f"meter: 4/4\n{OPENING} d2 e4 e4 e2").notes


def test_meter_changes_move_with_what_follows():
    song = parse(f"meter: 4/4\n{OPENING} g4 a4 b2 {OPENING} g4 a4 b2 3/4 d4 d4 e4")
    once = played_once(song)
    assert len(once.notes) == 10 + 3
    assert [offset for offset, _ in once.meter_changes] == [Fraction(12)]


def test_a_motive_is_no_repeat_and_other_songs_stay_the_same():
    for text in ("c4 d4 e4 c4 c4 d4 e4 c4 e4 f4 g2", OPENING):
        song = parse(f"meter: 4/4\n{text}")
        assert played_once(song) is song
