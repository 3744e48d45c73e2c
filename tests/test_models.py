"""Networks as ordinary Keras models, and `step` against what Keras itself makes of them."""

import numpy as np
import pytest

from melodyrnn.errors import ConfigError
from melodyrnn.networks import models
from melodyrnn.networks.backend import keras, tf
from melodyrnn.networks.config import INPUTS, MODELS, NETWORKS, ModelConfig

CODES, WINDOW = 14, 4
FEATURES = np.arange(2 * CODES).reshape(CODES, 2)
windows = np.random.default_rng(0).integers(0, CODES, (6, WINDOW), dtype=np.int32)


def build(model="lstm", **settings):
    return models.build(ModelConfig(model, units=8, **settings), CODES, 1, FEATURES)


def by_step(model):
    """Probabilities of the windows one after another, the state carried where the model does."""
    states, rows = models.zero_states(model, 1), []
    for window in windows:
        logits, states = models.step(model, tf.constant(window[None]), states)
        rows.append(tf.nn.softmax(logits)[0])
    return np.array(rows)


@pytest.mark.parametrize("model", NETWORKS)
@pytest.mark.parametrize("layers", [None, 2])
def test_step_is_what_keras_predicts(model, layers):
    network = build(model, layers=layers)
    assert isinstance(network, keras.Model)
    assert network.output_shape[-1] == CODES
    expected = [network(window[None]).numpy()[0] for window in windows]
    np.testing.assert_allclose(by_step(network), expected, atol=1e-6)


@pytest.mark.parametrize("model", NETWORKS)
def test_only_a_stateful_model_remembers_the_window_before(model):
    network = build(model)
    after_others = by_step(network)[-1]
    alone = tf.nn.softmax(
        models.step(network, tf.constant(windows[-1:]), models.zero_states(network, 1))[0]
    )[0]
    same = np.allclose(after_others, alone, atol=1e-7)
    assert same != MODELS[model].stateful
    assert models.carries_state(network) == MODELS[model].stateful


@pytest.mark.parametrize("model", NETWORKS)
def test_the_seed_makes_the_weights(model):
    first, same, other = (
        models.build(ModelConfig(model), CODES, seed).get_weights() for seed in (1, 1, 2)
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, same, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


def test_parameters_of_the_courses_networks():
    # 4 gates of 128 units over 1 input, 128 outputs and a bias; then 14 codes over 128 and a bias.
    lstm, mlp = (models.build(ModelConfig(model), 14) for model in ("lstm", "mlp"))
    assert models.parameters(lstm) == 4 * 128 * (1 + 128 + 1) + 14 * 129
    assert models.parameters(mlp) == 128 * 5 + 128 * 129 + 14 * 129


@pytest.mark.parametrize("kind", INPUTS)
def test_every_input_enters_every_kind_of_model(kind):
    for model in ("lstm", "mlp"):
        assert by_step(build(model, input=kind)).sum(axis=-1) == pytest.approx(1)


def test_attribute_tables():
    index = models.attribute_table("index", CODES)
    np.testing.assert_allclose(index[:, 0] * 13, np.arange(14), atol=1e-6)
    assert models.attribute_table("index", 1).tolist() == [[0.0]]
    assert models.attribute_table("onehot", 3).tolist() == np.eye(3).tolist()
    table = models.attribute_table("features", 3, [[60, 0.5], [62, 1], [64, 0.5]])
    assert table.tolist() == [[0, 0], [0.5, 1], [1, 0]]
    with pytest.raises(ConfigError, match="--input features needs the attributes of all 5 codes"):
        models.attribute_table("features", 5, [[1, 2]])


def test_the_table_of_attributes_is_not_learned_but_saved(tmp_path):
    network = build()
    assert "attributes" not in {weight.path.split("/")[0] for weight in network.trainable_weights}
    network.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", compile=False)
    for window in windows:
        theirs, ours = (model(window[None]).numpy() for model in (loaded, network))
        np.testing.assert_allclose(theirs, ours, atol=1e-6)


def lstm_by_its_equations(x, h, c, kernel, recurrent, bias):
    sigmoid = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731 - the equation's own letter
    i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_by_its_equations(x, h, kernel, recurrent, bias):
    sigmoid = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731 - the equation's own letter
    (xz, xr, xh), (hz, hr, hh) = np.split(x @ kernel + bias, 3, -1), np.split(recurrent, 3, -1)
    z, r = sigmoid(xz + h @ hz), sigmoid(xr + h @ hr)
    # Keras writes z and 1 - z the other way round than Cho et al. (2014).
    return z * h + (1 - z) * np.tanh(xh + (r * h) @ hh)


def test_cells_are_their_equations():
    x = np.random.default_rng(1).normal(size=(3, 5)).astype(np.float32)
    h = c = np.full((3, 8), 0.3, dtype=np.float32)
    for name, oracle in (("lstm", lstm_by_its_equations), ("gru", gru_by_its_equations)):
        layer = models.CELLS[name](8)
        layer.build((3, 1, 5))
        state = [h, c] if name == "lstm" else [h]
        output, _ = layer.cell(tf.constant(x), [tf.constant(s) for s in state])
        expected = oracle(x, *state, *(np.array(w) for w in layer.get_weights()))
        np.testing.assert_allclose(output, expected[0] if name == "lstm" else expected, atol=1e-5)
