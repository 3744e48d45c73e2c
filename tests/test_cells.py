"""Each cell against its equations written out in NumPy, double precision: forward and gradient."""

import numpy as np
import pytest

from melodyrnn.models.backend import keras, tf
from melodyrnn.models.recurrent.cells import CELLS
from melodyrnn.models.recurrent.keras_cells import recurrent_weights, step_of

FEATURES, UNITS, BATCH = 3, 4, 2


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def rnn(x, state, w, u, b):
    (h,) = state
    return (np.tanh(x @ w + h @ u + b),)


def lstm(x, state, w, u, b):
    h, c = state
    i, f, g, o = np.split(x @ w + h @ u + b, 4, axis=-1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru(x, state, w, u, b):
    (h,) = state
    (wz, wr, wh), (uz, ur, uh), (bz, br, bh) = (np.split(part, 3, axis=-1) for part in (w, u, b))
    z, r = sigmoid(x @ wz + h @ uz + bz), sigmoid(x @ wr + h @ ur + br)
    return (z * h + (1 - z) * np.tanh(x @ wh + (r * h) @ uh + bh),)


def peephole(x, state, w, u, b, pi, pf, po):
    h, c = state
    look = (lambda p, c: c * p) if pi.ndim == 1 else (lambda p, c: c @ p)
    i, f, g, o = np.split(x @ w + h @ u + b, 4, axis=-1)
    i, f = sigmoid(i + look(pi, c)), sigmoid(f + look(pf, c))
    c = f * c + i * np.tanh(g)
    return sigmoid(o + look(po, c)) * np.tanh(c), c


def coupled(x, state, w, u, b):
    h, c = state
    f, g, o = np.split(x @ w + h @ u + b, 3, axis=-1)
    f = sigmoid(f)
    c = f * c + (1 - f) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def attention(x, state, w, u, b, fed, ask_h, ask_c, score, out_h, out_a, out_b, key):
    """Waite (2016), the outputs and what was asked of them one by one."""
    h, c, attended, outputs, keys = state
    h, c = lstm(x, (h, c), w, u, b + attended @ fed)
    past, attended = outputs.reshape(len(x), 40, UNITS), np.zeros_like(h)
    for song in range(len(x)):
        s = [score @ np.tanh(y @ key + h[song] @ ask_h + c[song] @ ask_c) for y in past[song]]
        weights = np.exp(s) / np.exp(s).sum()
        attended[song] = sum(weight * y for weight, y in zip(weights, past[song], strict=True))
    y = np.concatenate([h, attended], -1) @ np.concatenate([out_h, out_a]) + out_b
    outputs, keys = (
        np.concatenate([row[:, UNITS:], last], -1) for row, last in ((outputs, y), (keys, y @ key))
    )
    return y, h, c, attended, outputs, keys


STATES = {
    "rnn": [1],
    "lstm": [1, 1],
    "gru": [1],
    "peephole": [1, 1],
    "peephole-full": [1, 1],
    "coupled": [1, 1],
    "attention": [1, 1, 1, 40, 40],
}
"""Cell -> the widths of what it carries, in units."""

EQUATIONS = {
    "rnn": rnn,
    "lstm": lstm,
    "gru": gru,
    "peephole": peephole,
    "peephole-full": peephole,
    "coupled": coupled,
    "attention": attention,
}
"""Cell -> (x, state, weights) -> the state after it, whose first part is the output; of attention,
the output before the state.
"""


def zeros(name, count):
    return tuple(np.zeros((count, UNITS * width)) for width in STATES[name])


def by_hand(name, x, mask, weights):
    """Every output and the last state; a step that the mask leaves out changes nothing."""
    state = zeros(name, len(x))
    output, outputs = np.zeros((len(x), UNITS)), []
    for t in range(x.shape[1]):
        counts = mask[:, t, None]
        produced, *after = EQUATIONS[name](x[:, t], state, *weights)
        after = after if name == "attention" else [produced, *after]
        state = tuple(np.where(counts, new, old) for new, old in zip(after, state, strict=True))
        output = np.where(counts, produced, output)
        outputs.append(output)
    return np.stack(outputs, 1), state


def layer_of(name, **options):
    """A layer with random weights, peepholes and biases too."""
    layer = CELLS[name].layer(UNITS, return_sequences=True, **options)
    layer.build((BATCH, None, FEATURES))
    random = np.random.default_rng(5)
    layer.set_weights([random.normal(0, 0.5, w.shape) for w in layer.get_weights()])
    return layer


def inputs(steps, masked):
    random = np.random.default_rng(steps)
    x = random.normal(size=(BATCH, steps, FEATURES))
    mask = random.random((BATCH, steps)) < 0.6 if masked else np.ones((BATCH, steps), bool)
    return x, mask


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("steps", [1, 20])
@pytest.mark.parametrize("name", CELLS)
def test_a_layer_is_its_equations(name, steps, masked):
    x, mask = inputs(steps, masked)
    layer = layer_of(name, return_state=True)
    outputs, *state = layer(tf.constant(x, tf.float32), mask=tf.constant(mask))
    weights = [np.asarray(w, dtype=np.float64) for w in layer.get_weights()]
    expected, after = by_hand(name, x, mask, weights)
    counts = mask[..., None]  # what a layer gives where the mask leaves out is nobody's business
    np.testing.assert_allclose(outputs * counts, expected * counts, atol=1e-5)
    for ours, theirs in zip(state, after, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("steps", [1, 20])
@pytest.mark.parametrize("name", CELLS)
def test_the_gradient_is_that_of_the_equations(name, steps, masked):
    x, mask = inputs(steps, masked)
    layer = layer_of(name)
    wanted = np.random.default_rng(1).normal(size=(BATCH, steps, UNITS)) * mask[..., None]
    with tf.GradientTape() as tape:
        outputs = layer(tf.constant(x, tf.float32), mask=tf.constant(mask))
        loss = tf.reduce_sum(outputs * tf.constant(wanted, tf.float32))
    gradients = tape.gradient(loss, layer.trainable_weights)
    weights = [np.asarray(w, dtype=np.float64) for w in layer.get_weights()]

    def loss_by_hand(place, change):
        moved = [w + change if n == place else w for n, w in enumerate(weights)]
        return (by_hand(name, x, mask, moved)[0] * wanted).sum()

    random = np.random.default_rng(2)
    for place, gradient in enumerate(gradients):  # along a random direction for each weight
        gradient = 0.0 if gradient is None else gradient  # of a key that no later step asks for
        direction = random.normal(size=weights[place].shape)
        direction /= np.linalg.norm(direction)
        ahead, behind = (loss_by_hand(place, step * direction) for step in (1e-5, -1e-5))
        slope = float((np.asarray(gradient) * direction).sum())
        assert slope == pytest.approx((ahead - behind) / 2e-5, abs=1e-5, rel=1e-4)


@pytest.mark.parametrize("name", CELLS)
def test_the_equation_runs_on_arrays_as_on_tensors(name):
    class Math:
        sigmoid, tanh, split = map(staticmethod, (sigmoid, np.tanh, np.split))
        exp, concat = map(staticmethod, (np.exp, np.concatenate))
        reshape, einsum = map(staticmethod, (np.reshape, np.einsum))

    layer = layer_of(name)
    x, mask = inputs(20, False)
    state = zeros(name, BATCH)
    kernel, bias = np.asarray(layer.cell.kernel), np.asarray(layer.cell.bias)
    weights = [np.asarray(w) for w in recurrent_weights(layer.cell)]
    for t in range(20):
        h, state = step_of(layer.cell)(Math, x[:, t] @ kernel + bias, state, *weights)
    expected, _ = by_hand(name, x, mask, [np.asarray(w) for w in layer.get_weights()])
    np.testing.assert_allclose(h, expected[:, -1], atol=1e-6)


def same_weights(layer, *, peepholes):
    weights = layer_of("lstm").get_weights()
    layer.set_weights([*weights, *peepholes])
    return layer


def test_without_peepholes_it_is_the_lstm():
    x = tf.constant(inputs(20, False)[0], tf.float32)
    expected = layer_of("lstm")(x)
    shut = same_weights(layer_of("peephole"), peepholes=[np.zeros(UNITS)] * 3)
    np.testing.assert_allclose(shut(x), expected, atol=1e-6)


def test_full_peepholes_on_the_diagonal_are_the_diagonal_ones():
    x = tf.constant(inputs(20, False)[0], tf.float32)
    peeps = np.random.default_rng(3).normal(size=(3, UNITS))
    one = same_weights(layer_of("peephole"), peepholes=list(peeps))
    full = same_weights(layer_of("peephole-full"), peepholes=[np.diag(p) for p in peeps])
    np.testing.assert_allclose(full(x), one(x), atol=1e-6)
    loose = same_weights(layer_of("peephole-full"), peepholes=[np.ones((UNITS, UNITS))] * 3)
    assert not np.allclose(loose(x), one(x), atol=1e-3)


@pytest.mark.parametrize("name", CELLS)
def test_a_model_of_it_is_saved_and_loaded(name, tmp_path):
    model = keras.Sequential([keras.Input((None, FEATURES)), layer_of(name)])
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")  # in safe mode
    x = inputs(5, False)[0].astype(np.float32)
    np.testing.assert_allclose(loaded(x), model(x), atol=1e-6)


@pytest.mark.parametrize("name", CELLS)
def test_it_runs_both_ways(name):
    x = tf.constant(inputs(6, False)[0], tf.float32)
    both = keras.layers.Bidirectional(layer_of(name))
    outputs = np.asarray(both(x))
    ahead, back = outputs[..., :UNITS], outputs[..., UNITS:]
    forward, backward = both.forward_layer, both.backward_layer
    np.testing.assert_allclose(ahead, forward(x), atol=1e-6)
    np.testing.assert_allclose(back, np.asarray(backward(x))[:, ::-1], atol=1e-6)


@pytest.mark.parametrize("name", CELLS)
def test_a_stateful_layer_goes_on_where_it_stopped(name):
    x = tf.constant(inputs(8, False)[0], tf.float32)
    layer = layer_of(name, stateful=True)
    whole = np.asarray(layer_of(name)(x))
    parts = [np.asarray(layer(x[:, :4])), np.asarray(layer(x[:, 4:]))]
    np.testing.assert_allclose(np.concatenate(parts, 1), whole, atol=1e-6)
    layer.reset_state()
    np.testing.assert_allclose(layer(x[:, :4]), whole[:, :4], atol=1e-6)


def test_a_new_cell_remembers_and_is_an_lstm():
    layer = CELLS["peephole"].layer(UNITS)
    layer.build((1, 1, FEATURES))
    assert np.asarray(layer.cell.bias).tolist() == [0.0] * 4 + [1.0] * 4 + [0.0] * 8
    assert not any(np.asarray(p).any() for p in layer.cell.others)
    layer = CELLS["coupled"].layer(UNITS)
    layer.build((1, 1, FEATURES))
    assert np.asarray(layer.cell.bias).tolist() == [1.0] * 4 + [0.0] * 8
