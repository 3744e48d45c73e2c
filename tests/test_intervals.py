"""What is called beyond chance: how often by mistake, and beside which oracle."""

import importlib.util
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from melodyrnn.evaluation.paired_differences import LEAST_FAMILIES, compare_held_out
from melodyrnn.sequences import student
from melodyrnn.sequences.intervals import Estimate, estimates, holm

DRAWS = 2500
NEAR = 3 * (0.05 * 0.95 / DRAWS) ** 0.5  # three standard errors of the simulation
FILE = Path(__file__).parent.parent / "benchmarks" / "interval_errors.py"
SPEC = importlib.util.spec_from_file_location("interval_errors", FILE)
simulation = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(simulation)


@pytest.mark.parametrize("scenario", simulation.SCENARIOS)
@pytest.mark.parametrize("count", [6, 18, 60])
def test_a_true_difference_of_nothing_is_beyond_chance_in_about_a_twentieth(scenario, count):
    made = simulation.SCENARIOS[scenario]
    found = simulation.rate(made, simulation.jackknife, count, DRAWS)
    assert 0.04 - NEAR < found < 0.06 + NEAR


def test_the_bootstrap_of_before_would_not_pass():
    made = simulation.SCENARIOS["songs of one length"]
    assert simulation.rate(made, simulation.bootstrap, 6, 300) > 0.09


@given(st.floats(-40, 40), st.one_of(st.integers(1, 500), st.floats(0.5, 500)))
def test_student_is_scipys(t, freedom):
    assert student.p_value(t, freedom) == pytest.approx(2 * stats.t.sf(abs(t), freedom), rel=1e-6)


@given(st.floats(1e-6, 0.99), st.floats(0.6, 500))
def test_a_quantile_is_where_the_p_value_is(p, freedom):
    assert student.p_value(student.quantile(p, freedom), freedom) == pytest.approx(p, rel=1e-6)


values = st.lists(st.floats(-4, 4).map(lambda value: round(value, 3)), min_size=2, max_size=30)


@given(values)
def test_of_equal_songs_it_is_the_t_test(differences):
    (found,) = estimates([[40 * each for each in differences]], [40] * len(differences))
    if np.std(differences) > 1e-6:
        expected = stats.ttest_1samp(differences, 0)
        assert found.p_value == pytest.approx(expected.pvalue, rel=1e-5)
        low, high = expected.confidence_interval()
        assert found.interval()[1:] == pytest.approx((low, high), abs=1e-7)


@given(values, st.data())
def test_it_is_the_jackknife_by_its_definition(differences, data):
    count = len(differences)
    notes = np.array(data.draw(st.lists(st.integers(1, 99), min_size=count, max_size=count)))
    sums = notes * differences
    (found,) = estimates([sums], notes)
    without = [np.delete(sums, g).sum() / np.delete(notes, g).sum() for g in range(count)]
    square = (count - 1) / count * sum((each - found.value) ** 2 for each in without)
    assert found.value == pytest.approx(sums.sum() / notes.sum())
    assert found.error == pytest.approx(square**0.5, abs=1e-9)


@given(values, st.integers(1, 4))
def test_copies_in_a_family_are_one_observation(differences, copies):
    notes = 20.0 + np.arange(len(differences))
    (once,) = estimates([notes * differences], notes)
    many = np.repeat(np.arange(len(notes)), copies)
    (found,) = estimates([(notes * differences)[many]], notes[many], many.tolist())
    assert (found.value, found.error) == pytest.approx((once.value, once.error), abs=1e-9)
    assert (found.families, found.freedom) == (once.families, pytest.approx(once.freedom))


@given(values)
def test_the_other_way_round_is_the_same(differences):
    (found,), (back,) = (
        estimates([np.array(differences) * sign * 30], [30] * len(differences)) for sign in (1, -1)
    )
    assert back.p_value == pytest.approx(found.p_value)
    assert back.interval()[1:] == pytest.approx((-found.interval().high, -found.interval().low))


def test_it_is_near_the_exact_test_over_all_changes_of_sign():
    random = np.random.default_rng(4)
    for _ in range(30):
        differences = random.normal(random.choice([0, 0.7]), 1, 10)
        signs = np.array(list(itertools.product([-1, 1], repeat=10)))
        exact = (np.abs(signs @ differences) >= abs(differences.sum()) - 1e-12).mean()
        (found,) = estimates([differences], np.ones(10))
        assert found.p_value == pytest.approx(exact, abs=0.05)


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.1, 2)), min_size=1, max_size=8))
def test_intervals_and_verdicts_of_holm_agree(drawn):
    differences = [Estimate(value, error, 12, 11.0) for value, error in drawn]
    found = holm(differences)
    alone = [each.p_value for each in differences]
    for place, each in enumerate(found):
        above = sum(p <= alone[place] for p in alone)
        assert each.p_value >= alone[place]
        assert each.p_value <= min(1, len(alone) * alone[place]) + 1e-12
        assert each.p_value >= (len(alone) - above + 1) * alone[place] - 1e-12 or each.p_value == 1
        if abs(each.p_value - 0.05) > 1e-9:
            assert (each.p_value < 0.05) == (each.interval.low > 0 or each.interval.high < 0)


def test_holm_by_hand():
    estimates_ = [Estimate(student.quantile(p, 11), 1, 12, 11) for p in (0.04, 0.01, 0.03)]
    assert [each.p_value for each in holm(estimates_)] == pytest.approx([0.06, 0.03, 0.06])


@pytest.mark.parametrize("count", range(1, 9))
def test_few_families_are_not_judged(count):
    songs = 2 * count
    bits = {"a": [[1.0 + place / 100 for place in range(songs)]], "b": [[3.0] * songs]}
    found = compare_held_out(bits, [40] * songs, [place // 2 for place in range(songs)])
    assert (found.songs, found.families) == (songs, count)
    (pair,) = found.pairs
    assert pair.judged == pair.beyond_chance == (count >= LEAST_FAMILIES)
    assert (pair.p_value is None) == (not pair.judged)
