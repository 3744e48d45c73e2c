"""A recurrent layer along time, with a gradient that takes half as long as the plain one.

Autodiff alone would make a gradient of the recurrent weights at every step, and add them all up.
Here each step leaves what it multiplied by the weights, and what came back for the product; their
gradient is one product over all steps. So it is for every cell, from its one equation.

The other half is where numbers lie in memory. A product reads its right factor down the columns,
and where rows are 2 or 4 kB apart, as those of four gates of 128 or 256 units are, all of a column
falls on the same few lines of the cache: such a product takes twice as long. So right factors are
given some columns more. (That also keeps TensorFlow from folding a transposition into the product,
which would take three times as long.)
"""

from collections.abc import Callable, Sequence

from melodyrnn.models.backend import tf
from melodyrnn.models.recurrent.equations import State
from melodyrnn.models.types import Tensor

_MORE = 16  # columns: a width becomes an odd multiple of it
_MANY = 16  # lanes: for fewer, a copy of a factor costs more than it saves


class Recurrence:
    """A recurrent layer with the weights that it has now, for batches of ``lanes`` sequences."""

    def __init__(
        self,
        step: Callable[..., tuple[Tensor, State]],
        kernel: Tensor,
        bias: Tensor,
        weights: Sequence[Tensor],
        lanes: int,
    ) -> None:
        """``step`` is an equation of ``equations``, which takes ``weights`` after the state."""
        self._step = step
        self._weights = [tf.convert_to_tensor(w) for w in (kernel, bias, *weights)]
        self._many = lanes >= _MANY
        # Of each matrix, the right factors ahead and back, once for all calls. The kernel sees many
        # steps at once, and needs no more columns ahead.
        self._factors = [
            (w if place == 0 else _spread(w), _spread(tf.transpose(w)))
            for place, w in enumerate(self._weights)
            if self._many and len(w.shape) == 2
        ]

    def along(
        self, x: Tensor, state: Sequence[Tensor], resets: Sequence[Tensor] | None = None
    ) -> tuple[Tensor, list[Tensor]]:
        """Step by step: x (T, B, F) and the state before -> outputs (T, B, H), the state after.

        ``resets``, T times (B, 1), are 0 where the state is reset before a step, 1 elsewhere.
        """
        if not self._many:
            outputs, *after = self._steps(x, state, resets, self._weights)
            return outputs, after

        @tf.custom_gradient  # type: ignore[untyped-decorator]
        def run(x: Tensor, state: list[Tensor], weights: list[Tensor]) -> Tensor:
            factors = iter(self._factors)
            seen = [_Matrix(w.shape, *next(factors)) if len(w.shape) == 2 else w for w in weights]
            matrices = {n: w for n, w in enumerate(seen) if isinstance(w, _Matrix)}
            plain = {n: w for n, w in enumerate(seen) if n not in matrices}  # vectors
            with tf.GradientTape() as tape:
                tape.watch([x, state, plain])
                results = self._steps(x, state, resets, seen)

            def gradient(*of_results: Tensor) -> Tensor:
                of_x, of_state, of_plain = tape.gradient(
                    results, [x, state, plain], output_gradients=list(of_results)
                )
                of_weights = of_plain | {n: matrix.gradient() for n, matrix in matrices.items()}
                return of_x, of_state, [of_weights[n] for n in range(len(weights))]

            return results, gradient

        outputs, *after = run(x, list(state), self._weights)
        return outputs, after

    def _steps(
        self,
        x: Tensor,
        state: Sequence[Tensor],
        resets: Sequence[Tensor] | None,
        weights: Sequence[Tensor],
    ) -> list[Tensor]:
        """The outputs, and the arrays of the state after them."""
        kernel, bias, *recurrent = weights
        steps, _, width = x.shape
        outputs = []
        z = tf.reshape(x, [-1, width]) @ kernel + bias  # one product for all steps
        for t, z_t in enumerate(tf.split(z, steps)):  # (B, G H)
            if resets is not None:
                state = [s * resets[t] for s in state]
            h, state = self._step(tf, z_t, state, *recurrent)
            outputs.append(h)  # (B, H)
        return [tf.stack(outputs), *state]


class _Matrix:
    """Weights (K, N), such that an equation may write ``h @ weights``."""

    def __init__(self, shape: Sequence[int], ahead: Tensor, back: Tensor) -> None:
        self.shape = shape
        self._ahead, self._back = ahead, back
        self._products: list[tuple[Tensor, Tensor]] = []  # left factor, gradient of the product

    def __rmatmul__(self, rows: Tensor) -> Tensor:
        @tf.custom_gradient  # type: ignore[untyped-decorator]
        def product(rows: Tensor) -> Tensor:
            def gradient(of_product: Tensor) -> Tensor:
                self._products.append((rows, of_product))
                return (of_product @ self._back)[:, : self.shape[0]]

            return (rows @ self._ahead)[:, : self.shape[1]], gradient

        return product(rows)

    def gradient(self) -> Tensor:
        """Of the weights, once that of each product is known."""
        rows, of_products = (tf.concat(part, 0) for part in zip(*self._products, strict=True))
        # Where ``along`` is called as a program, gradients come back without their shapes.
        of_products = tf.ensure_shape(of_products, [rows.shape[0], self.shape[1]])
        return tf.matmul(rows, _spread(of_products), transpose_a=True)[:, : self.shape[1]]


def _spread(matrix: Tensor) -> Tensor:
    """(K, N) with more columns, as the right factor of a product."""
    height, width = matrix.shape
    return tf.concat([matrix, tf.zeros([height, _MORE + -width % (2 * _MORE)])], 1)
