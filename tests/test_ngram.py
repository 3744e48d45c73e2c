import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.models.ngrams.ngram import Ngram, Repeat, Tally, ceiling, successors
from melodyrnn.sequences.windows import windows

codes = st.lists(st.integers(0, 3), min_size=6, max_size=40)


def test_counts_what_followed():
    assert successors([np.array([0, 1, 0, 2, 0, 1], dtype=np.int32)], 1) == {
        (0,): {1: 2, 2: 1},
        (1,): {0: 1},
        (2,): {0: 1},
    }


def test_ceiling_of_a_sequence_one_can_count_by_hand():
    # After 0 comes 1 twice and 2 once: one of five must be predicted wrongly.
    assert ceiling([np.array([0, 1, 0, 2, 0, 1], dtype=np.int32)], 1) == Tally(4, 5)


@given(codes, st.integers(1, 4), st.randoms(use_true_random=False))
def test_no_function_of_the_window_passes_the_ceiling(song, size, random):
    sequence = np.array(song, dtype=np.int32)
    guess = {}
    right = sum(
        guess.setdefault(tuple(song[i : i + size]), random.randrange(4)) == song[i + size]
        for i in range(len(song) - size)
    )
    assert right <= ceiling([sequence], size).right


@given(codes, st.integers(1, 4))
def test_a_longer_window_never_has_more_wrong(song, size):
    sequence = np.array(song, dtype=np.int32)
    shorter, longer = ceiling([sequence], size), ceiling([sequence], size + 1)
    assert longer.all - longer.right <= shorter.all - shorter.right


def test_discounting_as_worked_by_hand():
    # a b a c a b: at order 0, of 6, a three times, b twice, c once, d never, and 3 kinds:
    # (5/2, 3/2, 1/2, 0) / 6 + 3/12 * 1/4. After a, of 3, b twice and c once, 2 kinds:
    # (0, 3/2, 1/2, 0) / 3 + 1/3 of that.
    model = Ngram([np.array([0, 1, 0, 2, 0, 1], dtype=np.int32)], 1, 4)
    order0 = np.array([5 / 2, 3 / 2, 1 / 2, 0]) / 6 + 1 / 16
    np.testing.assert_allclose(
        model.probabilities((0,)), np.array([0, 3 / 2, 1 / 2, 0]) / 3 + order0 / 3
    )
    np.testing.assert_allclose(model.probabilities((3,)), order0)


def test_repeat_expects_the_last_token_as_often_as_it_came_again():
    model = Repeat([np.array([0, 0, 1, 1, 2], dtype=np.int32)], 2, 3)  # 2 of 4 came again
    np.testing.assert_allclose(model.probabilities((2, 1)), [0.25, 0.5, 0.25])


@given(codes, st.integers(1, 4), st.sampled_from([Ngram, Repeat]))
def test_ngram_models_give_distributions_and_stay_below_the_ceiling(song, size, kind):
    sequence = np.array(song, dtype=np.int32)
    model = kind([sequence], size, 6)
    (logits,) = model.logits([sequence])
    np.testing.assert_allclose(np.exp(logits).sum(-1), 1)
    targets = windows(sequence, size)[:, -1]
    assert (logits.argmax(-1) == targets).sum() <= ceiling([sequence], size).right


@given(st.lists(codes, min_size=1, max_size=3), codes, st.integers(0, 3), st.integers(0, 5))
def test_bits_are_those_of_the_probabilities(learned, song, order, start):
    model = Ngram([np.array(each, dtype=np.int32) for each in learned], order, 4)
    sequence = np.array(song, dtype=np.int32)
    expected = [
        -np.log2(model.probabilities(tuple(song[max(0, i - order) : i]))[song[i]])
        for i in range(start, len(song))
    ]
    assert model.bits(sequence, start) == pytest.approx(expected)
