"""What networks over events have in common: how events enter, and the layer that reads them.

Of each event factors and the last token enter as learned vectors, side by side x_t, and one
recurrent layer reads them, h_t = LSTM(x_1 … x_t). What is predicted from (h_t, x_t) is for the
subclasses to say.

In training, inputs and outputs of the layer are dropped out by masks that stay the same along a
sequence (Gal and Ghahramani 2016), and recurrent weights by a mask a step (Merity et al. 2018).
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from melodyrnn.models.backend import tf
from melodyrnn.models.recurrent import equations
from melodyrnn.models.recurrent.unrolling import Recurrence
from melodyrnn.models.types import Among, Floats, Tensor, Weights
from melodyrnn.sequences.events import NO_TOKEN

TOKEN_WIDTH, FACTOR_WIDTH = 24, 8
"""Widths of the learned vectors of the last token and of each factor."""

REACH = 24
"""How far from the last token a layer by distance distinguishes tokens; beyond it adds nothing."""

MOST_UNROLLED = 128
"""Events: longer sequences run in a loop, slower but sooner compiled."""

SMALL, PLAIN = 0.1, 0.05
"""Standard deviations of first weights: of learned vectors, and of what makes logits."""

_GATES = 4

Shapes = Mapping[str, tuple[tuple[int, ...], float]]
"""Name -> shape, and the standard deviation of the first weights: 0 is for biases."""


class ReaderConfig(Protocol):
    """The part of a configuration that concerns the layer."""

    @property
    def units(self) -> int: ...
    @property
    def input_dropout(self) -> float: ...
    @property
    def dropout(self) -> float: ...
    @property
    def recurrent_dropout(self) -> float: ...


def reader_settings(config: ReaderConfig) -> tuple[float, ...]:
    """All of a configuration that shapes the graph of a reader."""
    return config.units, config.input_dropout, config.dropout, config.recurrent_dropout


class EventReader:
    """The weights, and what enters and is read. Call ``start`` or ``load`` first."""

    def __init__(
        self, tokens: int, factors: Sequence[int], config: ReaderConfig, others: Shapes
    ) -> None:
        """``tokens``: how many there are on the scale of the last one; ``factors``: how many
        categories each has; ``others``: the weights of what predicts.
        """
        self.config, self._factors = config, tuple(factors)
        units, entering = config.units, entering_width(factors)
        shapes: Shapes = {
            # The first row is for no token before.
            "last": ((tokens + 1, TOKEN_WIDTH), SMALL),
            "factors": ((sum(factors), FACTOR_WIDTH), SMALL),
            "kernel": ((entering, _GATES * units), entering**-0.5),
            "recurrent_kernel": ((units, _GATES * units), units**-0.5),
            "bias": ((_GATES * units,), 0.0),
            **others,
        }
        self._spread = [spread for _, spread in shapes.values()]
        self.weights = {
            name: tf.Variable(tf.zeros(shape), name=name) for name, (shape, _) in shapes.items()
        }
        self._offsets = offsets(factors)

    def start(self, seed: int) -> None:
        """Draw the first weights."""
        random = np.random.default_rng(seed)
        drawn = [
            random.normal(0.0, spread, variable.shape).astype(np.float32)
            for variable, spread in zip(self.weights.values(), self._spread, strict=True)
        ]
        self.load(drawn)
        forget = np.repeat([0.0, 1.0, 0.0, 0.0], self.config.units)  # so that a new cell remembers
        self.weights["bias"].assign(forget)

    def load(self, weights: Weights) -> None:
        for variable, values in zip(self.weights.values(), weights, strict=True):
            variable.assign(values)

    def copy(self) -> Weights:
        """What ``load`` takes."""
        return [variable.numpy() for variable in self.weights.values()]

    def named(self) -> dict[str, Floats]:
        """The same by their names."""
        return dict(zip(self.weights, self.copy(), strict=True))

    def _read(self, last: Tensor, factors: Tensor, random: "Random | None") -> tuple[Tensor, ...]:
        """Last tokens (N, L) and factors (N, L, F) -> h (N, L, H) and x (N, L, E).

        ``random`` is given in training, and drops out.
        """
        x = self._entering(last, factors)
        if random:
            x = random.drop(x, self.config.input_dropout, along=True)
        h = self._recurrent(x, random)
        if random:
            h = random.drop(h, self.config.dropout, along=True)
        return h, x

    def _entering(self, last: Tensor, factors: Tensor) -> Tensor:
        vectors = tf.gather(self.weights["last"], last - NO_TOKEN)
        return tf.concat([vectors, self._vectors("factors", factors, self._offsets)], -1)

    def _vectors(self, name: str, categories: Tensor, offsets: Tensor) -> Tensor:
        """The learned vectors of categories (N, L, F), side by side: (N, L, F W)."""
        vectors = tf.gather(self.weights[name], categories + offsets)
        shape = tf.shape(categories)
        return tf.reshape(vectors, [shape[0], shape[1], len(offsets) * FACTOR_WIDTH])

    def _recurrent(self, x: Tensor, random: "Random | None") -> Tensor:
        """(N, L, E) -> (N, L, H)."""
        w = self.weights
        u = w["recurrent_kernel"]
        if random:
            u = random.drop(u, self.config.recurrent_dropout)
        lanes, steps, _ = x.shape
        state: tuple[Tensor, ...] = (tf.zeros([lanes, self.config.units]),) * 2
        x = tf.transpose(x, [1, 0, 2])  # (L, N, E)
        if steps > MOST_UNROLLED:
            # Not as one product of three axes: its gradient would have the kernel once a step.
            z = tf.reshape(x, [-1, x.shape[-1]]) @ w["kernel"] + w["bias"]
            z = tf.reshape(z, [steps, lanes, -1])
            h, _ = tf.scan(lambda before, step: equations.lstm(tf, step, before, u)[1], z, state)
        else:
            layer = Recurrence(equations.lstm, w["kernel"], w["bias"], [u], lanes)
            h, _ = layer.along(x, state)
        return tf.transpose(h, [1, 0, 2])


class Random:
    """Masks drawn from a seed and a step: the same two, the same masks."""

    def __init__(self, seed: Tensor, step: Tensor, among: Among | None = None) -> None:
        """``among``: which sequences these are, where they are a part of those of a step."""
        self.seed, self.step, self.drawn = seed, step, 0
        self.among = among

    def drop(self, x: Tensor, rate: float, along: bool = False) -> Tensor:
        """``x`` with a part of it 0 and the rest the larger; ``along``: the same at all steps."""
        self.drawn += 1
        if not rate:
            return x
        shape = tf.shape(x)
        if along:
            shape = tf.stack([self.among.of if self.among else shape[0], 1, shape[2]])
        seeds = tf.stack([self.seed, self.step * 8 + self.drawn])
        kept = tf.random.stateless_uniform(shape, seeds) >= rate
        if along and self.among:
            kept = kept[self.among.rows]
        return x * tf.cast(kept, tf.float32) / (1.0 - rate)


def entering_width(factors: Sequence[int]) -> int:
    """E, of what enters the layer."""
    return TOKEN_WIDTH + FACTOR_WIDTH * len(factors)


def offsets(factors: Sequence[int]) -> Tensor:
    """All factors share one table of vectors; where the part of each begins, (F,)."""
    return np.cumsum([0, *factors[:-1]]).astype(np.int32)


def linear(x: Tensor, kernels: Sequence[Tensor], bias: Tensor) -> list[Tensor]:
    """``x`` (N, L, D) through several layers, as one product of two matrices, for many small ones
    take twice as long.
    """
    logits = tf.reshape(x, [-1, x.shape[-1]]) @ tf.concat(list(kernels), -1) + bias
    widths = [kernel.shape[-1] for kernel in kernels]
    return list(tf.split(tf.reshape(logits, [*x.shape[:-1], -1]), widths, -1))


def by_distance(logits: Tensor, last: Tensor, tokens: int) -> Tensor:
    """Logits by distance from ``last``, (N, L, 2 R + 1), -> of each token, (N, L, V)."""
    distance = tf.range(tokens) - last[:, :, None]  # (N, L, V)
    near = (tf.abs(distance) <= REACH) & (last[:, :, None] != NO_TOKEN)
    place = tf.clip_by_value(distance + REACH, 0, 2 * REACH)
    return tf.where(near, tf.gather(logits, place, batch_dims=2), 0.0)


def by_candidate(weights: Tensor, candidates: Tensor, tokens: int) -> Tensor:
    """A pointer's logits: the weights of candidates, (N, L, G), on the tokens that they name,
    (N, L, V); 0 on all others.
    """
    named = tf.one_hot(candidates, tokens)  # (N, L, G, V), 0 where there is none
    return tf.reduce_sum(named * weights[..., None], -2)
