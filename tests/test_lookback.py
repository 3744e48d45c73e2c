"""What stood one and two bars ago: against a clock that ticks, and through the whole house."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.models.backend import keras, tf
from melodyrnn.models.bar_columns import PLACES, Lookback, kinds, views
from melodyrnn.models.config import ModelConfig
from melodyrnn.models.context import SequenceContext
from melodyrnn.models.lookback import LookingBack
from melodyrnn.models.networks import step_network as models
from melodyrnn.models.networks.numpy_network import Network
from melodyrnn.models.ngrams.short_term import with_short_term
from melodyrnn.music.notation.text import parse
from melodyrnn.sequences.streams import lanes
from melodyrnn.sequences.windows import next_token, side_by_side
from melodyrnn.tasks.dataset import context_of
from melodyrnn.tasks.tokenizer import SongTokenizer

LENGTHS = [0, 1, 2, 3, 6]  # of each token, ticks
CODES = len(LENGTHS)
cycles = st.integers(1, 12).flatmap(
    lambda length: st.builds(SequenceContext, st.just(length), st.integers(0, length - 1))
)
# What takes no time may stand at the beginning, as a start symbol does.
sequences = st.builds(
    lambda start, codes: np.array([0] * start + codes, dtype=np.int32),
    st.booleans(),
    st.lists(st.integers(1, CODES - 1), min_size=1, max_size=25),
)


def by_the_clock(sequence, cycle, unit):
    """Each row from a list of what sounds at each tick, and of what begins there."""
    sounds, begins = [], {}
    for code in sequence:
        begins[len(sounds)] = code
        before, bars = len(sounds), []
        sounds += [code] * LENGTHS[code]
        end = len(sounds)
        for ago in (1, 2):
            at = end - ago * cycle.length
            bars.append(CODES if at < 0 else begins[max(b for b in begins if b <= at)])
        repeats = sum(
            ago * (begins.get(before - ago * cycle.length) == code)
            for ago in (1, 2)
            if before - ago * cycle.length >= 0
        )
        into = next(p for p in range(cycle.length) if (cycle.first + p - end) % cycle.length == 0)
        places = [into // unit, (cycle.length - 1 - into) // unit]
        yield [code, *bars, repeats, *(min(place, PLACES - 1) for place in places)]


@given(sequences, cycles, st.integers(1, 3))
def test_a_view_is_what_a_clock_says(sequence, cycle, unit):
    lookback = Lookback(LENGTHS, unit)
    view = lookback.view(sequence, cycle)
    assert view.tolist() == list(by_the_clock(sequence, cycle, unit))
    assert (view < kinds(CODES)).all()
    assert (view >= 0).all()


@given(sequences, cycles, st.integers(1, 25))
def test_the_last_rows_are_those_of_the_whole(sequence, cycle, last):
    lookback = Lookback(LENGTHS, 2)
    last = min(last, len(sequence))
    whole = lookback.view(sequence, cycle)
    assert lookback.view(sequence, cycle, last).tolist() == whole[-last:].tolist()


def test_a_song_by_hand():
    """Two bars of 3/4 after an upbeat; before f4 (the first of bar 2) stood e4 a bar ago."""
    song = parse("meter: 3/4\npickup: 4\nc4 e4 f4 g4 e4 f4 a4 c4\n", "x")
    tokenizer = SongTokenizer.of([song])
    vocabulary = tokenizer.vocabulary
    view = tokenizer.lookback().view(
        vocabulary.encode(["c4", "e4", "f4", "g4", "e4", "f4", "a4", "c4"]), context_of(song)
    )
    names = [*vocabulary.symbols, "-"]
    stood = [[names[code] for code in row[:3]] for row in view]
    assert stood == [
        ["c4", "-", "-"],
        ["e4", "-", "-"],
        ["f4", "c4", "-"],
        ["g4", "e4", "-"],
        ["e4", "f4", "-"],
        ["f4", "g4", "c4"],
        ["a4", "e4", "e4"],
        ["c4", "f4", "f4"],
    ]
    assert view[:, 3].tolist() == [0, 0, 0, 0, 1, 1, 0, 0]
    assert view[:, 4].tolist() == [0, 4, 8, 0, 4, 8, 0, 4]  # sixteenths into the bar
    assert view[:, 5].tolist() == [11, 7, 3, 11, 7, 3, 11, 7]  # full ones left after that one


def seen(count=3):
    random = np.random.default_rng(1)
    songs = [random.integers(0, CODES, n, dtype=np.int32) for n in (12, 9, 17)[:count]]
    bars = [SequenceContext(6), SequenceContext(4, 1), SequenceContext(8, 3)][:count]
    return songs, bars


def test_windows_lanes_and_streams_carry_the_columns():
    songs, bars = seen()
    shown = views(Lookback(LENGTHS, 1), songs, bars)
    flat, _ = next_token(shown, 4)
    assert flat.x.shape[1:] == (4, 6)
    assert flat.x[..., 0].tolist() == next_token(songs, 4)[0].x.tolist()
    assert flat.y.tolist() == next_token(songs, 4)[0].y.tolist()
    for mine, plain in zip(side_by_side(shown, 4), side_by_side(songs, 4), strict=True):
        assert (mine if mine.ndim == 2 else mine[..., 0]).tolist() == plain.tolist()
    for chunk, other in zip(lanes(shown, 2, 5), lanes(songs, 2, 5), strict=True):
        for mine, plain in zip(chunk, other, strict=True):
            assert (mine if mine.ndim == 2 else mine[..., 0]).tolist() == plain.tolist()


def looking_back(window=1, **settings):
    config = ModelConfig("lookback", "embedding", window, 6, embedding=4, **settings)
    features = [[60 + code, length] for code, length in enumerate(LENGTHS)]
    model = models.build(config, CODES, 3, features)
    return model, LookingBack(Network.of(model, config, features), Lookback(LENGTHS, 1))


@pytest.mark.parametrize("tokens", ["joint", "factored"])
@pytest.mark.parametrize("window", [1, 4])
def test_numpy_predicts_what_keras_does(window, tokens):
    model, predictor = looking_back(window, tokenization=tokens, layers=2)
    songs, bars = seen()
    shown = views(predictor.lookback, songs, bars)
    for view, logits in zip(shown, predictor.with_contexts(bars).logits(songs), strict=True):
        states = models.zero_states(model, 1)
        for place, computed in enumerate(logits):
            row = tf.constant(view[None, place : place + window])
            expected, states = models.step(model, row, states)
            np.testing.assert_allclose(computed, expected[0], atol=1e-5)
    assert predictor.parameters == models.parameters(model)


@pytest.mark.parametrize("window", [1, 3])
def test_step_by_step_is_as_all_at_once(window):
    _, predictor = looking_back(window)
    songs, bars = seen()
    together = predictor.with_contexts(bars)
    expected = together.logits(songs)
    state = together.begin(3)
    for place in range(9 - window):  # as long as the shortest goes on
        rows = np.stack([song[place : place + window] for song in songs])
        logits, state = together.step(rows, state)
        for song in range(3):
            np.testing.assert_allclose(logits[song], expected[song][place], atol=1e-5)
    picked = together.pick(state, np.array([2, 2]))
    row = np.stack([songs[2][9 - window : 9]] * 2)
    np.testing.assert_allclose(
        together.step(row, picked)[0], [expected[2][9 - window]] * 2, atol=1e-5
    )


def test_the_bars_change_predictions_and_reach_a_joined_model():
    _, predictor = looking_back()
    songs, _ = seen(1)
    joined = with_short_term(predictor, CODES)
    for model in (predictor, joined):
        one, other = (
            model.with_contexts([SequenceContext(length)]).logits(songs)[0] for length in (6, 4)
        )
        assert not np.allclose(one, other)
    assert predictor.network.with_contexts([SequenceContext(6)]) is predictor.network


def test_it_is_saved_and_loaded(tmp_path):
    model, _ = looking_back(tokenization="factored")
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    songs, bars = seen(1)
    row = views(Lookback(LENGTHS, 1), songs, bars)[0][None, :1]
    np.testing.assert_allclose(loaded(row), model(row), atol=1e-6)
