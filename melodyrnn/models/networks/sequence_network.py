"""Networks over whole sequences: a label a sequence, a tag a step, an answer to a source.

The input is a row of indices, int32 (N, T), or of vectors, float32 (N, T, F). Where sequences are
padded, index 0 is the padding (``padded=True``), and Keras's masks keep it from everything: a
padded step changes no state. Outputs are logits. Weights are drawn from the seed alone.
"""

import random
from typing import Any, NamedTuple

import numpy as np

from melodyrnn.models.backend import keras
from melodyrnn.models.config import SequenceConfig
from melodyrnn.models.recurrent.cells import CELLS
from melodyrnn.models.types import Initializer, KerasLayer, KerasModel, Tensor

_MOST_UNROLLED = 64
"""Steps: longer sequences run in a loop, which takes less time to compile."""


def tagger(
    config: SequenceConfig,
    steps: int,
    symbols: int,
    classes: int,
    *,
    seed: int = 0,
    padded: bool = False,
) -> KerasModel:
    """A prediction at each step, (N, T) -> logits (N, T, C): next symbols, tags."""
    return _over_symbols(config, steps, symbols, classes, seed, padded, each_step=True)


def classifier(
    config: SequenceConfig,
    steps: int,
    symbols: int,
    classes: int,
    *,
    seed: int = 0,
    padded: bool = False,
) -> KerasModel:
    """One prediction after the last step, (N, T) -> logits (N, C): labels."""
    return _over_symbols(config, steps, symbols, classes, seed, padded, each_step=False)


def vector_classifier(
    config: SequenceConfig, steps: int, features: int, classes: int, *, seed: int = 0
) -> KerasModel:
    """One prediction after the last of ``steps`` vectors, (N, T, F) -> logits (N, C)."""
    seeds = random.Random(seed)
    seen = keras.Input((steps, features), name="vectors")
    read = _recurrent(config, seeds, seen, each_step=False)
    return keras.Model(seen, _output_layer(config, seeds, classes, read), name="classifier")


def vector_tagger(
    config: SequenceConfig,
    steps: int,
    features: int,
    classes: int,
    *,
    seed: int = 0,
    padded: bool = False,
) -> KerasModel:
    """A prediction at each of ``steps`` vectors, (N, T, F) -> logits (N, T, C).

    Where sequences are padded, a vector of zeros is the padding.
    """
    seeds = random.Random(seed)
    seen = keras.Input((steps, features), name="vectors")
    entered = keras.layers.Masking()(seen) if padded else seen
    read = _recurrent(config, seeds, entered, each_step=True)
    return keras.Model(seen, _output_layer(config, seeds, classes, read), name="tagger")


class Translator(NamedTuple):
    """An encoder and a decoder; without attention there is no model ``looks``."""

    model: KerasModel  # [source (N, S), what the decoder sees (N, T)] -> logits (N, T, V)
    looks: KerasModel  # the same -> the decoder's weights of the source, (N, T, S), or None


def translator(
    config: SequenceConfig,
    steps: tuple[int, int],
    symbols: tuple[int, int],
    *,
    seed: int = 0,
) -> Translator:
    """An encoder reads the source, and from its last state a decoder writes the target.

    ``steps`` S and T, ``symbols`` of source and target, both padded by index 0. With attention
    each output of the decoder looks back at all outputs of the encoder, and both together make
    the logits. The encoder is bidirectional where ``config`` says so.
    """
    layers, seeds = keras.layers, random.Random(seed)
    source = keras.Input((steps[0],), dtype="int32", name="source")  # (N, S)
    target = keras.Input((steps[1],), dtype="int32", name="target")  # (N, T)
    read = _embedding(config, symbols[0], seeds, True)(source)
    written = _embedding(config, symbols[1], seeds, True)(target)
    for depth in range(config.layers):
        read, *state = _layer(config, seeds, steps[0], return_state=True)(read)
        if config.bidirectional:  # two states for each one that the decoder has
            half = len(state) // 2
            state = [
                _dense(config.units, seeds, activation="tanh")(layers.Concatenate()(pair))
                for pair in zip(state[:half], state[half:], strict=True)
            ]
        one_way = CELLS[config.cell].layer(
            config.units,
            return_sequences=True,
            unroll=steps[1] <= _MOST_UNROLLED,
            name=f"decoder_{depth + 1}",
            **_initializers(config, seeds),
        )
        written = _dropped(config, seeds, one_way(written, initial_state=state))
        read = _dropped(config, seeds, read)
    looks = None
    if config.attention != "none":
        kind = layers.AdditiveAttention if config.attention == "additive" else layers.Attention
        query = _dense(config.units, seeds, name="query")(written)
        key = _dense(config.units, seeds, name="key")(read)
        attention = kind(name="attention")
        seen, looks = attention([query, read, key], return_attention_scores=True)
        for weight in attention.trainable_weights:  # which Keras draws without asking for a seed
            weight.assign(_glorot(seeds)(weight.shape))
        written = layers.Concatenate(name="seen_and_written")([written, seen])
    logits = _dense(symbols[1], seeds, name="logits")(written)
    both = [source, target]
    model = keras.Model(both, logits, name="translator")
    return Translator(model, None if looks is None else keras.Model(both, looks, name="looks"))


