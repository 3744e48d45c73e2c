"""Tokens that a vocabulary lacks: how often they are expected, and what they cost."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.data.gather import Named
from melodyrnn.music.notation.text import parse
from melodyrnn.music.note_tokens import PLAIN_PITCHES, SPELLED_PITCHES, spelling_bits
from melodyrnn.sequences.open_vocabulary import OpenVocabulary, unknown_rate
from melodyrnn.tasks.tokenizer import CharacterTokenizer, SongTokenizer, TuneTokenizer

rows = st.integers(2, 6).flatmap(
    lambda size: st.lists(
        st.lists(st.floats(-20, 20), min_size=size, max_size=size), min_size=1, max_size=4
    )
)


@given(rows, st.floats(0.001, 0.9), st.floats(0, 0.9), st.lists(st.floats(5, 30), max_size=4))
def test_over_all_that_can_be_written_the_sum_is_one(logits, rate, taken, spelling):
    open_ = OpenVocabulary(rate, taken)
    p = np.exp(open_.widened(logits, spelling))
    assert p.shape == (len(logits), len(logits[0]) + len(spelling) + 1)
    named = np.exp2(-open_.spelled(spelling)).sum()
    if named < rate:
        np.testing.assert_allclose(p.sum(1), 1)
    exp = np.exp(np.array(logits) - np.max(logits, axis=1, keepdims=True))
    np.testing.assert_allclose(
        p[:, : len(logits[0])], (1 - rate) * exp / exp.sum(1, keepdims=True), atol=1e-12
    )


def test_a_token_is_as_often_unknown_as_where_its_sequence_is_left_out():
    assert unknown_rate(["abca", "abd", "ab"]) == (2 + 0.5) / (9 + 1)  # c and d
    assert unknown_rate(["abcabd"]) == (2 + 0.5) / (6 + 1)
    halves = {"a": "ab", "c": "cd"}
    assert unknown_rate(["aa", "b"], lambda token: halves.get(token, token)) == 2.5 / 4


@given(st.lists(st.text("abcde", max_size=6), min_size=2, max_size=5))
def test_it_is_the_share_of_what_no_other_sequence_has(sequences):
    new = sum(
        not any(token in other for other in sequences[:place] + sequences[place + 1 :])
        for place, sequence in enumerate(sequences)
        for token in sequence
    )
    assert unknown_rate(iter(sequences)) == (new + 0.5) / (sum(map(len, sequences)) + 1)


def test_tunes_know_what_others_are_when_moved():
    songs = [Named(text, parse(text)) for text in ("c4 d4", "e4 f4", "b2")]
    tokenizer = TuneTokenizer.of([named.song for named in songs], 2)
    assert tokenizer.unknown_rate(songs) == (5 + 0.5) / (8 + 1)  # the ends are three of the 8
    assert tokenizer.unknown_rate(songs, 2) == (3 + 0.5) / (8 + 1)  # c4, f4 and b2
    assert tokenizer.unknown_rate(songs[:1]) == (3 + 0.5) / (3 + 1)


def test_the_shares_of_what_is_known_and_of_what_is_spelled_are_one():
    tokenizer = TuneTokenizer.of([parse("c4 d4 r8 e2~e8")], 0)
    taken = sum(2 ** -spelling_bits(token, PLAIN_PITCHES) for token in tokenizer.note_tokens)
    assert tokenizer.opened(0.2) == OpenVocabulary(0.2, pytest.approx(taken))
    one, two = spelling_bits("c4", PLAIN_PITCHES), spelling_bits("e2~e8", PLAIN_PITCHES)
    assert two - one == pytest.approx(one - math.log2(PLAIN_PITCHES))  # another note head
    assert PLAIN_PITCHES < SPELLED_PITCHES < 5 * 7 * 11


@pytest.mark.parametrize(
    ("token", "nearest"),
    [("g#4", "a-4"), ("c'4", "a-4"), ("g4.", "g4"), ("r2", "r4"), ("c1", "c4"), ("f#4", "g4")],
)
def test_a_model_sees_the_nearest_token_that_it_knows(token, nearest):
    tokenizer = SongTokenizer.of([parse("c4 g4 a-4 r4 c8")])
    seen, targets = tokenizer.read(parse(f"c4 {token} {token} r4"), unknown := {})
    assert tokenizer.vocabulary.decode(seen) == ["c4", nearest, nearest, "r4"]
    assert targets.tolist()[1:3] == [5, 5]
    assert unknown == {token: 0}


def test_a_character_that_was_never_read():
    tokenizer = CharacterTokenizer.of(["abz"])
    seen, targets = tokenizer.read("acy", {})
    assert tokenizer.decode(seen) == "abz"
    assert targets.tolist() == [0, 3, 4]
