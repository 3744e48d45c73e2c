import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.generation.generate import generate, whole_song
from melodyrnn.models import registry as tables
from melodyrnn.models.combining import MEANS, Mixture
from melodyrnn.models.config import ModelConfig, SampleConfig
from melodyrnn.models.ngrams.ppm import ESCAPES, Ppm
from melodyrnn.models.ngrams.ppm_ensemble import MEMORIES, ppm
from melodyrnn.models.registry import MODELS

CODES, WINDOW = 4, 3
tunes = st.lists(st.integers(0, CODES - 1), min_size=WINDOW + 1, max_size=14).map(
    lambda codes: np.array(codes, dtype=np.int32)
)
corpora = st.lists(tunes, min_size=1, max_size=3)
kinds = st.sampled_from(sorted(MEMORIES))


@pytest.mark.parametrize(
    ("said", "done"),
    [
        (tables.ESCAPES, ESCAPES),
        (tables.MEMORIES, MEMORIES),
        (tables.MEANS, MEANS),
    ],
)
def test_what_can_be_set_is_what_there_is(said, done):
    assert list(said) == list(done)


def test_settings_are_those_of_the_configuration_with_its_defaults():
    options = inspect.signature(ppm).parameters.values()
    found = {each.name: each.default for each in options if each.kind is each.KEYWORD_ONLY}
    assert found == {name: getattr(ModelConfig(), name) for name in MODELS["ppm"].settings}


@given(corpora, tunes, kinds)
def test_step_by_step_as_all_at_once(corpus, tune, memory):
    model = ppm(corpus, WINDOW, CODES, memory=memory)
    (together,) = model.logits([tune])
    state = model.begin(1)
    for place, expected in enumerate(together):
        logits, state = model.step(tune[None, place : place + WINDOW], state)
        np.testing.assert_allclose(logits[0], expected)


@given(corpora, tunes)
def test_each_memory_as_its_parts(corpus, tune):
    predicted = {
        memory: np.exp(ppm(corpus, WINDOW, CODES, memory=memory).logits([tune])[0])
        for memory in MEMORIES
    }
    model = Ppm(CODES)
    expected = {
        "ltm": model.follow(tune, model.learn(corpus)),
        "ltm+": model.follow(tune, model.learn(corpus), learning=True),
        "stm": model.follow(tune, model.learn(), learning=True),
    }
    for memory, p in expected.items():
        np.testing.assert_allclose(predicted[memory], p[WINDOW:])
    np.testing.assert_allclose(
        predicted["both"], Mixture().combine([predicted["ltm"], predicted["stm"]])
    )
    np.testing.assert_allclose(
        predicted["both+"], Mixture().combine([predicted["ltm+"], predicted["stm"]])
    )


@given(corpora, tunes, tunes, kinds)
def test_songs_do_not_influence_each_other(corpus, first, second, memory):
    model = ppm(corpus, WINDOW, CODES, memory=memory)
    apart = [model.logits([first])[0], model.logits([second])[0]]
    for one, other in zip(model.logits([first, second]), apart, strict=True):
        np.testing.assert_array_equal(one, other)


@given(corpora, kinds)
def test_a_song_can_be_continued_in_two_ways(corpus, memory):
    model = ppm(corpus, 1, CODES, memory=memory)
    _, start = model.step(np.array([[0]]), model.begin(1))
    once, _ = model.step(np.array([[1]]), start)
    model.step(np.array([[2]]), start)
    again, _ = model.step(np.array([[1]]), start)
    np.testing.assert_array_equal(once, again)


def test_a_window_alone_is_the_start_of_a_song():
    corpus = [np.array([0, 1, 2, 0, 1, 2, 3])]
    model = ppm(corpus, WINDOW, CODES, memory="both+")
    logits, _ = model.step(np.array([[0, 1, 2]]), model.begin(1))
    p, _ = model.step_distribution(np.array([[0, 1, 2]]), model.begin(1))
    np.testing.assert_allclose(p, np.exp(logits))
    assert p.sum() == pytest.approx(1)
    np.testing.assert_allclose(model.logits([np.array([0, 1, 2, 3])])[0], logits)


def test_it_plays_a_song_whole_that_no_window_of_its_length_could():
    # After 0 1 come 2 and 3 in turn: contexts of any length see which.
    song = np.array([0, 1, 2, 0, 1, 3] * 3, dtype=np.int32)
    model = ppm([song], 2, CODES)
    assert (whole_song(model, song) == song).all()


def test_songs_drawn_do_not_depend_on_how_many():
    song = np.array([0, 1, 2, 0, 1, 3] * 3, dtype=np.int32)
    model = ppm([song], 2, CODES, memory="both+")
    several = generate(model, song[:4], 20, SampleConfig(seed=3), count=3)
    alone = generate(model, song[:4], 20, SampleConfig(seed=3), count=1)
    np.testing.assert_array_equal(several.songs[0], alone.songs[0])
