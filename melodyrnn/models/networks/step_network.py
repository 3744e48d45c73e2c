"""ModelConfig -> keras.Model, and the one function that runs a model step by step.

Every model takes windows of indices, int32 (B, T), of the model ``lookback`` with columns beside
each, (B, T, F), and gives probabilities (B, V). It is an
ordinary ``keras.Sequential``, so that ``predict``, ``summary`` and ``save`` work as ever. The
compiled programs of training and generation need the state in their hands rather than inside
the layers: ``step`` runs the same layers with the state passed in and out.
"""

import random
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from melodyrnn.errors import ConfigError
from melodyrnn.models.backend import keras, tf
from melodyrnn.models.bar_columns import SYMBOLS, kinds
from melodyrnn.models.compiled_loops import program
from melodyrnn.models.config import ModelConfig
from melodyrnn.models.networks.layers import FactoredEmbedding, FactoredLogits, LookbackEmbedding
from melodyrnn.models.networks.plain_weights import parts, with_none
from melodyrnn.models.recurrent.cells import CELLS
from melodyrnn.models.recurrent.keras_cells import recurrent_weights, step_of
from melodyrnn.models.recurrent.unrolling import Recurrence
from melodyrnn.models.types import (
    Among,
    Floats,
    Initializer,
    KerasLayer,
    KerasModel,
    States,
    Tensor,
)
from melodyrnn.sequences.vocabulary import Indices

Seed: TypeAlias = tuple[Tensor, Tensor] | None
"""Two integers that make what is dropped out; None where nothing is."""

CHUNK = 8
"""Steps that go through all layers before the next ones do, so that two cores can work at two
layers, and what is passed on is still in the cache.
"""


def build(
    config: ModelConfig,
    vocabulary_size: int,
    seed: int = 0,
    features: npt.ArrayLike | None = None,
) -> KerasModel:
    """A new model for a vocabulary of ``vocabulary_size`` tokens, its weights drawn from ``seed``.

    ``features`` (V, F) holds the attributes of each token, for ``input="features"``.
    Raises ConfigError where they are missing or not one row a token.
    """
    seeds = random.Random(seed)
    layers = keras.layers
    window = config.window
    model = keras.Sequential(name=config.model.replace("-", "_"))
    seen = (window, len(kinds(vocabulary_size))) if config.spec.lookback else (window,)
    shape = {"batch_shape": (1, *seen)} if config.spec.stateful else {"shape": seen}
    model.add(layers.Input(dtype="int32", name="window", **shape))  # (B, T) or (B, T, F)
    model.add(_embedding(config, vocabulary_size, seeds, features))  # (B, T, F)
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
            _add_dropout(model, config, depth)
    else:
        model.add(layers.Flatten(name="joined"))  # (B, T * F)
        for depth in range(config.depth):
            hidden = {"kernel_initializer": _glorot(seeds), "name": f"hidden_{depth + 1}"}
            model.add(layers.Dense(config.units, "relu", **hidden))  # (B, H)
            _add_dropout(model, config, depth)
    model.add(_output_layer(config, vocabulary_size, seeds, features))  # (B, V)
    model.add(layers.Softmax(name="probabilities"))
    return model


def _add_dropout(model: KerasModel, config: ModelConfig, depth: int) -> None:
    if config.dropout:
        model.add(keras.layers.Dropout(config.dropout, name=f"dropout_{depth + 1}"))


def _glorot(seeds: random.Random) -> Initializer:
    return keras.initializers.GlorotUniform(seed=seeds.getrandbits(31))


def _embedding(
    config: ModelConfig, vocabulary_size: int, seeds: random.Random, features: npt.ArrayLike | None
) -> KerasLayer:
    """A lookup from indices to attributes: learned, or a fixed table."""
    if config.spec.lookback:
        known = (
            _parts(config, vocabulary_size, features) if config.tokenization == "factored" else None
        )
        return LookbackEmbedding(
            with_none(vocabulary_size, known),
            kinds(vocabulary_size)[SYMBOLS:],
            config.embedding,
            seeds.getrandbits(31),
            name="embedding",
        )
    if config.tokenization == "factored":
        ids = _parts(config, vocabulary_size, features)
        return FactoredEmbedding(ids, config.embedding, seeds.getrandbits(31), name="embedding")
    if config.input == "embedding":
        uniform = keras.initializers.RandomUniform(seed=seeds.getrandbits(31))
        return keras.layers.Embedding(
            vocabulary_size, config.embedding, embeddings_initializer=uniform, name="embedding"
        )
    table = attribute_table(config.input, vocabulary_size, features)
    lookup = keras.layers.Embedding(*table.shape, trainable=False, name="attributes")
    lookup.build()
    lookup.set_weights([table])
    return lookup


def _output_layer(
    config: ModelConfig, vocabulary_size: int, seeds: random.Random, features: npt.ArrayLike | None
) -> KerasLayer:
    """From the outputs of the hidden layers to a logit for each token."""
    if config.tokenization == "factored":
        ids = _parts(config, vocabulary_size, features)
        return FactoredLogits(ids, seeds.getrandbits(31), name="logits")
    return keras.layers.Dense(vocabulary_size, kernel_initializer=_glorot(seeds), name="logits")


def _parts(config: ModelConfig, vocabulary_size: int, features: npt.ArrayLike | None) -> Indices:
    """Which pitch and which duration each token has, (V, 2). Raises ConfigError."""
    if config.input != "embedding":
        raise ConfigError(f"--tokenization factored needs --input embedding, not {config.input}")
    return parts(_attributes(vocabulary_size, features, "--tokenization factored"))


