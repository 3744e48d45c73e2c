"""A network over events: from their factors and pointer candidates it predicts the token of each.

Of each event the factors, the last token and the way to each candidate enter as learned vectors,
side by side x_t. One recurrent layer reads them, h_t = LSTM(x_1 … x_t), and with s_t = (h_t, x_t)
three linear layers make the logits, each token v having

    l_t(v) = a_v · s_t  +  b_{v - last} · s_t  +  Σ_g [v = candidate_g] c_g · s_t

that is: by where it stands on the scale, by how far it is from the last token, and by which
candidates name it. The last is a pointer into the past (Vinyals et al. 2015): the mixing weight of
each candidate is learned, which token it names need not be.

In training, inputs and outputs of the layer are dropped out by masks that stay the same along a
sequence (Gal and Ghahramani 2016), and recurrent weights by a mask a step (Merity et al. 2018).
"""

import numpy as np

from melodyrnn.models.backend import tf
from melodyrnn.models.config import EventConfig
from melodyrnn.models.recurrent import equations
from melodyrnn.models.recurrent.unrolling import Recurrence
from melodyrnn.models.types import Tensor, Weights
from melodyrnn.sequences.events import NO_TOKEN, Events, Layout

TOKEN_WIDTH, FACTOR_WIDTH = 24, 8
"""Widths of the learned vectors of the last token and of each factor."""

REACH = 24
"""How far from the last token the second layer distinguishes tokens; beyond it adds nothing."""

MOST_UNROLLED = 128
"""Events: longer sequences run in a loop, slower but sooner compiled."""

_GATES = 4


