"""Symbols that have parts, such as a pitch and a duration: learned by their parts.

A rare symbol whose parts are frequent is then no stranger. ``ids`` (V, A) says which kind of each
of its A parts a symbol has; that a part is a pitch is nothing the network knows.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from melodyrnn.networks.backend import keras, tf

Ids = npt.NDArray[np.int32]


def parts(features: npt.ArrayLike) -> Ids:
    """Attributes of each symbol, (V, A) -> the place of each among the distinct ones, (V, A)."""
    columns = np.asarray(features, dtype=np.float64).T
    return np.stack([np.unique(c, return_inverse=True)[1] for c in columns], 1).astype(np.int32)


class _Factored(keras.layers.Layer):  # type: ignore[misc]  # keras ships no types
    def __init__(self, ids: Sequence[Sequence[int]], **options: Any) -> None:
        super().__init__(**options)
        self.ids = np.asarray(ids, dtype=np.int32)
        self.kinds = (self.ids.max(axis=0) + 1).tolist()

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "ids": self.ids.tolist()}


@keras.saving.register_keras_serializable("melodyrnn")
class FactoredEmbedding(_Factored):
    """Symbols -> the learned vectors of their parts, side by side: (...) -> (..., A W)."""

    def __init__(self, ids: Any, width: int, seed: int | None = None, **options: Any) -> None:
        super().__init__(ids, **options)
        self.width = width
        self.initializer = keras.initializers.RandomUniform(seed=seed)

    def build(self, input_shape: Any) -> None:
        # One table for all kinds of all parts, so that there is one lookup a part.
        self.table = self.add_weight(
            shape=(sum(self.kinds), self.width), initializer=self.initializer, name="table"
        )

    def call(self, symbols: Any) -> Any:
        first = np.cumsum([0, *self.kinds[:-1]])
        rows = tf.gather(self.ids + first, symbols)  # (..., A)
        vectors = tf.gather(self.table, tf.cast(rows, tf.int32))  # (..., A, W)
        shape = tf.concat([tf.shape(symbols), [self.ids.shape[1] * self.width]], 0)
        return tf.reshape(vectors, shape)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape, self.ids.shape[1] * self.width)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "width": self.width}


@keras.saving.register_keras_serializable("melodyrnn")
class FactoredLogits(_Factored):
    """A symbol's logit is the sum of those of its parts: (..., H) -> (..., V)."""

    def __init__(self, ids: Any, seed: int | None = None, **options: Any) -> None:
        super().__init__(ids, **options)
        self.initializer = keras.initializers.GlorotUniform(seed=seed)

    def build(self, input_shape: Any) -> None:
        total = sum(self.kinds)
        self.kernel = self.add_weight(
            shape=(input_shape[-1], total), initializer=self.initializer, name="kernel"
        )
        self.bias = self.add_weight(shape=(total,), initializer="zeros", name="bias")

    def call(self, h: Any) -> Any:
        return sum_of_parts(tf, tf.tensordot(h, self.kernel, 1) + self.bias, self.ids, self.kinds)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[:-1], len(self.ids))


def sum_of_parts(math: Any, told: Any, ids: Ids, kinds: Sequence[int]) -> Any:
    """The logits of all kinds of all parts, (..., total) -> of the symbols, (..., V)."""
    first = np.cumsum([0, *kinds[:-1]])
    take = math.gather if hasattr(math, "gather") else math.take
    return sum(take(told, (ids + first)[:, part], axis=-1) for part in range(ids.shape[1]))
