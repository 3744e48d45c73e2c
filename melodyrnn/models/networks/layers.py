"""Symbols that have parts, such as a pitch and a duration: learned by their parts.

What is learned of a frequent part then helps with the rare symbols that have it. ``ids`` (V, A)
says which kind of each of its A parts a symbol has; the network does not know that a part is a
pitch.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from melodyrnn.models.backend import keras, tf
from melodyrnn.models.types import Tensor
from melodyrnn.sequences.vocabulary import Indices

Ids: TypeAlias = Sequence[Sequence[int]] | Indices
Shape: TypeAlias = Sequence[int]


class _Factored(keras.layers.Layer):  # type: ignore[misc]  # keras ships no types
    def __init__(self, ids: Ids, **options: Any) -> None:
        super().__init__(**options)
        self.ids = np.asarray(ids, dtype=np.int32)
        self.kinds = (self.ids.max(axis=0) + 1).tolist()

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "ids": self.ids.tolist()}


@keras.saving.register_keras_serializable("melodyrnn")
class FactoredEmbedding(_Factored):
    """Symbols -> the learned vectors of their parts, side by side: (...) -> (..., A W)."""

    def __init__(self, ids: Ids, width: int, seed: int | None = None, **options: Any) -> None:
        super().__init__(ids, **options)
        self.width = width
        self.initializer = keras.initializers.RandomUniform(seed=seed)

    def build(self, input_shape: Shape) -> None:
        # One table for all kinds of all parts, so that there is one lookup a part.
        self.table = self.add_weight(
            shape=(sum(self.kinds), self.width), initializer=self.initializer, name="table"
        )

    def call(self, symbols: Tensor) -> Tensor:
        first = np.cumsum([0, *self.kinds[:-1]])
        rows = tf.gather(self.ids + first, symbols)  # (..., A)
        vectors = tf.gather(self.table, tf.cast(rows, tf.int32))  # (..., A, W)
        shape = tf.concat([tf.shape(symbols), [self.ids.shape[1] * self.width]], 0)
        return tf.reshape(vectors, shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape, self.ids.shape[1] * self.width)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "width": self.width}


MARK_WIDTH = 8
"""The width of the learned vectors of a column that is no symbol."""


@keras.saving.register_keras_serializable("melodyrnn")
class LookbackEmbedding(FactoredEmbedding):
    """Symbols with columns beside them (``models.bar_columns``) -> the learned vectors of all, side
    by side: (..., F) -> (..., S A W + C 8), for S columns of symbols and C = ``columns`` others.
    """

    def __init__(
        self,
        ids: Ids,
        columns: Sequence[int],
        width: int,
        seed: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(ids, width, seed, **options)
        self.columns = list(columns)

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        self.marks = self.add_weight(
            shape=(sum(self.columns), MARK_WIDTH), initializer=self.initializer, name="marks"
        )

    def call(self, rows: Tensor) -> Tensor:
        others = len(self.columns)
        offsets = tf.constant(np.cumsum([0, *self.columns[:-1]]), rows.dtype)
        marks = tf.gather(self.marks, rows[..., -others:] + offsets)  # (..., C, 8)
        seen = [super().call(rows[..., :-others]), marks]  # (..., S, A W) and that
        before = tf.shape(rows)[:-1]
        return tf.concat(
            [tf.reshape(s, tf.concat([before, [s.shape[-2] * s.shape[-1]]], 0)) for s in seen], -1
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        *before, columns = input_shape
        symbols = (columns - len(self.columns)) * self.ids.shape[1] * self.width
        return (*before, symbols + len(self.columns) * MARK_WIDTH)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "columns": self.columns}


@keras.saving.register_keras_serializable("melodyrnn")
class FactoredLogits(_Factored):
    """A symbol's logit is the sum of those of its parts: (..., H) -> (..., V)."""

    def __init__(self, ids: Ids, seed: int | None = None, **options: Any) -> None:
        super().__init__(ids, **options)
        self.initializer = keras.initializers.GlorotUniform(seed=seed)

    def build(self, input_shape: Shape) -> None:
        total = sum(self.kinds)
        self.kernel = self.add_weight(
            shape=(input_shape[-1], total), initializer=self.initializer, name="kernel"
        )
        self.bias = self.add_weight(shape=(total,), initializer="zeros", name="bias")

    def call(self, h: Tensor) -> Tensor:
        logits = tf.tensordot(h, self.kernel, 1) + self.bias  # of all kinds of all parts
        rows = self.ids + np.cumsum([0, *self.kinds[:-1]])
        return sum(tf.gather(logits, rows[:, part], axis=-1) for part in range(rows.shape[1]))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], len(self.ids))
