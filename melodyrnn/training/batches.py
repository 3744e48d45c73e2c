"""Learning from whole sequences: blocks of epochs in one compiled program, for any Keras model.

The loss is the mean cross-entropy of the steps that count; what is masked weighs nothing, in the
loss and in the accuracy alike.
"""

from collections.abc import Callable
from math import isfinite
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.models.backend import keras, tf
from melodyrnn.models.config import FitConfig
from melodyrnn.models.programs import collect, program, repeat
from melodyrnn.sequences.windows import Batch
from melodyrnn.training.learner import Learner

Weights = list[npt.NDArray[np.float32]]

BLOCK_STEPS = 100
"""About how many steps one call of the program makes."""
ENOUGH = 0.01
"""The loss below which, with every example right, there is nothing more to learn."""


class Told(NamedTuple):
    """How well a network tells a batch, at evaluation: no dropout."""

    loss: float  # mean cross-entropy of what counts, natural logarithm
    right: int  # of what counts
    all: int

    @property
    def accuracy(self) -> float:
        return self.right / self.all


class Epoch(NamedTuple):
    """One line of the history, measured while learning."""

    epoch: int  # from 1
    loss: float
    accuracy: float


class Fitter(Learner):
    """A model that learns a batch. ``run`` leaves it with the best weights it had.

    The best are those that tell ``validation`` at the least loss or, without it, the most of the
    batch right. ``jit`` compiles by XLA: much faster for small unrolled networks, slow to begin
    for large ones.
    """

    def __init__(
        self,
        model: Any,
        batch: Batch,
        config: FitConfig,
        validation: Batch | None = None,
        jit: bool = True,
    ) -> None:
        self.model, self.config, self.validation = model, config, validation
        self.optimizer = keras.optimizers.Adam(config.learning_rate, global_clipnorm=config.clip)
        self.optimizer.build(model.trainable_variables)
        weights = {id(weight) for weight in model.weights}
        drawn = [state for state in model.variables if id(state) not in weights]  # of dropout
        self._states = [(s, s.numpy()) for s in (*self.optimizer.variables, *drawn)]
        self._count = len(batch.y)
        self._size = min(config.batch or self._count, self._count)
        steps = -(-self._count // self._size)
        self._block = max(1, BLOCK_STEPS // steps)
        self._learn = _learner(model, self.optimizer, batch, jit)
        self._tell = teller(model, validation or batch, jit)
        self.begin(model.get_weights(), config.seed)

    def begin(self, weights: Weights, seed: int) -> None:
        """As new, from these first ``weights``; ``seed`` makes the order of the examples. Nothing
        is compiled again.
        """
        self.model.set_weights(weights)
        for variable, value in self._states:
            variable.assign(value)
        self.history: list[Epoch] = []
        self.best: Told | None = None
        self.best_epoch = 0
        self._best_weights = weights
        self._random = np.random.default_rng(seed)

    @property
    def satisfied(self) -> bool:
        """Every example is right, and the loss next to nothing."""
        best = self.best
        return best is not None and best.right == best.all and best.loss < ENOUGH

    def run(self, progress: Callable[[int, int, str], None] = lambda *_: None) -> Told:
        """Learn until done; ``progress`` is called with (epochs done, all, words)."""
        self.learn(self.config.epochs, progress)
        self.model.set_weights(self._best_weights)
        return self.best or self._tell()

    def learn(self, until: int, progress: Callable[[int, int, str], None]) -> None:
        """Learn until so many epochs or all are done. The model has its latest weights then."""
        while not self.done and self.epoch < until:
            epochs = min(self._block, until - self.epoch)
            losses, accuracies = self._learn(*self._order(epochs))
            for loss, accuracy in zip(losses.numpy(), accuracies.numpy(), strict=True):
                self.history.append(Epoch(self.epoch + 1, float(loss), float(accuracy)))
            self._judge()
            last = self.history[-1]
            words = f"loss {last.loss:.3f} right {last.accuracy:.0%}"
            progress(self.epoch, self.config.epochs, words)

    def _judge(self) -> None:
        told = self._tell()
        if isfinite(told.loss) and (self.best is None or self._rank(told) > self._rank(self.best)):
            self.best, self.best_epoch = told, self.epoch
            self._best_weights = self.model.get_weights()

    def _rank(self, told: Told) -> tuple[float, float]:
        return (0 if self.validation else told.right, -told.loss)

    def _order(self, epochs: int) -> tuple[Any, Any]:
        """Which examples each step sees, (E, K, B), and 1 where one counts: a last batch that is
        short is filled up with others that weigh nothing.
        """
        whole = self._size == self._count
        steps = -(-self._count // self._size)
        orders = np.zeros((epochs, steps * self._size), dtype=np.int32)
        for order in orders:
            order[: self._count] = (
                np.arange(self._count) if whole else self._random.permutation(self._count)
            )
        counts = np.arange(steps * self._size) < self._count
        shape = (steps, self._size)
        return (
            tf.constant(orders.reshape(epochs, *shape)),
            tf.constant(counts.reshape(shape), tf.float32),
        )


def logits_of(model: Any, batch: Batch) -> npt.NDArray[np.float32]:
    """At evaluation, of all examples: (N, C) or (N, T, C)."""
    return np.asarray(model.predict(_one(_listed(batch.x)), batch_size=256, verbose=0))


def teller(model: Any, batch: Batch, jit: bool = True, size: int = 256) -> Callable[[], Told]:
    """A compiled program: how well ``model``, with its present weights, tells ``batch``."""
    parts = [
        (
            [tf.constant(x[start : start + size]) for x in _listed(batch.x)],
            tf.constant(batch.y[start : start + size], tf.int32),
            tf.constant(batch.mask[start : start + size], tf.float32),
        )
        for start in range(0, len(batch.y), size)
    ]

    @program(jit_compile=jit, reduce_retracing=True)  # type: ignore[untyped-decorator]
    def tell(x: list[Any], y: Any, mask: Any) -> Any:
        return _measured(model(_one(x), training=False), y, mask)

    def told() -> Told:
        sums = [tell(*part) for part in parts]
        loss, right, count = (float(sum(float(s[i]) for s in sums)) for i in range(3))
        return Told(loss / count, round(right), round(count))

    return told


def _learner(model: Any, optimizer: Any, batch: Batch, jit: bool) -> Callable[..., Any]:
    """A program: (order (E, K, B), counts (K, B)) -> losses (E,), accuracies (E,)."""
    xs = [tf.constant(x) for x in _listed(batch.x)]
    y = tf.constant(batch.y, tf.int32)
    mask = tf.constant(batch.mask, tf.float32)
    variables, nothing = model.trainable_variables, tf.constant(0.0)

    @program(jit_compile=jit)  # type: ignore[untyped-decorator]
    def run(order: Any, counts: Any) -> tuple[Any, Any]:
        epochs, steps, _ = order.shape

        def epoch(number: Any) -> tuple[Any, Any]:
            rows = tf.gather(order, number)

            def step(k: Any, total: Any, hits: Any, weight: Any) -> Any:
                picked, count = tf.gather(rows, k), tf.gather(counts, k)
                told = tf.gather(y, picked)
                weights = tf.gather(mask, picked) * tf.reshape(
                    count, [-1] + [1] * (len(mask.shape) - 1)
                )
                with tf.GradientTape() as tape:
                    logits = model(_one([tf.gather(x, picked) for x in xs]), training=True)
                    loss, right, counted = _measured(logits, told, weights)
                    mean = loss / tf.maximum(counted, 1.0)
                optimizer.apply(tape.gradient(mean, variables), variables)
                return total + loss, hits + right, weight + counted

            total, hits, weight = repeat(steps, step, nothing, nothing, nothing)
            return total / weight, hits / weight

        return collect(epochs, epochs, epoch)

    return run  # type: ignore[no-any-return]


def _measured(logits: Any, y: Any, mask: Any) -> tuple[Any, Any, Any]:
    """Sums over what counts: cross-entropies, right ones, and how many they are."""
    errors = tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)
    hits = tf.cast(tf.argmax(logits, -1, tf.int32) == y, tf.float32)
    return tf.reduce_sum(errors * mask), tf.reduce_sum(hits * mask), tf.reduce_sum(mask)


def _listed(x: Any) -> list[Any]:
    return list(x) if isinstance(x, tuple) else [x]


def _one(x: list[Any]) -> Any:
    return x[0] if len(x) == 1 else x
