"""The gradient along time against plain autodiff: the same of everything that can be learned."""

import numpy as np
import pytest

from melodyrnn.models.backend import tf
from melodyrnn.models.recurrent.cells import CELLS
from melodyrnn.models.recurrent.unrolling import Recurrence

STEPS, FEATURES = 5, 3


def plainly(step, x, kernel, bias, state, weights, resets):
    """As `Recurrence.along`, without a gradient of its own."""
    outputs = []
    for t, z_t in enumerate(tf.unstack(tf.tensordot(x, kernel, 1) + bias)):
        h, state = step(tf, z_t, [s * resets[t] for s in state], *weights)
        outputs.append(h)
    return tf.stack(outputs), list(state)


def parts(cell, units, lanes, seed=0):
    """x, kernel, bias, state and weights, all random; then resets, and what is wanted."""
    random = np.random.default_rng(seed)

    def drawn(*shape):
        return tf.constant(random.normal(0, 0.5, shape) / np.sqrt(shape[0]), tf.float32)

    gates = {"rnn": 1, "gru": 3, "coupled": 3}.get(cell, 4) * units
    row = CELLS[cell]
    x, kernel, bias = drawn(STEPS, lanes, FEATURES), drawn(FEATURES, gates), drawn(gates)
    state = [drawn(lanes, size) for size in row.sizes(units)]
    square, vector = (units, units), (units,)
    others = {
        "peephole": [vector] * 3,
        "peephole-full": [square] * 3,
        "attention": [(units, gates), square, square, vector, square, square, vector, square],
    }
    weights = row.recurrent(drawn(units, gates))
    weights += [drawn(*shape) for shape in others.get(cell, [])]
    keep = random.random((STEPS, lanes, 1)) < 0.7
    resets = tf.unstack(tf.constant(keep, tf.float32))
    return (x, kernel, bias, *state), weights, resets, drawn(units)


def gradients(cell, parts, ours, compiled):
    inputs, weights, resets, wanted = parts
    step = CELLS[cell].step

    def found(inputs, weights):
        x, kernel, bias, *state = inputs
        with tf.GradientTape() as tape:
            tape.watch([inputs, weights])
            if ours:
                layer = Recurrence(step, kernel, bias, weights, x.shape[1])
                outputs, after = layer.along(x, state, resets)
            else:
                outputs, after = plainly(step, x, kernel, bias, state, weights, resets)
            # All that comes out counts: every output, and the state after the last.
            loss = tf.reduce_sum(outputs * wanted) + sum(tf.reduce_sum(s * s) for s in after)
        return loss, tape.gradient(loss, [*inputs, *weights])

    loss, slopes = (tf.function(found) if compiled else found)(inputs, weights)
    return float(loss), slopes


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(
    ("cell", "units", "lanes"),
    # Few lanes, which need no gradient of their own, and many.
    [*((cell, 6, lanes) for cell in CELLS for lanes in (2, 16)), ("lstm", 128, 17)],
)
def test_gradients_are_those_of_autodiff(cell, units, lanes, compiled):
    made = parts(cell, units, lanes)
    loss, slopes = gradients(cell, made, True, compiled)
    expected_loss, expected = gradients(cell, made, False, compiled)
    # Its parts are of both signs: what is left of them may be much smaller than they are.
    assert loss == pytest.approx(expected_loss, rel=1e-6, abs=1e-6)
    for ours, theirs in zip(slopes, expected, strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, atol=1e-5 * float(tf.reduce_max(abs(theirs))))