class EventNetwork:
    """The weights, and logits from them. Call ``start`` or ``load`` first."""

    def __init__(self, layout: Layout, config: EventConfig) -> None:
        self.layout, self.config = layout, config
        units = config.units
        entering = TOKEN_WIDTH + FACTOR_WIDTH * len(layout.factors)
        state = units + entering
        small, plain = 0.1, 0.05
        # Name -> shape, and the standard deviation of the first weights: 0 is for biases.
        shapes: dict[str, tuple[tuple[int, ...], float]] = {
            # The first row is for no token before.
            "last": ((layout.vocabulary_size + 1, TOKEN_WIDTH), small),
            "factors": ((sum(layout.factors), FACTOR_WIDTH), small),
            "kernel": ((entering, _GATES * units), entering**-0.5),
            "recurrent_kernel": ((units, _GATES * units), units**-0.5),
            "bias": ((_GATES * units,), 0.0),
            "by_token": ((state, layout.vocabulary_size), plain),
            "by_token_bias": ((layout.vocabulary_size,), 0.0),
            "by_distance": ((state, 2 * REACH + 1), plain),
            "by_candidate": ((state, layout.candidates), plain),
            "by_candidate_bias": ((layout.candidates,), 0.0),
        }
        self._spread = [spread for _, spread in shapes.values()]
        self.weights = {
            name: tf.Variable(tf.zeros(shape), name=name) for name, (shape, _) in shapes.items()
        }
        # All factors share one table of vectors, each has a part of it.
        self._offsets = np.cumsum([0, *layout.factors[:-1]]).astype(np.int32)

    def start(self, seed: int) -> None:
        """Draw the first weights."""
        random = np.random.default_rng(seed)
        drawn = [
            random.normal(0.0, spread, variable.shape).astype(np.float32)
            for variable, spread in zip(self.weights.values(), self._spread, strict=True)
        ]
        self.load(drawn)
        units = self.config.units
        forget = np.repeat([0.0, 1.0, 0.0, 0.0], units)  # so that a new cell remembers
        self.weights["bias"].assign(forget)

    def load(self, weights: Weights) -> None:
        for variable, values in zip(self.weights.values(), weights, strict=True):
            variable.assign(values)

    def copy(self) -> Weights:
        """What ``load`` takes."""
        return [variable.numpy() for variable in self.weights.values()]

    def logits(self, events: Events, random: "Random | None" = None) -> Tensor:
        """N padded sequences -> (N, L, V). ``random`` is given in training, and drops out."""
        x = self._entering(events)  # (N, L, E)
        if random:
            x = random.drop(x, self.config.input_dropout, along=True)
        h = self._read(x, random)  # (N, L, H)
        if random:
            h = random.drop(h, self.config.dropout, along=True)
        by_token, by_distance, weights = self._heads(tf.concat([h, x], -1))
        around = _around(by_distance, events.last, self.layout.vocabulary_size)
        # (N, L, G, V), 0 where there is none
        named = tf.one_hot(events.candidates, self.layout.vocabulary_size)
        by_candidate = tf.reduce_sum(named * weights[..., None], -2)
        return by_token + around + by_candidate

    def _heads(self, s: Tensor) -> list[Tensor]:
        """(N, L, H + E) -> by token (N, L, V), by distance (N, L, 2 R + 1), by candidate (N, L, G);
        as one product of two matrices, for many small ones take twice as long.
        """
        w = self.weights
        nothing = tf.zeros([2 * REACH + 1])
        kernel = tf.concat([w["by_token"], w["by_distance"], w["by_candidate"]], -1)
        bias = tf.concat([w["by_token_bias"], nothing, w["by_candidate_bias"]], -1)
        logits = tf.reshape(s, [-1, s.shape[-1]]) @ kernel + bias
        widths = [self.layout.vocabulary_size, 2 * REACH + 1, self.layout.candidates]
        return list(tf.split(tf.reshape(logits, [*s.shape[:-1], -1]), widths, -1))

    def _entering(self, events: Events) -> Tensor:
        last = tf.gather(self.weights["last"], events.last - NO_TOKEN)
        vectors = tf.gather(self.weights["factors"], events.factors + self._offsets)
        shape = tf.shape(events.targets)
        flat = tf.reshape(vectors, [shape[0], shape[1], FACTOR_WIDTH * len(self.layout.factors)])
        return tf.concat([last, flat], -1)

    def _read(self, x: Tensor, random: "Random | None") -> Tensor:
        """The recurrent layer: (N, L, E) -> (N, L, H)."""
        w = self.weights
        u = w["recurrent_kernel"]
        if random:
            u = random.drop(u, self.config.recurrent_dropout)
        lanes, steps, _ = x.shape
        state: tuple[Tensor, ...] = (tf.zeros([lanes, self.config.units]),) * 2
        x = tf.transpose(x, [1, 0, 2])  # (L, N, E)
        if steps > MOST_UNROLLED:
            z = tf.matmul(x, w["kernel"]) + w["bias"]
            h, _ = tf.scan(lambda before, step: equations.lstm(tf, step, before, u)[1], z, state)
        else:
            layer = Recurrence(equations.lstm, w["kernel"], w["bias"], [u], lanes)
            h, _ = layer.along(x, state)
        return tf.transpose(h, [1, 0, 2])


class Random:
    """Masks drawn from a seed and a step: the same two, the same masks."""

    def __init__(self, seed: Tensor, step: Tensor) -> None:
        self.seed, self.step, self.drawn = seed, step, 0

    def drop(self, x: Tensor, rate: float, along: bool = False) -> Tensor:
        """``x`` with a part of it 0 and the rest the larger; ``along``: the same at all steps."""
        self.drawn += 1
        if not rate:
            return x
        shape = tf.shape(x)
        if along:
            shape = tf.stack([shape[0], 1, shape[2]])
        seeds = tf.stack([self.seed, self.step * 8 + self.drawn])
        kept = tf.random.stateless_uniform(shape, seeds) >= rate
        return x * tf.cast(kept, tf.float32) / (1.0 - rate)


def _around(by_distance: Tensor, last: Tensor, vocabulary_size: int) -> Tensor:
    """Logits by distance from ``last``, (N, L, 2 R + 1), -> of each token, (N, L, V)."""
    distance = tf.range(vocabulary_size) - last[:, :, None]  # (N, L, V)
    near = (tf.abs(distance) <= REACH) & (last[:, :, None] != NO_TOKEN)
    place = tf.clip_by_value(distance + REACH, 0, 2 * REACH)
    return tf.where(near, tf.gather(by_distance, place, batch_dims=2), 0.0)
