"""A memory of the song so far joins a model, and pulls nothing while it is empty."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.data.gather import gather
from melodyrnn.models.combining import Joined
from melodyrnn.models.mixing_weights import fit_joined
from melodyrnn.models.ngrams.ngram import Ngram
from melodyrnn.models.ngrams.ppm_ensemble import ppm
from melodyrnn.models.ngrams.short_term import ShortTerm, fitted, fitted_left_out, with_short_term
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.tokenizer import TuneTokenizer

CODES = 6
tunes = st.lists(st.integers(0, CODES - 1), min_size=4, max_size=20).map(
    lambda codes: np.array(codes, dtype=np.int32)
)
weights = st.tuples(st.floats(-2, 2), st.floats(-2, 3))


@given(tunes, tunes, weights)
def test_the_first_note_is_predicted_as_without(learned, tune, fit):
    alone = ppm([learned], 1, CODES)
    joined = with_short_term(alone, CODES, Joined(fit))
    first, expected = joined.distributions([tune])[0][0], alone.distributions([tune])[0][0]
    np.testing.assert_allclose(first, expected, rtol=1e-12, atol=1e-12)
    p, _ = joined.step_distribution(tune[None, :1], joined.begin(1))
    np.testing.assert_allclose(p[0], expected, rtol=1e-12, atol=1e-12)


@given(tunes, tunes, weights)
def test_probabilities_sum_to_one(learned, tune, fit):
    joined = with_short_term(Ngram([learned], 1, CODES), CODES, Joined(fit))
    np.testing.assert_allclose(joined.distributions([tune])[0].sum(-1), 1)


def repeating(count, seed=0):
    """Tunes that each go on with one turn of their own."""
    random = np.random.default_rng(seed)
    return [np.tile(random.integers(0, CODES, 4), 6).astype(np.int32) for _ in range(count)]


def bits(predictor, sequences):
    p = predictor.distributions(sequences)
    each = [
        -np.log2(q[np.arange(len(q)), ids[-len(q) :]]) for q, ids in zip(p, sequences, strict=True)
    ]
    return np.concatenate(each).mean()


def test_what_is_fitted_gains_where_songs_repeat_themselves_and_is_always_the_same():
    train, validation, new = repeating(20), repeating(8, 1), repeating(8, 2)
    alone = ppm(train, 1, CODES)
    joined = fitted(alone, CODES, validation)
    assert joined == fitted(alone, CODES, validation)
    plain = with_short_term(alone, CODES)
    both = with_short_term(alone, CODES, joined)
    assert bits(both, new) < bits(plain, new) < bits(alone, new) - 0.3


def test_what_repeats_nothing_is_left_nearly_alone():
    random = np.random.default_rng(0)
    songs = [random.choice(CODES, 30, p=[0.6, 0.2, 0.1, 0.05, 0.03, 0.02]) for _ in range(60)]
    train, validation, new = songs[:40], songs[40:50], songs[50:]
    alone = ppm(train, 1, CODES, order=1)
    joined = with_short_term(alone, CODES, fitted(alone, CODES, validation))
    assert bits(joined, new) < bits(alone, new) + 0.02
    assert bits(joined, new) < bits(with_short_term(alone, CODES), new)


def test_a_model_of_counts_is_fitted_to_what_it_left_out():
    songs = repeating(20)

    def make(sequences):
        assert len(sequences) < len(songs)
        return ppm(sequences, 1, CODES)

    joined = fitted_left_out(make, CODES, songs)
    new = repeating(8, 2)
    alone = ppm(songs, 1, CODES)
    assert bits(with_short_term(alone, CODES, joined), new) < bits(alone, new) - 0.3
    assert fitted_left_out(make, CODES, songs[:1]) == Joined()


@given(st.integers(0, 50))
def test_the_fit_is_a_minimum(seed):
    random = np.random.default_rng(seed)
    p = random.dirichlet(np.ones(5), (2, 60))
    targets = random.integers(0, 5, 60)
    found = fit_joined(p, targets)

    def loss(a, b):
        q = Joined((a, b)).combine(p)[np.arange(60), targets]
        return -np.log(q).sum() + 0.5 * ((a + 1) ** 2 + (b - 1) ** 2)

    for da, db in ((0.05, 0), (-0.05, 0), (0, 0.05), (0, -0.05)):
        a, b = found.weights
        assert loss(a, b) < loss(a + da, b + db)


def test_no_notes_leave_the_weights_as_they_are():
    assert fit_joined(np.zeros((2, 0, 3)), np.zeros(0, np.int32)) == Joined()


def test_an_empty_memory_holds_nothing_and_a_single_token_is_none():
    short = ShortTerm(1, CODES)
    p = short.distributions([np.array([2, 2, 2, 2], dtype=np.int32)])[0]
    assert p[0] == pytest.approx(np.full(CODES, 1 / CODES))
    assert p[1][2] > 1 / CODES


def test_on_folk_songs_it_does_not_lose_against_the_model_alone():
    songs = gather("kinder")
    tokenizer = TuneTokenizer.of([named.song for named in songs], 0)
    sequences = Dataset.of(songs, 1, tokenizer).sequences
    codes = len(tokenizer.vocabulary)
    train, validation, new = sequences[:140], sequences[140:180], sequences[180:]
    alone = ppm(train, 1, codes, order=2)
    joined = with_short_term(alone, codes, fitted(alone, codes, validation))
    assert bits(joined, new) < bits(alone, new) - 0.1
