"""Training on whole sequences: blocks of epochs in one compiled program, for any Keras model.

The loss is the mean cross-entropy of the steps that count; what is masked weighs nothing, in the
loss and in the accuracy alike.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from melodyrnn.models.backend import keras, tf
from melodyrnn.models.compiled_loops import collect, program, repeat
from melodyrnn.models.config import FitConfig
from melodyrnn.models.types import Floats, KerasModel, Optimizer, Tensor, Weights
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Batch
from melodyrnn.system.sentences import Sentence
from melodyrnn.training.program import Carried, KerasProgram

BLOCK_STEPS = 100
"""About how many steps one call of the program makes."""
ENOUGH = 0.01
"""The loss below which, with every prediction correct, there is nothing more to learn."""
_EVALUATED_AT_ONCE = 256  # examples


@dataclass(frozen=True)
class BatchScore:
    """How well a network predicts a batch, without dropout."""

    loss: float  # mean cross-entropy of what counts, natural logarithm
    right: int  # correct predictions, of what counts
    all: int

    @property
    def accuracy(self) -> float:
        """The share of correct predictions."""
        return self.right / self.all


class BatchRow(NamedTuple):
    """One epoch, as the history keeps it."""

    epoch: int  # from 1
    loss: float  # mean cross-entropy in training, natural logarithm
    accuracy: float  # of the predictions made in training


class BatchProgram(KerasProgram[BatchRow, BatchScore]):
    """A model that sees the examples of a batch, each once an epoch.

    The best weights are those that predict ``validation`` at the least loss or, without it, the
    most of the batch correctly. Satisfied when that is all, and the loss is next to nothing.
    """

    row, score = BatchRow, BatchScore

    def __init__(
        self,
        model: KerasModel,
        batch: Batch,
        config: FitConfig,
        validation: Batch | None = None,
        jit: bool = True,
    ) -> None:
        """``jit`` compiles by XLA: much faster for small unrolled networks, slow to begin for large
        ones.
        """
        optimizer = keras.optimizers.Adam(config.learning_rate, global_clipnorm=config.clip)
        optimizer.build(model.trainable_variables)
        super().__init__(model, optimizer)
        weights = {id(weight) for weight in model.weights}
        # The random state of dropout; the optimiser's variables have their first values too.
        self._random_state = [v for v in model.variables if id(v) not in weights]
        variables = (*self.optimizer.variables, *self._random_state)
        self._first_state = [(variable, variable.numpy()) for variable in variables]
        self._validated = validation is not None
        self._order = _Order(len(batch.y), config)
        self._program = _compiled(model, self.optimizer, batch, jit)
        self._score = scorer(model, validation or batch, jit)

    def restart(self, weights: Weights, seed: int) -> None:
        """As new, from these first weights; ``seed`` makes the order of the examples. Nothing is
        compiled again.
        """
        self.set_weights(weights)
        for variable, value in self._first_state:
            variable.assign(value)
        self._order.begin(seed)

    def advance(self, done: int, until: int) -> list[BatchRow]:
        epochs = min(self._order.block, until - done)
        parts = (part.numpy() for part in self._program(*self._order.draw(epochs)))
        pairs = zip(*parts, strict=True)
        return [BatchRow(done + i, float(a), float(b)) for i, (a, b) in enumerate(pairs, 1)]

    def evaluate(self) -> BatchScore:
        return self._score()

    def rank(self, score: BatchScore) -> tuple[float, ...]:
        return (-score.loss,) if self._validated else (score.right, -score.loss)

    def satisfied(self, best: BatchScore | None, since_best: int) -> bool:
        return best is not None and best.right == best.all and best.loss < ENOUGH

    def progress(self, history: Sequence[BatchRow], epochs: int) -> tuple[int, int, str]:
        last = history[-1]
        return (
            last.epoch,
            epochs,
            Sentence(
                "epochs, loss {loss:.3f} accuracy {accuracy:.0%}",
                loss=last.loss,
                accuracy=last.accuracy,
            ),
        )

    def carry(self) -> Carried:
        random = [np.asarray(variable) for variable in self._random_state]
        return {**super().carry(), "random": random}

    def resume(self, carried: Carried, done: int) -> None:
        super().resume(carried, done)
        for variable, value in zip(self._random_state, carried["random"], strict=True):
            variable.assign(value)
        self._order.skip(done)


class _Order:
    """Which examples each step sees: all at once, or in an order that is drawn for each epoch."""

    def __init__(self, count: int, config: FitConfig) -> None:
        self._count = count
        self._size = min(config.batch or count, count)
        self._steps = -(-count // self._size)
        self.block = max(1, BLOCK_STEPS // self._steps)
        self.begin(config.seed)

    def begin(self, seed: int) -> None:
        self._seed = seed
        self._random = np.random.default_rng(seed)

    def skip(self, epochs: int) -> None:
        """Go to where so many epochs have been drawn."""
        self.begin(self._seed)
        for _ in range(epochs):
            self._one()

    def draw(self, epochs: int) -> tuple[Tensor, Tensor]:
        """(E, K, B), and 1 where an example counts, (K, B): a last batch that is short is filled up
        with others that weigh nothing.
        """
        shape = (self._steps, self._size)
        orders = np.zeros((epochs, self._steps * self._size), dtype=np.int32)
        for order in orders:
            order[: self._count] = self._one()
        counts = np.arange(self._steps * self._size) < self._count
        return (
            tf.constant(orders.reshape(epochs, *shape)),
            tf.constant(counts.reshape(shape), tf.float32),
        )

    def _one(self) -> Indices:
        whole = self._size == self._count
        order = np.arange(self._count) if whole else self._random.permutation(self._count)
        return order.astype(np.int32)


def logits_of(model: KerasModel, batch: Batch) -> Floats:
    """Of all examples, without dropout: (N, C) or (N, T, C)."""
    return np.asarray(model.predict(_entering(_inputs(batch)), batch_size=256, verbose=0))


def scorer(model: KerasModel, batch: Batch, jit: bool = True) -> Callable[[], BatchScore]:
    """A compiled program: how well ``model``, with its present weights, predicts ``batch``."""
    size = _EVALUATED_AT_ONCE
    parts = [
        (
            [tf.constant(x[start : start + size]) for x in _inputs(batch)],
            tf.constant(batch.y[start : start + size], tf.int32),
            tf.constant(batch.mask[start : start + size], tf.float32),
        )
        for start in range(0, len(batch.y), size)
    ]

    @program(jit_compile=jit, reduce_retracing=True)  # type: ignore[untyped-decorator]
    def predict(x: list[Tensor], y: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return _sums(model(_entering(x), training=False), y, mask)

    def score() -> BatchScore:
        sums = [predict(*part) for part in parts]
        loss, right, count = (float(sum(float(s[i]) for s in sums)) for i in range(3))
        return BatchScore(loss / count, round(right), round(count))

    return score


def _compiled(
    model: KerasModel, optimizer: Optimizer, batch: Batch, jit: bool
) -> Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """A program: (order (E, K, B), counts (K, B)) -> losses (E,), accuracies (E,)."""
    xs = [tf.constant(x) for x in _inputs(batch)]
    y = tf.constant(batch.y, tf.int32)
    mask = tf.constant(batch.mask, tf.float32)
    variables, nothing = model.trainable_variables, tf.constant(0.0)

    @program(jit_compile=jit)  # type: ignore[untyped-decorator]
    def run(order: Tensor, counts: Tensor) -> tuple[Tensor, Tensor]:
        epochs, steps, _ = order.shape

        def epoch(number: Tensor) -> tuple[Tensor, Tensor]:
            rows = tf.gather(order, number)

            def step(
                k: Tensor, total: Tensor, hits: Tensor, weight: Tensor
            ) -> tuple[Tensor, Tensor, Tensor]:
                picked, count = tf.gather(rows, k), tf.gather(counts, k)
                targets = tf.gather(y, picked)
                weights = tf.gather(mask, picked) * tf.reshape(
                    count, [-1] + [1] * (len(mask.shape) - 1)
                )
                with tf.GradientTape() as tape:
                    logits = model(_entering([tf.gather(x, picked) for x in xs]), training=True)
                    loss, right, counted = _sums(logits, targets, weights)
                    mean = loss / tf.maximum(counted, 1.0)
                optimizer.apply(tape.gradient(mean, variables), variables)
                return total + loss, hits + right, weight + counted

            total, hits, weight = repeat(steps, step, nothing, nothing, nothing)
            return total / weight, hits / weight

        return collect(epochs, epochs, epoch)

    return run  # type: ignore[no-any-return]


def _sums(logits: Tensor, y: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Sums over what counts: cross-entropies, correct predictions, and how many there are."""
    errors = tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)
    hits = tf.cast(tf.argmax(logits, -1, tf.int32) == y, tf.float32)
    return tf.reduce_sum(errors * mask), tf.reduce_sum(hits * mask), tf.reduce_sum(mask)


def _inputs(batch: Batch) -> list[Tensor]:
    return list(batch.x) if isinstance(batch.x, tuple) else [batch.x]


def _entering(x: list[Tensor]) -> Tensor:
    """As a Keras model takes them: a single input by itself."""
    return x[0] if len(x) == 1 else x
