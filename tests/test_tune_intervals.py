"""What may be chance, and what not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from melodyrnn.sequences.tune_intervals import at_least, difference, f1, interval, mean

bits = st.lists(st.floats(0, 8), min_size=2, max_size=30)


@given(bits)
def test_the_figure_is_the_mean(values):
    assert interval(mean(values)).value == pytest.approx(np.mean(values))


def test_a_mean_over_notes_weighs_long_tunes_more():
    assert mean([1.0, 4.0], [30, 10]).value == pytest.approx(1.75)


@given(st.integers(1, 20), st.integers(1, 20), st.randoms(use_true_random=False))
def test_f1_is_that_of_its_definition(rows, columns, random):
    predicted, true = (
        np.array([[random.random() < 0.4 for _ in range(columns)] for _ in range(rows)])
        for _ in range(2)
    )
    both = (predicted & true).sum()
    if both:
        precision, recall = both / predicted.sum(), both / true.sum()
        expected = 2 * precision * recall / (precision + recall)
        assert f1(predicted, true).value == pytest.approx(expected)


def test_what_all_tunes_show_is_no_chance_and_what_half_of_them_show_may_be():
    better = np.full(40, 3.0)
    assert difference(mean(better + 0.1), mean(better)).low > 0
    mixed = better + np.where(np.arange(40) % 2, 0.1, -0.1)
    found = difference(mean(mixed), mean(better))
    assert found.low < 0 < found.high


def test_the_same_tunes_are_compared_pair_by_pair():
    # Tunes differ by bits, models by a tenth of one: unpaired, that would drown.
    hard = np.linspace(1, 8, 40)
    assert difference(mean(hard + 0.1), mean(hard)).low > 0.09


def test_the_same_values_give_the_same_interval():
    values = np.arange(20.0)
    assert interval(mean(values)) == interval(mean(values))


@given(st.integers(1, 30), st.floats(0.01, 0.99))
def test_random_marks_are_right_at_least_never_surely(count, share):
    assert at_least(0, count, share) == pytest.approx(1)
    assert at_least(count, count, share) == pytest.approx(share**count)


def test_the_binomial_test_by_hand():
    assert at_least(2, 3, 0.5) == pytest.approx(0.5)


@given(arrays(np.bool_, (3, 4)))
def test_nothing_predicted_and_nothing_true_is_no_division_by_zero(marks):
    found = difference(f1(marks, marks), f1(marks & False, marks | True))
    assert np.isfinite(found.low)
