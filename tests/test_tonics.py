import numpy as np
import pytest

from melodyrnn.experiments.benchmark.tonics import Tonics, mixed_over_tonics

SCALE = np.array([0, 2, 4, 5, 7, 9, 11])


def melodies(random, count):
    """Walks over a major scale that end on its tonic, each in a key of its own; and the keys."""
    keys = random.integers(0, 12, count)
    found = []
    for key in keys:
        places = np.cumsum(random.choice([-2, -1, -1, 0, 1, 1, 2], 30)).clip(-5, 9)
        places = np.concatenate([places, [2, 1, 0]])
        found.append(60 + key + SCALE[places % 7] + 12 * (places // 7))
    return found, keys


def test_keys_are_found_from_the_pitches_alone():
    songs, keys = melodies(np.random.default_rng(0), 60)
    tonics = Tonics.inferred(songs)
    assert np.mean(np.array(tonics.of) == keys) > 0.95
    assert tonics.prior.sum() == pytest.approx(1)
    assert (tonics.prior > 0).all()


def test_a_melody_that_does_not_end_on_the_tonic_is_placed_by_the_others():
    songs, keys = melodies(np.random.default_rng(1), 60)
    songs[0] = np.append(songs[0], songs[0][-1] + 7)
    assert Tonics.inferred(songs).of[0] == keys[0]


def test_the_mixture_is_that_of_bayes():
    random = np.random.default_rng(2)
    predicted = random.dirichlet(np.ones(4), (12, 6))
    targets = random.integers(0, 4, 6)
    prior = random.dirichlet(np.ones(12))
    mixture, tonic = mixed_over_tonics(predicted, targets, prior)
    assert mixture.sum(-1) == pytest.approx(np.ones(6))
    assert mixture[0] == pytest.approx(prior @ predicted[:, 0])
    # The product along the melody is what the twelve give to the whole melody.
    each = predicted[:, np.arange(6), targets].prod(-1)
    assert mixture[np.arange(6), targets].prod() == pytest.approx(prior @ each)
    assert tonic == (prior * each).argmax()


def test_what_comes_later_changes_nothing_before():
    random = np.random.default_rng(3)
    predicted = random.dirichlet(np.ones(4), (12, 6))
    targets = random.integers(0, 4, 6)
    prior = np.full(12, 1 / 12)
    whole, _ = mixed_over_tonics(predicted, targets, prior)
    other = targets.copy()
    other[3:] = (other[3:] + 1) % 4
    changed, _ = mixed_over_tonics(predicted, other, prior)
    assert (whole[:4] == changed[:4]).all()
    assert not (whole[4:] == changed[4:]).all()
