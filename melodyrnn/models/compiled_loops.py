"""Compiled programs, whose loops are written out as what they are.

AutoGraph, by which TensorFlow turns Python's loops into its own, first reads and rewrites the
source of every function that a program calls, Keras's among them. That takes as long as compiling.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from melodyrnn.models.backend import tf
from melodyrnn.models.types import Tensor

program = partial(tf.function, autograph=False)
"""Makes one of a function of tensors; used as ``tf.function`` is."""


def repeat(times: Tensor, do: Callable[..., tuple[Any, ...]], *values: Any) -> tuple[Any, ...]:
    """In a program, ``values = do(k, *values)`` for each k below ``times``; the last values.

    The values keep their shapes; all else that a turn makes is gone in the next.
    """

    def turn(k: Tensor, values: tuple[Any, ...]) -> tuple[Any, ...]:
        return k + 1, tuple(do(k, *values))

    return tuple(tf.while_loop(lambda k, _: k < times, turn, (tf.constant(0), values))[1])


def collect(
    times: Tensor, room: int, do: Callable[[Tensor], tuple[Tensor, Tensor]]
) -> tuple[Tensor, Tensor]:
    """In a program, the two numbers of ``do(k)`` for each k below ``times``, twice (room,); where
    ``times`` is less than ``room``, zeros follow.
    """

    def turn(k: Tensor, *rows: Tensor) -> tuple[Tensor, ...]:
        pairs = zip(rows, do(k), strict=True)
        return tuple(tf.tensor_scatter_nd_update(row, [[k]], [number]) for row, number in pairs)

    first, second = repeat(times, turn, tf.zeros(room), tf.zeros(room))
    return first, second
