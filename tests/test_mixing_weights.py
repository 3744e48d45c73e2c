import numpy as np
import pytest

from melodyrnn.models.combining import Mixture, SongPool
from melodyrnn.models.mixing_weights import _PULL, _PULL_IN_SONG, fit, fit_song_pool


def drawn(seed, notes=400, codes=5):
    """A truth, (N, V), and tokens drawn from it."""
    random = np.random.default_rng(seed)
    truth = random.dirichlet(np.ones(codes) * 0.5, notes) * 0.99 + 0.01 / codes
    targets = np.array([random.choice(codes, p=p) for p in truth])
    return random, truth, targets


def bits(p, targets):
    return -np.log2(p[np.arange(len(targets)), targets]).mean()


def test_the_model_that_knows_weighs_more():
    random, truth, targets = drawn(0)
    noise = random.dirichlet(np.ones(5), len(targets)) * 0.99 + 0.002
    mixture = fit(np.stack([truth, noise]), targets)
    assert mixture.weights[0] > 3 * abs(mixture.weights[1])
    combined = mixture.combine(np.stack([truth, noise]))
    assert combined.sum(-1) == pytest.approx(np.ones(len(targets)))
    assert bits(combined, targets) < bits(Mixture().combine(np.stack([truth, noise])), targets)


def test_on_what_it_was_fitted_to_it_is_no_worse_than_any_part_or_plain_mean():
    _, truth, targets = drawn(1)
    parts = np.stack([truth**power / (truth**power).sum(-1, keepdims=True) for power in (0.3, 2)])
    combined = bits(fit(parts, targets).combine(parts), targets)
    for other in (*parts, *(Mixture(bias).combine(parts) for bias in (0.0, 1.0, 2.0))):
        assert combined < bits(other, targets) + 0.01


def test_equal_models_make_themselves():
    _, truth, targets = drawn(2, notes=2000)
    mixture = fit(np.stack([truth, truth]), targets)
    assert mixture.combine(np.stack([truth, truth])) == pytest.approx(truth, abs=0.05)
    assert mixture.weights[0] == pytest.approx(mixture.weights[1])


def test_one_that_is_certain_breaks_nothing():
    _, truth, targets = drawn(3)
    certain = np.eye(5)[targets]
    combined = fit(np.stack([truth, certain]), targets).combine(np.stack([truth, certain]))
    assert np.isfinite(combined).all()
    assert bits(combined, targets) < 0.1


def test_a_model_that_knows_only_later_counts_only_later():
    songs, targets = [], []
    for seed in range(12):
        _, truth, tokens = drawn(seed, notes=60)
        knows_later = truth.copy()
        knows_later[:10] = np.random.default_rng(100 + seed).dirichlet(np.ones(5), 10)
        noise = np.full_like(truth, 0.2)
        songs.append(np.stack([knows_later, noise]))
        targets.append(tokens)
    pool = fit_song_pool(songs, targets)
    assert pool.always[0] > 0.8
    assert pool.at_start[0] < -0.3
    combined = [pool.combine(song) for song in songs]
    for p in combined:
        assert p.sum(-1) == pytest.approx(np.ones(60))
    plain = fit(np.concatenate(songs, 1), np.concatenate(targets))
    before = np.concatenate([plain.combine(song) for song in songs])
    tokens = np.concatenate(targets)
    assert bits(np.concatenate(combined), tokens) < bits(before, tokens) - 0.02


def test_the_best_weights_are_where_the_loss_has_no_slope():
    random, truth, targets = drawn(4)
    song = np.stack([truth, random.dirichlet(np.ones(5), len(targets))])
    pool = fit_song_pool([song], [targets])

    def loss(always, at_start):
        p = SongPool(always, at_start).combine(song)
        held = _PULL_IN_SONG * ((always - 1) ** 2).sum() + _PULL * (at_start**2).sum()
        return -np.log(p[np.arange(len(targets)), targets]).sum() + held / 2

    least = loss(pool.always, pool.at_start)
    for place in range(2):
        for step in (-1e-2, 1e-2):
            away = np.eye(2)[place] * step
            assert loss(pool.always + away, pool.at_start) > least
            assert loss(pool.always, pool.at_start + away) > least


def test_a_model_held_near_0_counts_for_nothing_where_nothing_speaks_for_it():
    pool = fit_song_pool([np.full((2, 1, 5), 0.2)], [np.array([3])], [1.0, 0.0])
    assert pool.always == pytest.approx([1, 0])
    assert pool.at_start == pytest.approx([0, 0])
