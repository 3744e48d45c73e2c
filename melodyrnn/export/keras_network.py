"""A run as a plain Keras model: stock layers only, so that Keras alone loads it, in safe mode.

It is one step of the run's network, with its state passed in and out.
"""

from collections.abc import Sequence
from typing import Any

from melodyrnn.export.step_interface import (
    AFTER,
    LOGITS,
    PROBABILITIES,
    columns_of,
    plain_networks,
    states_of,
)
from melodyrnn.models.config import ModelConfig
from melodyrnn.models.networks.plain_weights import PlainWeights
from melodyrnn.models.recurrent.cells import CELLS
from melodyrnn.models.types import Floats, KerasLayer, KerasModel, Tensor
from melodyrnn.runs.keras_archive import archive_of
from melodyrnn.runs.run import Run

Named = dict[str, Tensor]


def keras_file(run: Run) -> bytes:
    """The content of the file. Raises RunError."""
    facts = {"run": run.path.name, "vocabulary": run.vocabulary.to_json()}
    return archive_of(plain_keras(run), facts)


def plain_keras(run: Run) -> KerasModel:
    """The model, of named inputs and outputs. Raises RunError."""
    from melodyrnn.models.backend import keras

    config, networks = run.record.model, plain_networks(run)
    inputs: Named = {
        name: keras.Input((config.window,), dtype="int32", name=name) for name in columns_of(config)
    }
    seen, outputs, logits = list(inputs.values()), Named(), []
    for member, weights in enumerate(networks, 1):
        of = f"_{member}" if member > 1 else ""
        x = _entering(weights, seen, of)
        if config.spec.cell:
            h = _recurrent(config, weights, x, member, inputs, outputs)
        else:
            h = _feed_forward(weights, x, of)
        dense = keras.layers.Dense(len(run.vocabulary), name=LOGITS + of)
        logits.append(_applied(dense, h, weights.output))
    if len(logits) == 1:
        outputs[LOGITS] = logits[0]
        outputs[PROBABILITIES] = keras.layers.Softmax(name=PROBABILITIES)(logits[0])
    else:
        each = [
            keras.layers.Softmax(name=f"{PROBABILITIES}_{member}")(one)
            for member, one in enumerate(logits, 1)
        ]
        outputs[PROBABILITIES] = keras.layers.Average(name=PROBABILITIES)(each)
    return keras.Model(inputs, outputs, name=config.model.replace("-", "_"))


def _entering(weights: PlainWeights, seen: list[Tensor], of: str) -> Tensor:
    """Columns, (B, T) each -> the vectors of all of them side by side, (B, T, E)."""
    from melodyrnn.models.backend import keras

    layers: dict[int, KerasLayer] = {}
    vectors = []
    for number, (table, column) in enumerate(zip(weights.tables, seen, strict=True), 1):
        if id(table) not in layers:  # several columns may share one
            name = f"embedding_{number}{of}"
            layers[id(table)] = keras.layers.Embedding(*table.shape, name=name)
        vectors.append(_applied(layers[id(table)], column, [table]))
    if len(vectors) == 1:
        return vectors[0]
    return keras.layers.Concatenate(name="seen" + of)(vectors)


def _feed_forward(weights: PlainWeights, x: Tensor, of: str) -> Tensor:
    from melodyrnn.models.backend import keras

    h = keras.layers.Flatten(name="joined" + of)(x)
    for number, own in enumerate(weights.dense, 1):
        layer = keras.layers.Dense(len(own.bias), "relu", name=f"hidden_{number}{of}")
        h = _applied(layer, h, own)
    return h


def _recurrent(
    config: ModelConfig,
    weights: PlainWeights,
    x: Tensor,
    member: int,
    inputs: Named,
    outputs: Named,
) -> Tensor:
    """The last output of the last layer, (B, H). States are added to ``inputs`` and ``outputs``."""
    from melodyrnn.models.backend import keras

    carried = states_of(config, member) or [[]] * config.depth
    of = f"_{member}" if member > 1 else ""
    for number, (own, states) in enumerate(zip(weights.recurrent, carried, strict=True), 1):
        layer = CELLS[config.spec.cell].layer(
            config.units,
            return_sequences=number < config.depth,
            return_state=True,
            name=f"hidden_{number}{of}",
        )
        before = [keras.Input((width,), name=name) for name, width in states]
        x, *after = _applied(layer, x, own[:3], initial_state=before or None)
        for state, value, then in zip(states, before, after, strict=False):
            inputs[state.name], outputs[state.name + AFTER] = value, then
    return x


def _applied(layer: KerasLayer, x: Tensor, weights: Sequence[Floats], **options: Any) -> Tensor:
    """What ``layer`` makes of ``x``, with its ``weights``."""
    made = layer(x, **options)
    layer.set_weights(list(weights))
    return made
