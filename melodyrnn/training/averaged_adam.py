"""Adam, and the running average of the weights that it makes.

What is kept of a training is not the last weights but their average, which predicts unseen
sequences better and makes up for a learning rate that does not fall.
"""

from collections.abc import Sequence

from melodyrnn.models.backend import tf
from melodyrnn.models.types import Tensor, Weights
from melodyrnn.training.program import Carried

_WARM_UP = 20  # steps until the learning rate is whole
_MEMORY, _SQUARES, _TINY = 0.9, 0.99, 1e-8


class AveragedAdam:
    """The state of a training of ``variables``. Call ``restart`` before each."""

    def __init__(self, variables: Sequence[Tensor], clip: float | None) -> None:
        """``clip``: the longest gradient."""
        self.variables, self.clip = list(variables), clip
        self._average, self._means, self._squares = (
            [tf.Variable(tf.zeros_like(variable)) for variable in variables] for _ in range(3)
        )

    def restart(self) -> None:
        """Begin with the weights as they are now."""
        for average, now in zip(self._average, self.variables, strict=True):
            average.assign(now)
        for variable in (*self._means, *self._squares):
            variable.assign(tf.zeros_like(variable))

    def apply(self, gradients: Sequence[Tensor], rates: Tensor) -> None:
        """A step at ``rates``, in a program."""
        gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]
        if self.clip is not None:
            gradients, _ = tf.clip_by_global_norm(gradients, self.clip)
        rate, mean_scale, square_scale, kept = tf.unstack(rates)
        for variable, gradient, mean, square, average in zip(
            self.variables, gradients, self._means, self._squares, self._average, strict=True
        ):
            mean.assign(_MEMORY * mean + (1 - _MEMORY) * gradient)
            square.assign(_SQUARES * square + (1 - _SQUARES) * gradient**2)
            variable.assign_sub(rate * mean * mean_scale / (tf.sqrt(square * square_scale) + _TINY))
            average.assign(kept * average + (1 - kept) * variable)

    @property
    def state(self) -> list[Tensor]:
        """The variables that it trains, and its own."""
        return [variable for group in self._groups().values() for variable in group]

    def weights(self) -> Weights:
        """The running average of the weights."""
        return [average.numpy() for average in self._average]

    def carry(self) -> Carried:
        """What ``resume`` takes."""
        return {name: [v.numpy() for v in group] for name, group in self._groups().items()}

    def resume(self, carried: Carried) -> None:
        """Raises KeyError, ValueError where it does not fit."""
        for name, group in self._groups().items():
            for variable, value in zip(group, carried[name], strict=True):
                variable.assign(value)

    def _groups(self) -> dict[str, list[Tensor]]:
        return {
            "weights": self.variables,
            "average": self._average,
            "optimizer": [*self._means, *self._squares],
        }


def rates(step: int, learning_rate: float, averaging: float) -> Tensor:
    """Of a step, counted from 1: learning rate, scales of Adam's two averages, share that the
    weights' average keeps, at most ``averaging``.
    """
    rate = learning_rate * min(1.0, step / _WARM_UP)
    kept = min(averaging, (1 + step) / (10 + step))
    scales = 1 / (1 - _MEMORY**step), 1 / (1 - _SQUARES**step)
    return tf.constant((rate, *scales, kept), tf.float32)
