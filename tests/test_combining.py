import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.models.combining import MEANS, Mixture

shapes = st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 6))
kinds = st.sampled_from(sorted(MEANS))
biases = st.sampled_from([0.0, 0.5, 1.0, 2.0, 7.0, 32.0])


@st.composite
def distributions(draw):
    models, places, codes = draw(shapes)
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    return random.dirichlet(np.full(codes, draw(st.sampled_from([0.01, 1.0]))), (models, places))


@given(distributions(), biases, kinds)
def test_the_combination_is_a_distribution(p, bias, mean):
    q = Mixture(bias, mean).combine(p)
    assert q.shape == p.shape[1:]
    assert (q >= 0).all()
    np.testing.assert_allclose(q.sum(-1), 1)


@given(distributions(), biases, kinds)
def test_the_order_of_models_is_the_same_to_it(p, bias, mean):
    np.testing.assert_allclose(
        Mixture(bias, mean).combine(p), Mixture(bias, mean).combine(p[::-1]), atol=1e-12
    )


@given(distributions(), biases, kinds)
def test_models_that_agree_are_left_alone(p, bias, mean):
    np.testing.assert_allclose(Mixture(bias, mean).combine([p[0], p[0], p[0]]), p[0], atol=1e-12)


SURE, UNSURE = [3 / 4, 1 / 4], [1 / 2, 1 / 2]
# Entropies: 0.8113 of 1 bit, and 1 bit.


@pytest.mark.parametrize(
    ("bias", "mean", "weight"),
    [
        (0, "arithmetic", 1 / 2),
        (0, "geometric", 1 / 2),
        (2, "arithmetic", 0.811278**-2 / (1 + 0.811278**-2)),
        (2, "geometric", 0.811278**-2 / (1 + 0.811278**-2)),
    ],
)
def test_means_as_worked_by_hand(bias, mean, weight):
    if mean == "arithmetic":
        expected = weight * 3 / 4 + (1 - weight) / 2
    else:  # both halves of UNSURE fall out
        expected = 3**weight / (3**weight + 1)
    found = Mixture(bias, mean).combine([[SURE], [UNSURE]])
    np.testing.assert_allclose(found, [[expected, 1 - expected]], rtol=1e-6)


def test_the_surer_model_wins_where_the_bias_is_large():
    np.testing.assert_allclose(Mixture(1000).combine([[SURE], [UNSURE]]), [SURE])


@pytest.mark.parametrize("mean", sorted(MEANS))
def test_a_model_that_is_certain_is_believed(mean):
    found = Mixture(2, mean).combine([[[1.0, 0.0]], [[0.5, 0.5]]])
    np.testing.assert_allclose(found, [[1, 0]], atol=1e-9)
