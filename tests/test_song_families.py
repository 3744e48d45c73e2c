"""Variants of one tune are one family, whatever was done to it; strangers are not."""

import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melodyrnn import parse
from melodyrnn.data.gather import Named, gather
from melodyrnn.data.song_families import family_numbers, song_families
from melodyrnn.data.split import split
from melodyrnn.music.song import Key, Note, Song
from melodyrnn.sequences.alignments import Aligner
from melodyrnn.sequences.variants import variants

SCALE = (0, 2, 4, 5, 7, 9, 11)
LENGTHS = [Fraction(n, 4) for n in (1, 2, 3, 4, 6, 8)]
randoms = st.integers(0, 2**32 - 1).map(np.random.default_rng)


def walk(random, size):
    """A melody of steps and leaps in a major scale."""
    steps = random.choice([-3, -2, -1, 0, 1, 2, 3], size)
    places = 28 + np.abs(np.cumsum(steps) % 28 - 14)  # two octaves, turning at both ends
    pitches = [12 * (place // 7) + SCALE[place % 7] for place in places]
    return song((pitch, random.choice(LENGTHS)) for pitch in pitches)


def song(notes):
    return Song(tuple(Note(Key().pitch(int(midi)), Fraction(length)) for midi, length in notes))


def varied(random, tune, inserted=0.1, changed=0.03):
    """In another key, rhythm and octave; notes repeated, put in and changed."""
    key, count = random.integers(-6, 7), len(tune.notes)
    ornaments = set(random.permutation(count)[: int(inserted * count)].tolist())
    wrong = set(random.permutation(count)[: int(changed * count)].tolist())
    notes = []
    for place, note in enumerate(tune.notes):
        midi = note.pitch.midi + key + 12 * random.integers(-1, 2)
        if place in ornaments:
            notes.append((midi + random.choice([-2, -1, 1, 2]), LENGTHS[0]))
        if place in wrong:
            midi += random.choice([-2, -1, 1, 2])
        notes += [(midi, random.choice(LENGTHS))] * random.integers(1, 3)
    return song(notes)


@settings(max_examples=30)
@given(randoms, st.integers(36, 64))
def test_a_planted_variant_never_stands_on_two_sides(random, size):
    tunes = [walk(random, size) for _ in range(8)]
    songs = [*tunes, *(varied(random, tune) for tune in tunes)]
    assert song_families(songs) == [[place, place + 8] for place in range(8)]
    order = random.permutation(16)
    named = [Named(f"{random.integers(100)}", songs[place]) for place in order]
    origin = {id(songs[place]): place % 8 for place in range(16)}
    sides = [[origin[id(each.song)] for each in part] for part in split(named, 0.25)]
    assert [len(side) for side in sides] == [10, 2, 4]
    assert not set(sides[0]) & set(sides[1]) | (set(sides[0]) | set(sides[1])) & set(sides[2])


def test_each_of_our_songs_is_found_in_another_rhythm_key_and_octave(request):
    songs = [named.song for named in gather(request.config.rootpath / "songs")]
    random = np.random.default_rng(0)
    for tune in songs:
        heard = Song(tuple(note for note in tune.notes if note.pitch))
        assert family_numbers([tune, varied(random, heard, 0, 0)]) == [0, 0]


def test_half_of_a_tune_is_enough_where_it_is_the_same():
    random = np.random.default_rng(1)
    tunes = [walk(random, 40) for _ in range(3)]
    first, other = tunes[0].notes, tunes[1].notes
    assert family_numbers([tunes[1], tunes[2], Song((*other[:26], *first[:14]))]) == [0, 1, 0]
    assert family_numbers([tunes[1], tunes[2], Song((*other[:8], *first[:32]))]) == [0, 1, 2]


@given(randoms)
def test_the_order_changes_no_family(random):
    tunes = [walk(random, size) for size in random.integers(1, 30, 12)]
    tunes += [varied(random, tune, 0.2, 0.1) for tune in tunes]
    found = {frozenset(family) for family in song_families(tunes)}
    order = random.permutation(24).tolist()
    again = song_families([tunes[place] for place in order])
    assert {frozenset(order[place] for place in family) for family in again} == found


def test_silence_and_single_notes():
    songs = [parse("r4"), parse("c4"), parse("g8 g8"), parse("c4 e4 g4"), parse("d8 f#2 a4")]
    assert family_numbers(songs)[3:] == [family_numbers(songs)[3]] * 2
    assert song_families([]) == []


def test_strangers_are_strangers():
    random = np.random.default_rng(2)
    assert len(song_families([walk(random, 40) for _ in range(400)])) >= 398


def test_thousands_of_tunes_take_seconds():
    random = np.random.default_rng(3)
    tunes = [walk(random, 40) for _ in range(2000)]
    began = time.process_time()
    song_families(tunes)
    assert time.process_time() - began < 6  # seconds; 0.9 measured


def test_many_families_are_dealt_out_in_a_moment(monkeypatch):
    count, tune = 60_000, parse("c4 d4")
    monkeypatch.setattr(
        "melodyrnn.data.split.song_families", lambda songs: [[place] for place in range(len(songs))]
    )
    named = [Named(str(place), tune) for place in range(count)]
    began = time.process_time()
    assert len(split(named, 0.1).held_out) == count / 10
    assert time.process_time() - began < 3  # seconds; 0.3 measured


def slow(pattern, text):
    """The textbook's tables: the distance to a stretch, and the longest common subsequence."""
    distances = np.zeros((len(pattern) + 1, len(text) + 1), dtype=int)
    distances[:, 0] = np.arange(len(pattern) + 1)
    common = np.zeros_like(distances)
    for i, symbol in enumerate(pattern, 1):
        for j, other in enumerate(text, 1):
            same = symbol == other
            put_in = 1 + min(distances[i - 1, j], distances[i, j - 1])
            distances[i, j] = min(put_in, distances[i - 1, j - 1] + (not same))
            common[i, j] = max(common[i - 1, j], common[i, j - 1], common[i - 1, j - 1] + same)
    return distances[-1].min(), common[-1, -1]


@pytest.mark.parametrize("cycle", [2, 12])
@given(data=st.data())
@settings(max_examples=25)
def test_alignments_are_those_of_the_tables(cycle, data):
    line = st.lists(st.integers(0, cycle - 1), min_size=1, max_size=80).map(np.array)
    pair = st.tuples(line, line, st.integers(0, cycle - 1))
    pairs = data.draw(st.lists(pair, min_size=1, max_size=4))
    sequences = [each for pattern, text, _ in pairs for each in (pattern, text)]
    places, shifts = np.arange(0, len(sequences), 2), np.array([shift for *_, shift in pairs])
    found = Aligner(sequences, cycle).align(places, places + 1, shifts)
    expected = [slow(a[:64], (b + shift) % cycle) for a, b, shift in pairs]
    assert list(zip(*map(np.ndarray.tolist, found), strict=True)) == expected


def test_what_turns_round_and_round_is_like_nothing_by_chance():
    chant, other = np.array([7, 4] * 15), np.array([7, 4, 9] * 10)
    assert [pair for pair in variants([chant, other], 12) if pair[0] != pair[1]] == []
