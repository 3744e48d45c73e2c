import json

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn import evaluate, train
from melodyrnn.cli import main
from melodyrnn.generation.generate import generate
from melodyrnn.models.combining import Mixture
from melodyrnn.models.config import SampleConfig
from melodyrnn.models.ensemble import Ensemble
from melodyrnn.models.ngrams.ngram import Ngram, Repeat
from melodyrnn.models.ngrams.ppm import SHORT_TERM, Ppm
from melodyrnn.models.ngrams.ppm_ensemble import ppm, with_short_term

CODES, WINDOW = 4, 2
tunes = st.lists(st.integers(0, CODES - 1), min_size=WINDOW + 1, max_size=14).map(
    lambda codes: np.array(codes, dtype=np.int32)
)


def joined(corpus):
    return with_short_term(Repeat(corpus, WINDOW, CODES), CODES)


@given(tunes, tunes)
def test_it_is_the_combination_of_the_two(learned, tune):
    alone = np.exp(Repeat([learned], WINDOW, CODES).logits([tune])[0])
    model = Ppm(CODES, **SHORT_TERM)
    short = model.follow(tune, model.learn(), learning=True)[WINDOW:]
    (logits,) = joined([learned]).logits([tune])
    np.testing.assert_allclose(np.exp(logits), Mixture().combine([alone, short]))


@given(tunes, tunes)
def test_step_by_step_as_all_at_once(learned, tune):
    predictor = joined([learned])
    (together,) = predictor.logits([tune])
    state = predictor.begin(1)
    for place, expected in enumerate(together):
        logits, state = predictor.step(tune[None, place : place + WINDOW], state)
        np.testing.assert_allclose(logits[0], expected)


@given(tunes, tunes, st.sampled_from(["geometric", "arithmetic"]), st.sampled_from([0.0, 2.0]))
def test_any_models_make_one(learned, tune, mean, bias):
    members = [Repeat([learned], WINDOW, CODES), Ngram([learned], WINDOW, CODES)]
    mixture = Mixture(bias, mean)
    ensemble = Ensemble(members, mixture)
    expected = mixture.combine([member.distributions([tune])[0] for member in members])
    np.testing.assert_allclose(ensemble.distributions([tune])[0], expected)
    assert ensemble.parameters == sum(member.parameters for member in members)


@given(tunes, tunes)
def test_one_within_another(learned, tune):
    inner = ppm([learned], WINDOW, CODES, memory="both")
    outer = Ensemble([inner, Repeat([learned], WINDOW, CODES)])
    (together,) = outer.log_probs([tune])
    np.testing.assert_allclose(np.exp(together).sum(-1), 1)
    state = outer.pick(outer.begin(1), np.array([0, 0]))
    for place, expected in enumerate(together):
        p, state = outer.step_distribution(np.stack([tune[place : place + WINDOW]] * 2), state)
        np.testing.assert_allclose(np.log(p), [expected, expected], atol=1e-9)


def test_members_of_two_windows_are_refused():
    song = np.array([0, 1, 2, 0], dtype=np.int32)
    with pytest.raises(ValueError, match=r"members with the windows \[1, 2\]"):
        Ensemble([Repeat([song], 1, CODES), Repeat([song], 2, CODES)])


def test_songs_drawn_do_not_depend_on_how_many():
    song = np.array([0, 1, 2, 0, 1, 3] * 3, dtype=np.int32)
    several = generate(joined([song]), song[:4], 20, SampleConfig(seed=3), count=3)
    alone = generate(joined([song]), song[:4], 20, SampleConfig(seed=3), count=1)
    np.testing.assert_array_equal(several.songs[0], alone.songs[0])


@pytest.fixture(scope="module")
def run(nabiya, tmp_path_factory):
    return train(nabiya, model="repeat", output=tmp_path_factory.mktemp("run") / "repeat").run


def test_a_run_predicts_better_with_a_short_term_model(run, nabiya):
    plain, joint = (evaluate(run, nabiya, with_short_term=joined) for joined in (False, True))
    assert joint.measures.bits_per_note < plain.measures.bits_per_note - 0.5


def test_the_command_line_says_so(run, nabiya):
    done = CliRunner().invoke(main, ["evaluate", str(run), str(nabiya), "--with-short-term"])
    assert done.stdout.startswith("repeat with a short-term model, window 4, a song ")
    arguments = ["generate", str(run), "--length", "8", "--json"]
    plain, joint = (
        json.loads(CliRunner().invoke(main, [*arguments, *more]).stdout)
        for more in ([], ["--with-short-term"])
    )
    assert plain["songs"][0]["tokens"][:4] == joint["songs"][0]["tokens"][:4]
    assert plain["songs"] != joint["songs"]
