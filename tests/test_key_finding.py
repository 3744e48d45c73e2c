"""The key that notes suggest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.music.key_finding import PROFILES, fitting_keys
from melodyrnn.music.notation.text import parse
from melodyrnn.music.song import Key

SCALE = (0, 2, 4, 5, 7, 9, 11, 12, 11, 9, 7, 5, 4, 2, 0)


def keys_of(text, **options):
    sounding = [note for note in parse(text) if note.pitch]
    lengths = [int(96 * note.duration) for note in sounding]
    return [each.key for each in fitting_keys([n.pitch.midi for n in sounding], lengths, **options)]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("g8 e8 e4 f8 d8 d4 c8 d8 e8 f8 g8 g8 g4", "C major"),
        ("e4 f# g# a b c'# d'# e' d'# c'# b a g# f# e", "E major"),
        ("a4 b c' d' e' f' g'# a' e' c' a2", "A minor"),
        ("a8. c'16 b-8 a8 g4 f8 g a b- c'2 f2", "F major"),
        ("e-4 f g a- b-2 c'4 b- a- g f2 e-2", "E- major"),
        ("d4 a a b- a g f e d2 c#4 d2", "D minor"),
    ],
)
def test_a_melody_suggests_its_key(text, key):
    assert str(keys_of(text)[0]) == key


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_knows_a_scale(profile):
    found = fitting_keys([60 + step for step in SCALE], [1] * 15, PROFILES[profile])
    assert found[0].key == Key()
    assert len({each.key for each in found}) == 24
    assert [each.fit for each in found] == sorted((each.fit for each in found), reverse=True)


def test_the_final_decides_between_a_key_and_its_relative():
    assert str(keys_of("c'4 b a g a b c'2 e4 a4 c'4 a2")[0]) == "A minor"
    assert str(keys_of("c'4 b a g a b c'2 e4 a4 e4 c2")[0]) == "C major"


@given(st.lists(st.integers(40, 80), min_size=1, max_size=30), st.integers(-12, 12))
def test_it_moves_with_the_melody(pitches, semitones):
    lengths = [1 + pitch % 3 for pitch in pitches]
    there = fitting_keys(pitches, lengths)[0]
    moved = fitting_keys([pitch + semitones for pitch in pitches], lengths)[0]
    assert moved.key.mode == there.key.mode
    assert (moved.key.fifths - there.key.fifths - 7 * semitones) % 12 == 0
    assert moved.fit == there.fit


def test_the_longer_notes_count_more():
    assert fitting_keys([60, 64, 67, 66], [9, 9, 9, 1])[0].key == Key()
