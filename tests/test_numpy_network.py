"""A network in plain NumPy is the network that was trained: the same logits, states and weights."""

import zipfile

import numpy as np
import pytest

from melodyrnn.models.backend import tf
from melodyrnn.models.config import ModelConfig
from melodyrnn.models.networks import step_network as models
from melodyrnn.models.networks.numpy_network import Network, read_weights
from melodyrnn.models.networks.plain_weights import parts
from melodyrnn.models.registry import MODELS
from melodyrnn.runs import network_files
from tests.rows import rows_for

NETWORKS = MODELS.having(lambda model: model.learns_by_gradient)
CODES, WINDOW = 7, 3
FEATURES = [[60 + code % 3, code // 3] for code in range(CODES)]


def both(**settings):
    config = ModelConfig(units=6, embedding=4, window=WINDOW, **settings)
    model = models.build(config, CODES, 3, FEATURES)
    random = np.random.default_rng(1)  # biases and peepholes that do something
    table, *rest = model.get_weights()
    model.set_weights([table, *(w + random.normal(0, 0.3, w.shape) for w in rest)])
    return model, Network.of(model, config, FEATURES)


def same(model, network):
    ours, theirs = network.begin(5), models.zero_states(model, 5)
    for window in rows_for(network.config, CODES, 4, 5, WINDOW):
        logits, ours = network.step(window, ours)
        expected, theirs = models.step(model, tf.constant(window), theirs)
        np.testing.assert_allclose(logits, expected, atol=1e-5)
        assert logits.dtype == np.float32


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("name", NETWORKS)
def test_every_model_predicts_the_same(name, layers):
    same(*both(model=name, layers=layers))


@pytest.mark.parametrize("kind", ["index", "onehot", "embedding", "features"])
@pytest.mark.parametrize("name", ["lstm", "mlp"])
def test_every_input_predicts_the_same(name, kind):
    model, network = both(model=name, input=kind)
    same(model, network)
    assert network.parameters == models.parameters(model)


@pytest.mark.parametrize("name", ["lstm", "mlp"])
def test_symbols_of_parts_predict_the_same(name):
    model, network = both(model=name, input="embedding", tokenization="factored")
    same(model, network)
    assert network.parameters == models.parameters(model)


@pytest.mark.parametrize("tokens", ["joint", "factored"])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_weights_of_a_file_are_those_of_the_model(name, tokens, tmp_path):
    model, network = both(model=name, layers=2, input="embedding", tokenization=tokens, dropout=0.1)
    network_files.save_model(tmp_path, model)
    with zipfile.ZipFile(tmp_path / "model.keras") as entries:
        content = entries.read("model.weights.h5")
    read = read_weights(content, network.config, len(content))
    for ours, theirs in zip(read, model.get_weights(), strict=True):
        assert np.array_equal(ours, theirs)


def test_sequences_of_any_lengths_are_predicted_as_one_by_one():
    _, network = both(layers=2)
    random = np.random.default_rng(2)
    sequences = [random.integers(0, CODES, n, dtype=np.int32) for n in (9, 4, 30, 4, 17)]
    for sequence, logits in zip(sequences, network.logits(sequences), strict=True):
        state, stepped = network.begin(1), []
        for start in range(len(sequence) - WINDOW):
            row, state = network.step(sequence[None, start : start + WINDOW], state)
            stepped.append(row[0])
        np.testing.assert_allclose(logits, stepped, atol=1e-5)


def test_weights_of_another_network_are_refused():
    model, network = both()
    with pytest.raises(ValueError, match="7 logits for 8 tokens"):
        Network(network.config, 8, model.get_weights())
    with pytest.raises(ValueError, match=r".+"):
        Network(ModelConfig(units=5, window=WINDOW), CODES, model.get_weights())


def test_parts_are_numbered_by_their_order():
    assert parts(FEATURES).tolist() == [[code % 3, code // 3] for code in range(CODES)]
