"""Compiled programs, whose loops are written out as what they are.

AutoGraph, by which TensorFlow makes loops of Python's own, first reads and rewrites the source of
every function that a program calls, Keras's among them. That takes as long as compiling.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from melodyrnn.models.backend import tf

program = partial(tf.function, autograph=False)
"""Makes one of a function of tensors; used as ``tf.function`` is."""


def repeat(times: Any, do: Callable[..., Any], *values: Any) -> Any:
    """In a program, ``values = do(k, *values)`` for each k below ``times``; the last values.

    What is made in one turn is forgotten in the next, but for the values, which keep their shapes.
    """

    def turn(k: Any, values: Any) -> Any:
        return k + 1, tuple(do(k, *values))

    return tf.while_loop(lambda k, _: k < times, turn, (tf.constant(0), values))[1]


def collect(times: Any, room: int, do: Callable[[Any], tuple[Any, Any]]) -> tuple[Any, Any]:
    """In a program, the two numbers of ``do(k)`` for each k below ``times``, twice (room,); where
    ``times`` is less than ``room``, zeros follow.
    """

    def turn(k: Any, *rows: Any) -> list[Any]:
        pairs = zip(rows, do(k), strict=True)
        return [tf.tensor_scatter_nd_update(row, [[k]], [number]) for row, number in pairs]

    first, second = repeat(times, turn, tf.zeros(room), tf.zeros(room))
    return first, second
