"""A part of a song drawn anew: the rest is kept note by note, and stays where it is."""

import pytest

from melodyrnn import generate, parse, read_song, train
from melodyrnn.errors import ConfigError, ConstraintError, WindowError
from melodyrnn.music.durations import ticks
from melodyrnn.runs.run import open_run

WALTZ = "title: Walzer\nkey: F major\nmeter: 3/4\nf4 a4 c'4 | b-4 g4 e4 | f4 a8 b-8 c'4 | f2."


@pytest.fixture(scope="module")
def folk():
    return open_run("folk")


@pytest.fixture(scope="module")
def windows(tmp_path_factory, nabiya):
    """A run that counts windows of 4 notes, and knows no ends."""
    return train(nabiya, model="ngram", output=tmp_path_factory.mktemp("windows") / "run").run


@pytest.mark.parametrize(("asked", "first", "last"), [("4-9", 3, 9), ("1-4", 0, 4), ("10", 9, 10)])
def test_all_other_notes_are_kept_where_they_are(folk, asked, first, last):
    song = parse(WALTZ)
    takes = generate(folk, primer=song, redraw=asked, count=6, seed=2).songs
    for take in takes:
        after = len(song) - last
        assert take.song[:first] == song[:first]
        assert take.song[len(take.song) - after :] == song[last:]
        assert take.song.offsets[len(take.song) - after :] == song.offsets[last:]
        assert take.song.duration == song.duration
        assert (take.song.meter, take.song.key) == (song.meter, song.key)
        assert take.primer == first
    assert len({take.tokens for take in takes}) > 1


def test_what_the_run_does_not_know_is_kept_all_the_same(windows, nabiya):
    """It is seen as the nearest that the run knows, and is no other note for that."""
    song = read_song(nabiya)
    strange = parse("g8 e8 e4 f8 d8 d4 c8 d8 | a64 a64 a32 a16 g8")
    made = generate(windows, primer=strange, redraw="5-8", seed=1).songs[0].song
    assert made[:4] == strange[:4]
    assert made[-5:] == strange[-5:]
    known = generate(windows, primer=song, redraw="9-20", seed=1).songs[0].song
    assert known[:8] == song[:8]
    assert known[-34:] == song[-34:]


def test_tokens_and_the_same_seed(folk):
    tokens = "g8 a8 b4 c'8 b8 a4"
    one, same = (generate(folk, primer=tokens, redraw="3-4", seed=5) for _ in range(2))
    assert one.songs[0].tokens == same.songs[0].tokens
    assert one.songs[0].tokens[:2] == ("g8", "a8")
    assert one.songs[0].tokens[-2:] == ("b8", "a4")


def test_the_best_take_is_the_one_after_which_the_rest_is_likeliest(folk):
    song = parse(WALTZ)
    every = generate(folk, primer=song, redraw="4-6", count=8, seed=3).songs
    (best,) = generate(folk, primer=song, redraw="4-6", count=8, best=1, seed=3).songs
    assert best.score.total == max(take.score.total for take in every)


WRONG = [
    ({"redraw": "3-99"}, ConfigError, "redraw 3-99: the song has 11 notes; name some of them"),
    ({"redraw": "9-3"}, ConfigError, "redraw '9-3' names no notes; name the first and the last"),
    ({"redraw": "all"}, ConfigError, "redraw 'all' names no notes"),
    ({"redraw": 3}, ConfigError, "redraw 3 is not a text"),
    ({"redraw": "2-3", "bars": 4}, ConfigError, "bars has no effect with redraw; leave it out"),
    ({"redraw": "2-3", "length": 4}, ConfigError, "length has no effect with redraw; leave it out"),
    ({"redraw": "2-3", "keep_primer": False}, ConfigError, "keep_primer=False has no effect"),
    ({"redraw": "2-3", "primer": None}, ConfigError, "redraw has no effect without primer"),
]


@pytest.mark.parametrize(("settings", "kind", "words"), WRONG)
def test_what_cannot_be_is_refused_with_the_reason(folk, settings, kind, words):
    with pytest.raises(kind, match=words):
        generate(folk, **{"primer": parse(WALTZ), **settings})


def test_what_no_notes_fill_is_refused(windows):
    with pytest.raises(ConstraintError, match="redraw 5-5: no notes of this run last 1/16 quarter"):
        generate(windows, primer="g8 e8 e4 f8 a64 d4", redraw="5")
    with pytest.raises(WindowError, match="the primer has 2 notes and this run's window needs 4"):
        generate(windows, primer="g8 e8 e4 f8 d8 d4", redraw="3-4")
    changing = parse("meter: 2/4\nc4 d4 | 3/4 e4 f4 g4")
    with pytest.raises(ConfigError, match="redraw: its meter changes"):
        generate(windows, primer=changing, redraw="3-4")


def test_the_shortest_notes_of_a_run_bound_what_is_drawn(folk):
    song = parse(WALTZ)
    (take,) = generate(folk, primer=song, redraw="1-9", temperature=50.0, seed=4).songs
    assert take.song.duration == song.duration
    assert sum(ticks(note.duration) for note in take.song[:-1]) == sum(song.steps[:-1])