def _over_symbols(
    config: SequenceConfig,
    steps: int,
    symbols: int,
    classes: int,
    seed: int,
    padded: bool,
    each_step: bool,
) -> KerasModel:
    seeds = random.Random(seed)
    seen = keras.Input((steps,), dtype="int32", name="symbols")
    entered = _embedding(config, symbols, seeds, padded)(seen)  # (N, T, F)
    read = _recurrent(config, seeds, entered, each_step)
    name = "tagger" if each_step else "classifier"
    return keras.Model(seen, _output_layer(config, seeds, classes, read), name=name)


def _recurrent(config: SequenceConfig, seeds: random.Random, z: Tensor, each_step: bool) -> Tensor:
    steps = z.shape[1]
    for depth in range(config.layers):
        last = depth == config.layers - 1
        z = _layer(config, seeds, steps, return_sequences=each_step or not last)(z)
        z = _dropped(config, seeds, z)
    return z


def _layer(config: SequenceConfig, seeds: random.Random, steps: int, **options: Any) -> KerasLayer:
    layer = CELLS[config.cell].layer(
        config.units,
        # Not both ways: Keras, unrolled backwards, zeroes the outputs by a mask that runs forwards.
        unroll=steps <= _MOST_UNROLLED and not config.bidirectional,
        **_initializers(config, seeds),
        **{"return_sequences": True, **options},
    )
    return keras.layers.Bidirectional(layer) if config.bidirectional else layer


def _initializers(config: SequenceConfig, seeds: random.Random) -> dict[str, Any]:
    ways = {
        "orthogonal": keras.initializers.Orthogonal,
        "glorot": keras.initializers.GlorotUniform,
    }
    draw = ways[config.recurrent]
    return {
        "kernel_initializer": _glorot(seeds),
        "recurrent_initializer": draw(seed=seeds.getrandbits(31)),
    }


def _dropped(config: SequenceConfig, seeds: random.Random, z: Tensor) -> Tensor:
    if not config.dropout:
        return z
    return keras.layers.Dropout(config.dropout, seed=seeds.getrandbits(31))(z)


def _embedding(
    config: SequenceConfig, symbols: int, seeds: random.Random, padded: bool
) -> KerasLayer:
    """Indices -> vectors: learned ones, or a fixed 1 in the symbol's own place."""
    if config.embedding:
        uniform = keras.initializers.RandomUniform(seed=seeds.getrandbits(31))
        return keras.layers.Embedding(
            symbols, config.embedding, mask_zero=padded, embeddings_initializer=uniform
        )
    onehot = keras.layers.Embedding(symbols, symbols, mask_zero=padded, trainable=False)
    onehot.build()
    onehot.set_weights([np.eye(symbols, dtype=np.float32)])
    return onehot


def _output_layer(config: SequenceConfig, seeds: random.Random, classes: int, z: Tensor) -> Tensor:
    return _dense(classes, seeds, name="logits")(z) if config.head else z


def _dense(units: int, seeds: random.Random, **options: Any) -> KerasLayer:
    return keras.layers.Dense(units, kernel_initializer=_glorot(seeds), **options)


def _glorot(seeds: random.Random) -> Initializer:
    return keras.initializers.GlorotUniform(seed=seeds.getrandbits(31))
