"""Networks as ordinary Keras models, and `step` against what Keras itself makes of them."""

import numpy as np
import pytest

from melodyrnn.errors import ConfigError
from melodyrnn.models.backend import keras, tf
from melodyrnn.models.config import ModelConfig
from melodyrnn.models.networks import step_network as models
from melodyrnn.models.registry import INPUTS, MODELS
from tests.rows import rows_for

NETWORKS = MODELS.having(lambda model: model.learns_by_gradient)
CODES, WINDOW = 14, 4
FEATURES = np.arange(2 * CODES).reshape(CODES, 2)


def build(model="lstm", **settings):
    return models.build(ModelConfig(model, units=8, **settings), CODES, 1, FEATURES)


def windows_for(model):
    return rows_for(ModelConfig(model), CODES, 6, WINDOW)


def by_step(model, windows):
    """Probabilities of the windows one after another, the state carried where the model does."""
    states, rows = models.zero_states(model, 1), []
    for window in windows:
        logits, states = models.step(model, tf.constant(window[None]), states)
        rows.append(tf.nn.softmax(logits)[0])
    return np.array(rows)


@pytest.mark.parametrize("model", NETWORKS)
@pytest.mark.parametrize("layers", [None, 2])
def test_step_is_what_keras_predicts(model, layers):
    network, windows = build(model, layers=layers), windows_for(model)
    assert isinstance(network, keras.Model)
    assert network.output_shape[-1] == CODES
    expected = [network(window[None]).numpy()[0] for window in windows]
    np.testing.assert_allclose(by_step(network, windows), expected, atol=1e-6)


@pytest.mark.parametrize("model", NETWORKS)
def test_only_a_stateful_model_remembers_the_window_before(model):
    network, windows = build(model), windows_for(model)
    after_others = by_step(network, windows)[-1]
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
        assert by_step(build(model, input=kind), windows_for(model)).sum(axis=-1) == pytest.approx(
            1
        )


def test_attribute_tables():
    index = models.attribute_table("index", CODES)
    np.testing.assert_allclose(index[:, 0] * 13, np.arange(14), atol=1e-6)
    assert models.attribute_table("index", 1).tolist() == [[0.0]]
    assert models.attribute_table("onehot", 3).tolist() == np.eye(3).tolist()
    table = models.attribute_table("features", 3, [[60, 0.5], [62, 1], [64, 0.5]])
    assert table.tolist() == [[0, 0], [0.5, 1], [1, 0]]
    with pytest.raises(ConfigError, match="input features needs the attributes of all 5 tokens"):
        models.attribute_table("features", 5, [[1, 2]])


def test_the_table_of_attributes_is_not_learned_but_saved(tmp_path):
    network = build()
    assert "attributes" not in {weight.path.split("/")[0] for weight in network.trainable_weights}
    network.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", compile=False)
    for window in windows_for("lstm"):
        theirs, ours = (model(window[None]).numpy() for model in (loaded, network))
        np.testing.assert_allclose(theirs, ours, atol=1e-6)
