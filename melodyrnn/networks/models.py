"""ModelConfig -> keras.Model, and the one function that runs a model step by step.

Every model takes windows of indices, int32 (B, T), and gives probabilities (B, V). It is an
ordinary ``keras.Sequential``, so that ``predict``, ``summary`` and ``save`` work as ever. The
compiled programs of training and generation need the state in their hands rather than inside
the layers: ``step`` runs the same layers with the state passed in and out.
"""

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from melodyrnn.errors import ConfigError
from melodyrnn.networks.backend import keras, tf
from melodyrnn.networks.cells import CELLS, recurrent_weights, step_of
from melodyrnn.networks.config import ModelConfig

States = list[list[Any]]  # of each recurrent layer, its cell's tensors, each (B, units)
Table = npt.NDArray[np.float32]


def build(
    config: ModelConfig,
    codes: int,
    seed: int = 0,
    features: npt.ArrayLike | None = None,
) -> Any:
    """A new model for a vocabulary of ``codes`` entries, its weights drawn from ``seed``.

    ``features`` (V, F) holds the attributes of each code, for ``input="features"``.
    Raises ConfigError where they are missing or not one row a code.
    """
    seeds = random.Random(seed)
    layers = keras.layers
    window = config.window
    model = keras.Sequential(name=config.model.replace("-", "_"))
    shape = {"batch_shape": (1, window)} if config.spec.stateful else {"shape": (window,)}
    model.add(layers.Input(dtype="int32", name="window", **shape))  # (B, T)
    model.add(_entrance(config, codes, seeds, features))  # (B, T, F)
    if config.spec.cell:
        for depth in range(config.depth):
            last = depth == config.depth - 1
            model.add(
                CELLS[config.spec.cell].layer(
                    config.units,
                    stateful=config.spec.stateful,
                    return_sequences=not last,
                    name=f"hidden_{depth + 1}",
                    kernel_initializer=_glorot(seeds),
                    recurrent_initializer=keras.initializers.Orthogonal(seed=seeds.getrandbits(31)),
                )
            )  # (B, T, H), after the last (B, H)
    else:
        model.add(layers.Flatten(name="joined"))  # (B, T * F)
        for depth in range(config.depth):
            hidden = {"kernel_initializer": _glorot(seeds), "name": f"hidden_{depth + 1}"}
            model.add(layers.Dense(config.units, "relu", **hidden))  # (B, H)
    model.add(layers.Dense(codes, kernel_initializer=_glorot(seeds), name="logits"))  # (B, V)
    model.add(layers.Softmax(name="probabilities"))
    return model


def _glorot(seeds: random.Random) -> Any:
    return keras.initializers.GlorotUniform(seed=seeds.getrandbits(31))


def _entrance(
    config: ModelConfig, codes: int, seeds: random.Random, features: npt.ArrayLike | None
) -> Any:
    """A lookup from indices to attributes: learned, or a fixed table."""
    if config.input == "embedding":
        uniform = keras.initializers.RandomUniform(seed=seeds.getrandbits(31))
        return keras.layers.Embedding(
            codes, config.embedding, embeddings_initializer=uniform, name="embedding"
        )
    table = attribute_table(config.input, codes, features)
    lookup = keras.layers.Embedding(*table.shape, trainable=False, name="attributes")
    lookup.build()
    lookup.set_weights([table])
    return lookup


def attribute_table(kind: str, codes: int, features: npt.ArrayLike | None = None) -> Table:
    """The fixed attributes of each code, (V, F), each between 0 and 1. Raises ConfigError."""
    if kind == "onehot":
        return np.asarray(np.eye(codes), dtype=np.float32)
    if kind == "index":
        return np.asarray(np.arange(codes)[:, None] / max(codes - 1, 1), dtype=np.float32)
    values = np.asarray(features if features is not None else [], dtype=np.float64)
    if values.ndim != 2 or len(values) != codes:
        raise ConfigError(f"--input features needs the attributes of all {codes} codes")
    low, high = values.min(axis=0), values.max(axis=0)
    return np.asarray((values - low) / np.where(high > low, high - low, 1.0), dtype=np.float32)


def parameters(model: Any) -> int:
    """The number of weights that learning changes."""
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def recurrent_layers(model: Any) -> list[Any]:
    return [layer for layer in model.layers if isinstance(layer, keras.layers.RNN)]


def carries_state(model: Any) -> bool:
    return any(layer.stateful for layer in recurrent_layers(model))


def zero_states(model: Any, batch: int) -> States:
    """The state before anything was heard."""
    return [
        [tf.zeros((batch, size)) for size in tf.nest.flatten(layer.cell.state_size)]
        for layer in recurrent_layers(model)
    ]


def step(model: Any, windows: Any, states: States) -> tuple[Any, States]:
    """One window each, (B, T) -> logits (B, V) and the states after it, unrolled over T.

    A model that carries no state is given zeros here and gives them back.
    """
    z, remaining, after = windows, list(states), []
    for layer in model.layers[:-1]:  # without the softmax
        if isinstance(layer, keras.layers.RNN):
            z, state = _unrolled(layer, z, remaining.pop(0))
            after.append(state)
        else:
            z = layer(z)
    return z, after if carries_state(model) else states


def _unrolled(layer: Any, x: Any, state: Sequence[Any]) -> tuple[Any, list[Any]]:
    """A recurrent layer, step by step: (B, T, F) -> (B, T, H), or (B, H) of the last step."""
    cell, outputs = layer.cell, []
    advance, weights = step_of(cell), recurrent_weights(cell)
    z = tf.tensordot(x, cell.kernel, 1) + cell.bias  # (B, T, G H): one product for all steps
    for t in range(x.shape[1]):
        h, state = advance(tf, z[:, t], state, *weights)
        outputs.append(h)  # (B, H)
    return (tf.stack(outputs, 1) if layer.return_sequences else h), list(state)