def _attributes(
    vocabulary_size: int, features: npt.ArrayLike | None, option: str
) -> npt.NDArray[np.float64]:
    values = np.asarray(features if features is not None else [], dtype=np.float64)
    if values.ndim != 2 or len(values) != vocabulary_size:
        raise ConfigError(f"{option} needs the attributes of all {vocabulary_size} tokens")
    return values


def attribute_table(
    kind: str, vocabulary_size: int, features: npt.ArrayLike | None = None
) -> Floats:
    """The fixed attributes of each token, (V, F), each between 0 and 1. Raises ConfigError."""
    if kind == "onehot":
        return np.asarray(np.eye(vocabulary_size), dtype=np.float32)
    if kind == "index":
        return np.asarray(
            np.arange(vocabulary_size)[:, None] / max(vocabulary_size - 1, 1), dtype=np.float32
        )
    values = _attributes(vocabulary_size, features, "--input features")
    low, high = values.min(axis=0), values.max(axis=0)
    return np.asarray((values - low) / np.where(high > low, high - low, 1.0), dtype=np.float32)


def parameters(model: KerasModel) -> int:
    """The number of parameters that training changes."""
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def recurrent_layers(model: KerasModel) -> list[KerasLayer]:
    return [layer for layer in model.layers if isinstance(layer, keras.layers.RNN)]


def carries_state(model: KerasModel) -> bool:
    return any(layer.stateful for layer in recurrent_layers(model))


def zero_states(model: KerasModel, batch: int) -> States:
    """The state before the first step."""
    return [
        [tf.zeros((batch, size)) for size in tf.nest.flatten(layer.cell.state_size)]
        for layer in recurrent_layers(model)
    ]


def step(
    model: KerasModel, windows: Tensor, states: States, dropout: Seed = None
) -> tuple[Tensor, States]:
    """One window each, (B, T[, F]) -> logits (B, V) and the states after it, unrolled over T.

    A model that carries no state is given zeros here and gives them back. ``dropout``, two
    integers, is the seed of what is dropped out in training; without it nothing is.
    """
    if recurrent_layers(model):
        rows = tf.transpose(windows, [1, 0, *range(2, len(windows.shape))])
        logits, after = unrolled(model, rows, states, dropout=dropout)
        return logits[-1], after if carries_state(model) else states
    z = windows
    for layer in model.layers[:-1]:  # without the softmax
        z = _apply(layer, z, dropout)
    return z, states


def unrolled(
    model: KerasModel,
    rows: Tensor,
    states: States,
    *,
    every_step: bool = False,
    keep: Tensor = None,
    dropout: Seed = None,
    among: Among | None = None,
) -> tuple[Tensor, States]:
    """A recurrent model along time, (T, B[, F]) -> logits (T, B, V) and the states after them.

    Without ``every_step`` only the last step is predicted, (1, B, V). ``keep`` (T, B) is 0 where
    the state is reset before a step, 1 elsewhere; ``dropout`` as for ``step``, ``among`` of which
    lanes these are.
    """
    layers = [_ready(layer, rows.shape[1]) for layer in model.layers[:-1]]  # without the softmax
    # A chunk is written out once, and called for all of them.
    along = {
        place: program(layer.along) if rows.shape[0] > CHUNK else layer.along
        for place, layer in enumerate(layers)
        if isinstance(layer, Recurrence)
    }
    final = max(along)
    among = among or Among(slice(None), rows.shape[1])
    masks = _masks(layers, rows.shape[0], among, final, every_step, dropout)
    predicted = []
    for start in range(0, rows.shape[0], CHUNK):
        chunk = slice(start, start + CHUNK)
        resets = None if keep is None else tf.unstack(keep[chunk, :, None])
        z, before, states = rows[chunk], iter(states), []
        for place, layer in enumerate(layers):
            if place in along:
                z, state = along[place](z, next(before), resets)
                states.append(state)
                z = z if every_step or place < final else z[-1:]
            elif place in masks:
                z *= masks[place][chunk] if every_step or place < final else masks[place]
            else:
                z = _apply(layer, z, None)
        predicted.append(z)
    return tf.concat(predicted, 0) if every_step else predicted[-1], states


def _ready(layer: KerasLayer, lanes: int) -> KerasLayer | Recurrence:
    """A recurrent layer as what runs along time; any other as it is."""
    if not isinstance(layer, keras.layers.RNN):
        return layer
    cell = layer.cell
    return Recurrence(step_of(cell), cell.kernel, cell.bias, recurrent_weights(cell), lanes)


def _masks(
    layers: Sequence[KerasLayer],
    steps: int,
    among: Among,
    final: int,
    every_step: bool,
    dropout: Seed,
) -> dict[int, Tensor]:
    """Place of each dropout -> what it multiplies by in training, (T, B, F), or (1, B, F) where
    only the last step goes on. Drawn for all chunks at once.
    """
    return {
        place: _apply(
            layer,
            tf.ones(
                [steps if every_step or place < final else 1, among.of, layer.output.shape[-1]]
            ),
            (dropout[0] + place, dropout[1]),
        )[:, among.rows]
        for place, layer in enumerate(layers)
        if dropout and isinstance(layer, keras.layers.Dropout)
    }


def _apply(layer: KerasLayer, z: Tensor, dropout: Seed) -> Tensor:
    if isinstance(layer, keras.layers.Dropout):
        # Not the layer's own, whose random state would be one thing more to keep for resuming.
        return tf.nn.experimental.stateless_dropout(z, layer.rate, dropout) if dropout else z
    if isinstance(layer, keras.layers.Dense) and len(z.shape) == 3:
        return tf.tensordot(z, layer.kernel, 1) + layer.bias
    return layer(z)
