import numpy as np
import pytest

from melodyrnn.models.combining import combine
from melodyrnn.models.mixing_weights import Pool


def drawn(seed, notes=400, codes=5):
    """A truth, (N, V), and codes drawn from it."""
    random = np.random.default_rng(seed)
    truth = random.dirichlet(np.ones(codes) * 0.5, notes) * 0.99 + 0.01 / codes
    told = np.array([random.choice(codes, p=p) for p in truth])
    return random, truth, told


def bits(p, told):
    return -np.log2(p[np.arange(len(told)), told]).mean()


def test_it_trusts_the_model_that_knows():
    random, truth, told = drawn(0)
    noise = random.dirichlet(np.ones(5), len(told)) * 0.99 + 0.002
    pool = Pool.fit(np.stack([truth, noise]), told)
    assert pool.trust[0] > 3 * abs(pool.trust[1])
    combined = pool.combine(np.stack([truth, noise]))
    assert combined.sum(-1) == pytest.approx(np.ones(len(told)))
    assert bits(combined, told) < bits(combine(np.stack([truth, noise])), told)


def test_on_what_it_was_fitted_to_it_is_no_worse_than_any_part_or_plain_mean():
    _, truth, told = drawn(1)
    parts = np.stack([truth**power / (truth**power).sum(-1, keepdims=True) for power in (0.3, 2)])
    combined = bits(Pool.fit(parts, told).combine(parts), told)
    for other in (*parts, *(combine(parts, bias) for bias in (0.0, 1.0, 2.0))):
        assert combined < bits(other, told) + 0.01


def test_equal_models_make_themselves():
    _, truth, told = drawn(2, notes=2000)
    pool = Pool.fit(np.stack([truth, truth]), told)
    assert pool.combine(np.stack([truth, truth])) == pytest.approx(truth, abs=0.05)
    assert pool.trust[0] == pytest.approx(pool.trust[1])


def test_one_that_is_certain_breaks_nothing():
    _, truth, told = drawn(3)
    certain = np.eye(5)[told]
    combined = Pool.fit(np.stack([truth, certain]), told).combine(np.stack([truth, certain]))
    assert np.isfinite(combined).all()
    assert bits(combined, told) < 0.1
