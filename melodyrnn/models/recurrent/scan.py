"""A recurrent network as a scan over its steps: matrices, and an equation.

What a Keras layer does inside. With the same weights both give the same numbers, and the same
gradients.
"""

from typing import NamedTuple

import numpy as np

from melodyrnn.models.backend import keras, tf
from melodyrnn.models.recurrent.cells import CELLS, Cell
from melodyrnn.models.recurrent.keras_cells import recurrent_weights
from melodyrnn.models.types import Tensor


def last_output(cell: Cell, x: Tensor, w: Tensor, b: Tensor, *recurrent: Tensor) -> Tensor:
    """The output of a cell after the last step, (N, H), from x (N, T, F); its state begins as 0.

    w (F, G H), b (G H,) and the weights that the equation's step takes, of G gates. For the simple
    cell: h = tanh(x_t w + b + h u), step after step.
    """
    z = tf.transpose(x @ w + b, [1, 0, 2])  # (T, N, G H): a scan goes over the first axis
    nothing = tuple(tf.zeros([x.shape[0], n]) for n in cell.sizes(recurrent[0].shape[0]))

    def step(state: tuple[Tensor, ...], z_t: Tensor) -> tuple[Tensor, ...]:
        return tuple(cell.step(tf, z_t, state, *recurrent)[1])

    outputs, *_ = tf.scan(step, z, initializer=nothing)  # (T, N, H)
    return outputs[-1]


class Differences(NamedTuple):
    """The largest ones, of what should be the same."""

    outputs: float
    gradients: float


def differences(
    cell: str, units: int, x: Tensor, y: Tensor, classes: int, seed: int = 0
) -> Differences:
    """How far the scan and the built-in layer of ``cell`` differ with the same weights.

    On images x (N, T, F) of ``classes`` y (N,): in the logits, and in the gradients of their mean
    cross-entropy with respect to every weight.
    """
    random = np.random.default_rng(seed)
    layer = CELLS[cell].layer(units)
    layer.build(x.shape)
    layer.set_weights(
        [random.normal(0, weight.shape[0] ** -0.5, weight.shape) for weight in layer.get_weights()]
    )
    head = keras.Variable(random.normal(0, units**-0.5, (units, classes)), dtype="float32")
    weights = [variable.value for variable in (head, *layer.trainable_variables)]
    inner, results = layer.cell, []
    for scanned in (True, False):
        with tf.GradientTape() as tape:
            mine = map(tf.convert_to_tensor, recurrent_weights(inner))
            read = (
                last_output(CELLS[cell], x, inner.kernel.value, inner.bias.value, *mine)
                if scanned
                else layer(x)
            )
            logits = read @ head.value
            errors = tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)
            loss = tf.reduce_mean(errors)
        results.append((logits, tape.gradient(loss, weights)))
    (scan, down), (built_in, up) = results
    return Differences(
        float(tf.reduce_max(abs(scan - built_in))),
        max(float(tf.reduce_max(abs(a - b))) for a, b in zip(down, up, strict=True)),
    )
