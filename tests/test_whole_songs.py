"""Songs weighed as wholes: what is seen of them, how weights are learned, and how one is chosen."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from melodyrnn import parse
from melodyrnn.errors import RunError
from melodyrnn.generation.generate import Drawn
from melodyrnn.generation.weighed import drawn_by_weight
from melodyrnn.music.song import Key, Meter, Note, Pitch, Song
from melodyrnn.runs import whole_songs
from melodyrnn.tasks.whole_songs import weights
from melodyrnn.tasks.whole_songs.features import NAMES, features_of
from melodyrnn.tasks.whole_songs.runs_of_steps import (
    BUCKETS,
    LONG,
    SIZE,
    KnownRuns,
    RunCounts,
    RunRatios,
    Steps,
)
from melodyrnn.tasks.whole_songs.weights import PRIOR, WholeSongs


def song(notes: str, header: str = "meter: 2/4\nkey: C major") -> Song:
    return parse(f"{header}\n\n{notes}")


def seen(some: Song) -> dict[str, float]:
    return dict(zip(NAMES, features_of(some), strict=True))


def test_what_is_seen_of_a_song():
    found = seen(song("g8 e8 e4 f8 d8 d4 g8 e8 e4 d8 d8 c4"))
    assert len(found) == 50
    expected = {
        "last bar is full": 1,
        "ends on the tonic": 1,
        "ends on a first beat": 0,
        "ends in all three ways": 0,
        "ends by a step": 1,
        "ends by a step down": 1,
        "ends with a rest": 0,
        "bars, doublings": 2,
        "bars in fours": 1,
        "bars in eights": 0,
        "final above the lowest": 0,
        "first above the final": 7 / 12,
        "place of the highest": 0,
        "bars that return": 1 / 3,
        "rhythms of bars that return": 1,
        "bars like the one 2 before": 1 / 2,
        "bars like the one 8 before": 0,
        "runs of 3 steps that return": 0,
        "degree 7": 2 / 12,
        "degree 4": 4 / 12,
        "same note again": 4 / 11,
        "steps": 3 / 11,
        "thirds": 3 / 11,
        "a fifth or more": 0,
        "different lengths": 2,
        "of the most frequent length": 8 / 12,
        "on a first beat, per bar": 1,
        "notes per bar": 3,
        "rests per bar": 0,
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    lengths = -(8 / 12 * np.log2(8 / 12) + 4 / 12 * np.log2(4 / 12))
    assert found["entropy of lengths"] == pytest.approx(lengths)


def test_a_last_bar_that_the_pickup_completes_is_full():
    upbeat = "meter: 3/4\nkey: F major\npickup: 4"
    assert seen(song("c4 f4 a4 c'4 a4 g4 f4 f4", upbeat))["last bar is full"] == 0
    whole = seen(song("c4 f4 a4 c'4 f2", upbeat))
    assert (whole["last bar is full"], whole["ends on a first beat"]) == (1, 1)
    assert seen(song("f2. r2.", upbeat))["ends with a rest"] == 1


NOTES = st.lists(
    st.tuples(st.integers(50, 80), st.sampled_from([1, 2, 3, 4, 6, 8]), st.booleans()),
    min_size=1,
    max_size=40,
)


NAMED = [("c", 0), ("c", 1), ("d", 0), ("e", -1), ("e", 0), ("f", 0), ("f", 1), ("g", 0), ("a", -1)]
NAMED += [("a", 0), ("b", -1), ("b", 0)]


def made(notes: list[tuple[int, int, bool]], up: int = 0, times: int = 1) -> Song:
    """Of MIDI numbers, lengths in eighths, and whether each is a rest instead; the first sounds."""
    out = []
    for place, (midi, eighths, silent) in enumerate(notes):
        octave, above = divmod(midi + up, 12)
        pitch = None if silent and place else Pitch(*NAMED[above], octave - 1)
        out.append(Note(pitch, Fraction(eighths * times, 2)))
    return Song(tuple(out), meter=Meter(2 * times, 4), key=Key((7 * up + 5) % 12 - 5))


@given(NOTES, st.integers(0, 11))
def test_no_transposition_and_no_change_of_the_unit_changes_it(notes, up):
    alone = made(notes)
    for other in (made(notes, up=up), made(notes, times=2)):
        np.testing.assert_allclose(features_of(other), features_of(alone), atol=1e-12)
        for kind, same in zip(Steps.of(other).frequent(), Steps.of(alone).frequent(), strict=True):
            np.testing.assert_array_equal(kind, same)


def hashed(codes: list[int]) -> int:
    """FNV-1a in plain whole numbers."""
    found = 2166136261
    for code in codes:
        found = ((found ^ code) * 16777619) % 2**32
    return found ^ found >> 15


def test_runs_are_numbered_by_their_steps():
    steps = Steps.of(song("c4 d8 d8 c'2"))
    assert steps == ([2, 0, 9], [-4, 0, 8])  # no interval counts for more than 9 semitones
    intervals, ratios, both = steps.frequent()
    codes = [19, 19, 19, 11, 9, 18, 20], [25, 25, 25, 8, 12, 20, 26]
    for found, some in zip((intervals, ratios), codes, strict=True):
        runs = [some[place : place + SIZE] for place in range(len(some) - SIZE + 1)]
        assert found.tolist() == [hashed(run) % BUCKETS for run in runs]
    assert both[0] == hashed([27 * a + b for a, b in zip(*codes, strict=True)][:SIZE]) % BUCKETS
    assert len(steps.long()) == 0
    long = Steps.of(song("c4 d4 e4 f4 g4 a4 b4 c'4 d'4"))
    assert long.long().tolist() == [
        hashed([27 * (step + 9) + 12 for step in (2, 2, 1, 2, 2, 2, 1, 2)])
    ]


def test_frequencies_are_compared_without_the_song_itself_and_its_family():
    people = [Steps.of(song(notes)) for notes in ("c4 d4 e4", "c4 d4 e4 f4", "g4 g4 g4")]
    network = [Steps.of(song(notes)) for notes in ("c4 e4 g4", "c4 c4 c4")]
    counts = RunCounts(people, network)
    alone = counts.means_of_people([0, 1, 2])
    for place in range(3):
        others = people[:place] + people[place + 1 :]
        expected = _ratios(RunCounts(others, network), people[place])
        np.testing.assert_allclose(alone[place], expected)
    family = counts.means_of_people([0, 0, 2])
    np.testing.assert_allclose(family[0], _ratios(RunCounts([people[2]], network), people[0]))
    drawn = counts.means_of_network()
    np.testing.assert_allclose(drawn[1], _ratios(RunCounts(people, network[:1]), network[1]))
    rounded = RunRatios.of(counts).means(people[0])
    np.testing.assert_allclose(rounded, _ratios(counts, people[0]), atol=1 / 32)


def _ratios(counts: RunCounts, steps: Steps) -> list[float]:
    """Log-ratios of frequencies, three runs more added to both sets together, in proportion."""
    found = []
    for kind, runs in enumerate(steps.frequent()):
        people, network = (total[kind] for total in counts.totals)
        share = people.sum() / (people.sum() + network.sum())
        of_people = (people[runs] + 3 * share) / people.sum()
        of_network = (network[runs] + 3 * (1 - share)) / network.sum()
        found.append(np.log(of_people / of_network).mean())
    return found


def test_known_runs_are_those_of_the_songs_learned():
    random = np.random.default_rng(0)
    songs = [Steps(*random.integers(-9, 10, (2, 40)).tolist()) for _ in range(200)]
    known = KnownRuns.of(songs[:100])
    assert known.every == 1
    assert all(known.share(steps) == 1 for steps in songs[:100])
    assert np.mean([known.share(steps) for steps in songs[100:]]) < 0.02
    half = Steps(*(a[:20] + b[:20] for a, b in zip(songs[0], songs[150], strict=True)))
    assert known.share(half) == pytest.approx((20 - LONG + 1) / (40 - LONG + 1))
    assert known.share(Steps([0] * (LONG - 1), [0] * (LONG - 1))) == 0


def test_of_many_runs_a_sample_is_known(monkeypatch):
    monkeypatch.setattr("melodyrnn.tasks.whole_songs.runs_of_steps._KNOWN_AT_MOST", 1000)
    random = np.random.default_rng(0)
    songs = [Steps(*random.integers(-9, 10, (2, 400)).tolist()) for _ in range(20)]
    known = KnownRuns.of(songs[:10])
    assert known.every == 4
    assert all(known.share(steps) == 1 for steps in songs[:10])
    assert np.mean([known.share(steps) for steps in songs[10:]]) < 0.02


def test_weights_have_the_largest_likelihood():
    random = np.random.default_rng(0)
    drawn, learned = random.normal(size=(500, 6)), random.normal(0.3, 0.7, size=(80, 6))
    expected = random.normal(size=6)
    found = weights._likeliest(learned, drawn, expected)

    def negative(at):
        energy, apart = drawn @ at, at - expected
        return np.log(np.exp(energy).mean()) - (learned @ at).mean() + PRIOR / 160 * apart @ apart

    np.testing.assert_allclose(found, minimize(negative, np.zeros(6)).x, atol=1e-4)
    share = np.exp(drawn @ found)
    means = share @ drawn / share.sum()  # as those of the songs learned, but for the prior
    prior = PRIOR / 80 * (found - expected)
    np.testing.assert_allclose(means, learned.mean(axis=0) - prior, atol=1e-6)


def falling(count: int, seed: int, last: str) -> list[Song]:
    """Tunes with an end of their own, of notes at random."""
    random = np.random.default_rng(seed)
    names = ["c8", "d8", "e8", "f8", "g8", "c4", "e4", "g4"]
    return [song(" ".join([*random.choice(names, 18), last])) for _ in range(count)]


def test_songs_that_end_as_people_have_it_weigh_more():
    people, network = falling(60, 0, "d4 c2"), falling(300, 1, "c4 d2")
    found = WholeSongs.learned(people, range(60), [*network, *falling(60, 2, "d4 c2")])
    assert found
    weighed = [
        np.mean([found.log_weight(each) for each in falling(40, 3, last)])
        for last in ("d4 c2", "c4 d2")
    ]
    assert weighed[0] > weighed[1] + 2
    assert 1 < found.candidates <= weights.MOST_CANDIDATES
    assert found.log_weight(people[0]) == found.log_weight(song("r4 r4")) == -np.inf
    assert WholeSongs.learned([], [], network) is None
    assert WholeSongs.learned(people, range(60), people[:5]) is None


def test_what_was_learned_before_is_held_where_few_songs_say_otherwise():
    network = falling(300, 1, "c4 d2") + falling(60, 2, "d4 c2")
    before = WholeSongs.learned(falling(60, 0, "d4 c2"), range(60), network)
    assert before
    named = dict(zip(NAMES, before.slopes, strict=False))
    assert named["ends on the tonic"] > 0
    few = falling(2, 4, "c4 d2")
    for slopes, tonic in ((None, False), (before.slopes, True)):
        found = WholeSongs.learned(few, range(2), network, slopes)
        assert found
        last = dict(zip(NAMES, found.weights, strict=False))["ends on the tonic"]
        assert (last > 0) == tonic


def test_what_was_learned_is_kept(tmp_path):
    found = WholeSongs.learned(falling(30, 0, "c2"), range(30), falling(90, 1, "d2"))
    assert found
    assert whole_songs.kept(tmp_path) is None
    file = whole_songs.keep(tmp_path, found)
    again = whole_songs.kept(tmp_path)
    assert again
    for some in falling(10, 2, "e2"):
        assert again.log_weight(some) == found.log_weight(some)
    assert again.candidates == found.candidates
    for damaged in (file.read_bytes()[:200], b"", file.read_bytes()[:-30] + bytes(30)):
        file.write_bytes(damaged)
        with pytest.raises(RunError, match=r"whole_songs\.npz: is damaged; train again, or remove"):
            whole_songs.kept(tmp_path)


def stream(places: list[int], numbers: list[int]) -> Drawn:
    """Of each stream a song of one token, from 0 to 3, the same whatever is drawn beside it."""
    songs = [
        np.array([np.random.default_rng(number).integers(4)], dtype=np.int32) for number in numbers
    ]
    return Drawn(songs, np.array([float(song[0]) for song in songs]))


def test_candidates_are_taken_in_proportion_to_their_weights():
    drawn = drawn_by_weight(stream, range(1000), lambda _, ids: float(ids[0]), 32, seed=1)
    taken = np.bincount([int(song[0]) for song in drawn.songs], minlength=4) / 1000
    weighed = np.exp(np.arange(4))
    np.testing.assert_allclose(taken, weighed / weighed.sum(), atol=0.04)
    assert drawn.log_probability.tolist() == [float(song[0]) for song in drawn.songs]


@pytest.mark.parametrize("count", [1, 3, 100])
def test_a_song_is_the_same_whatever_is_drawn_beside_it(count):
    all_of_them = drawn_by_weight(stream, range(200), lambda *_: 0.0, 8, seed=0).songs
    some = drawn_by_weight(stream, range(count), lambda *_: 0.0, 8, seed=0).songs
    assert [song.tolist() for song in some] == [song.tolist() for song in all_of_them[:count]]


def test_what_weighs_nothing_is_taken_only_where_nothing_else_is_drawn():
    def only_ones(_, ids):
        return 0.0 if ids[0] == 1 else -np.inf

    songs = drawn_by_weight(stream, range(100), only_ones, 32, seed=0).songs
    assert {int(song[0]) for song in songs} == {1}
    assert len(drawn_by_weight(stream, range(5), lambda *_: -np.inf, 4, seed=0).songs) == 5
