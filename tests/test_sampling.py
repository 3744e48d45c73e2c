import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.sequences.sampling import draw, log_softmax, probabilities

logits = st.lists(st.floats(-50, 50), min_size=1, max_size=20).map(lambda z: np.array([z]))


def test_log_softmax_of_a_hand_worked_row():
    assert np.exp(log_softmax([[0.0, np.log(3.0)]])) == pytest.approx(np.array([[0.25, 0.75]]))


@given(
    logits,
    st.floats(0, 1e9),
    st.none() | st.integers(1, 30),
    st.none() | st.floats(0, 1, exclude_min=True),
)
def test_always_a_distribution_that_holds_the_likeliest(z, temperature, top_k, top_p):
    p = probabilities(z, temperature, top_k, top_p)
    assert p.sum() == pytest.approx(1)
    assert (p >= 0).all()
    assert p[0, z.argmax()] > 0
    assert (p > 0).sum() <= (top_k or z.size)


@given(logits)
def test_zero_temperature_is_the_first_of_the_likeliest(z):
    assert probabilities(z, 0.0).argmax() == z.argmax()
    assert probabilities(z, 0.0).max() == 1


@pytest.mark.parametrize("temperature", [1e-300, 1e-9, 1e300])
def test_extreme_temperatures_keep_their_meaning(temperature):
    p = probabilities([[1.0, 2.0, 2.0]], temperature)
    expected = [1 / 3, 1 / 3, 1 / 3] if temperature > 1 else [0, 0.5, 0.5]
    assert p[0].tolist() == pytest.approx(expected)


def test_top_p_keeps_the_fewest_that_hold_it():
    z = np.log([[0.5, 0.3, 0.15, 0.05]])
    assert probabilities(z, top_p=0.79)[0] == pytest.approx([0.625, 0.375, 0, 0])
    assert probabilities(z, top_p=0.81)[0] == pytest.approx(np.array([50, 30, 15, 0]) / 95)
    assert probabilities(z, top_p=1.0)[0] == pytest.approx([0.5, 0.3, 0.15, 0.05])
    assert probabilities(z, top_k=2, top_p=0.6)[0] == pytest.approx([1, 0, 0, 0])


@given(logits, st.floats(0, 1, exclude_max=True), st.integers(1, 5))
def test_draws_only_what_has_a_probability(z, uniform, top_k):
    p = probabilities(z, top_k=top_k)
    assert p[0, draw(p, [uniform])[0]] > 0


def test_draws_as_often_as_the_distribution_says():
    p = np.tile([0.2, 0.0, 0.5, 0.3], (100_000, 1))
    drawn = draw(p, np.random.default_rng(0).random(len(p)))
    assert np.bincount(drawn, minlength=4) / len(p) == pytest.approx([0.2, 0, 0.5, 0.3], abs=0.01)
