"""A cell of another package: a row with an equation, and everything runs on it."""

import subprocess
import sys
import zipfile

import numpy as np
import pytest

from melodyrnn import generate, train
from melodyrnn.errors import ConfigError
from melodyrnn.models.backend import keras, tf
from melodyrnn.models.config import ModelConfig
from melodyrnn.models.networks import step_network as models
from melodyrnn.models.networks.numpy_network import Network, read_weights
from melodyrnn.models.recurrent.cells import CELLS, Cell, Other

UNITS = 6


def minimal(math, z, state, u, u_candidate, scale):
    """The minimal gated unit (Zhou et al. 2016), its candidate scaled."""
    (h,) = state
    z_forget, z_candidate = math.split(z, 2, -1)
    forget = math.sigmoid(z_forget + h @ u)
    candidate = math.tanh(z_candidate + (forget * h) @ u_candidate) * scale
    h = (1 - forget) * h + forget * candidate
    return h, (h,)


MINIMAL = Cell(
    "minimal",
    "gated unit with one gate",
    "minimal gated unit",
    minimal,
    gates=2,
    others=(Other("scale", (1,)),),
    candidate_apart=True,
)


@pytest.fixture(autouse=True)
def added():
    CELLS.add(MINIMAL)
    yield
    CELLS.remove("minimal")


def test_numpy_and_tensorflow_and_keras_agree(tmp_path):
    config = ModelConfig("minimal", units=UNITS, window=1, layers=2)
    model = models.build(config, 5, seed=3)
    tokens = np.random.default_rng(0).integers(0, 5, 12).astype(np.int32)
    (ours,) = Network.of(model, config).logits([np.append(tokens, 0).astype(np.int32)])
    states = models.zero_states(model, 1)
    compiled, _ = models.unrolled(model, tf.constant(tokens[:, None]), states, every_step=True)
    np.testing.assert_allclose(ours, compiled[:, 0], atol=1e-6)
    ahead = np.concatenate([model(tf.constant([[token]])) for token in tokens])
    np.testing.assert_allclose(ahead, tf.nn.softmax(ours), atol=1e-6)
    model.save(tmp_path / "model.keras")
    with zipfile.ZipFile(tmp_path / "model.keras") as entries:
        content = entries.read("model.weights.h5")
    read = read_weights(content, config, len(content))
    for one, other in zip(read, model.get_weights(), strict=True):
        assert (one == other).all()
    loaded = keras.models.load_model(tmp_path / "model.keras")  # in safe mode
    for one, other in zip(loaded.get_weights(), model.get_weights(), strict=True):
        assert (one == other).all()


def test_it_is_trained_resumed_and_generates(tmp_path):
    song = tmp_path / "song.txt"
    song.write_text("c8 d8 e8 f8 g8 a8 c8 d8")
    settings = {"model": "minimal", "units": UNITS, "early_stop": False}
    made = train(song, output=tmp_path / "run", epochs=30, **settings)
    assert made.parameters == sum(
        [4 * UNITS * 2 - 3 * UNITS * 2, UNITS * UNITS * 2, 2 * UNITS, UNITS, UNITS * 6, 6]
    )
    again = train(song, output=tmp_path / "run", epochs=40, resume=True, **settings)
    assert again.record.epochs == 40
    assert generate(made.run, length=8).songs


def test_a_name_is_taken_once():
    CELLS.add(MINIMAL)  # the same row again is no harm
    with pytest.raises(ConfigError, match="there is a cell 'lstm' already"):
        CELLS.add(Cell("lstm", "another", "another", minimal, gates=2))


def test_the_table_is_read_without_any_library():
    code = (
        "import sys; from melodyrnn.models.recurrent.cells import CELLS\n"
        "assert all(cell.about for cell in CELLS.values())\n"
        "assert not {'numpy', 'tensorflow', 'keras'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
