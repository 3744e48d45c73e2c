"""How a network over events learns, and what it then tells.

A step takes a batch of sequences of like length, each moved along the scale by a random number of
codes, and follows Adam's gradient. What is kept is not the last weights but their running average,
which tells unseen sequences better and makes up for a step size that does not fall. How many steps
are best is found on sequences held out (early stopping), and can then be told to a training on all.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.models.backend import tf
from melodyrnn.models.config import EventConfig
from melodyrnn.models.networks.event_network import EventNetwork, Random, Weights
from melodyrnn.models.programs import program
from melodyrnn.sequences.events import Events, Layout, padded, steps_for
from melodyrnn.sequences.windows import Mask

Floats = npt.NDArray[np.float64]

_EVERY, _PATIENCE = 25, 200  # steps between two judgements, and without a better one
_WARM_UP = 20  # steps until the step size is whole
_MEMORY, _SQUARES, _TINY = 0.9, 0.99, 1e-8  # Adam's


class Best(NamedTuple):
    """The weights that told best what was held out; of equal ones the first."""

    loss: float
    steps: int
    weights: Weights


class EventLearner:
    """A network and its compiled programs, to be used for many trainings one after another."""

    def __init__(self, layout: Layout, config: EventConfig) -> None:
        self.config = config
        self.network = EventNetwork(layout, config)
        variables = list(self.network.weights.values())
        self._average, self._means, self._squares = (
            [tf.Variable(tf.zeros_like(variable)) for variable in variables] for _ in range(3)
        )
        self._step = program(self._learn, reduce_retracing=False)
        self._tell = program(
            lambda events: tf.nn.log_softmax(self.network.logits(events)), reduce_retracing=False
        )

    def learn(
        self,
        sequences: Sequence[Events],
        seed: int,
        *,
        start: Weights | None = None,
        steps: int | None = None,
        held_out: Sequence[Events] = (),
    ) -> int:
        """Learn ``sequences`` from the weights ``start``, by default from new ones.

        Makes ``steps`` steps, by default those of the configuration, or with ``held_out`` goes
        back to the step at which these were told best, and ends sooner where that lies long back.
        Returns how many steps count.
        """
        if start is None:
            self.network.start(seed)
        else:
            self.network.load(start)
        weights = list(self.network.weights.values())
        for average, now in zip(self._average, weights, strict=True):
            average.assign(now)
        for variable in (*self._means, *self._squares):
            variable.assign(tf.zeros_like(variable))
        batches = _batches(sequences, self.config, self.network.layout, seed)
        last = self.config.steps if steps is None else steps
        best = self._judged(0, held_out) if held_out else None
        for done in range(1, last + 1):
            events, mask = next(batches)
            self._step(
                _tensors(events),
                tf.constant(mask, tf.float32),
                tf.constant([seed, done], tf.int32),
                tf.constant(_rates(done, self.config), tf.float32),
            )
            if best and (done % _EVERY == 0 or done == last):
                best = min(best, self._judged(done, held_out))
                if done - best.steps >= _PATIENCE:
                    break
        if best is None:
            self.network.load([average.numpy() for average in self._average])
            return last
        self.network.load(best.weights)
        return best.steps

    def _judged(self, done: int, held_out: Sequence[Events]) -> "Best":
        """How well the average of the weights tells; the weights go on as they were."""
        now = self.network.copy()
        averages = [average.numpy() for average in self._average]
        self.network.load(averages)
        told = self.tell(held_out)
        self.network.load(now)
        came = [
            np.log(p[np.arange(len(p)), events.targets])
            for p, events in zip(told, held_out, strict=True)
        ]
        return Best(-float(np.concatenate(came).mean()), done, averages)

    def tell(self, sequences: Sequence[Events]) -> list[Floats]:
        """Of each sequence, (L, V): of each of its codes, the distribution told before it."""
        told: dict[int, Floats] = {}
        order = sorted(range(len(sequences)), key=lambda index: len(sequences[index].targets))
        size = self.config.batch
        for start in range(0, len(order), size):
            chosen = order[start : start + size]
            events, _ = padded(*_filled([sequences[index] for index in chosen], size))
            logs = self._tell(_tensors(events)).numpy().astype(np.float64)
            for index, row in zip(chosen, logs, strict=False):  # the rest only fills the batch
                p = np.exp(row[: len(sequences[index].targets)])
                told[index] = p / p.sum(-1, keepdims=True)
        return [told[index] for index in range(len(sequences))]

    def _learn(self, events: Events, mask: Any, seed: Any, rates: Any) -> None:
        variables = list(self.network.weights.values())
        with tf.GradientTape() as tape:
            logits = self.network.logits(events, Random(seed[0], seed[1]))
            errors = tf.nn.sparse_softmax_cross_entropy_with_logits(events.targets, logits)
            loss = tf.reduce_sum(errors * mask) / tf.reduce_sum(mask)
        gradients = [tf.convert_to_tensor(g) for g in tape.gradient(loss, variables)]
        gradients, _ = tf.clip_by_global_norm(gradients, self.config.clip)
        rate, mean_scale, square_scale, kept = tf.unstack(rates)
        for variable, gradient, mean, square, average in zip(
            variables, gradients, self._means, self._squares, self._average, strict=True
        ):
            mean.assign(_MEMORY * mean + (1 - _MEMORY) * gradient)
            square.assign(_SQUARES * square + (1 - _SQUARES) * gradient**2)
            variable.assign_sub(rate * mean * mean_scale / (tf.sqrt(square * square_scale) + _TINY))
            average.assign(kept * average + (1 - kept) * variable)


def _rates(done: int, config: EventConfig) -> tuple[float, float, float, float]:
    """At a step: its size, by what Adam's two averages are scaled, how much the average keeps."""
    size = config.learning_rate * min(1.0, done / _WARM_UP)
    kept = min(config.averaging, (1 + done) / (10 + done))
    return size, 1 / (1 - _MEMORY**done), 1 / (1 - _SQUARES**done), kept


def _batches(
    sequences: Sequence[Events], config: EventConfig, layout: Layout, seed: int
) -> Iterator[tuple[Events, Mask]]:
    """Without end: padded sequences and where an event stands, all once before any comes again."""
    random = np.random.default_rng(seed)
    lengths = np.array([len(events.targets) for events in sequences])
    while True:
        # Like lengths together, but not always the same ones.
        order = np.argsort(lengths * np.exp(random.normal(0.0, 0.1, len(lengths))))
        parts = [order[i : i + config.batch] for i in range(0, len(order), config.batch)]
        for part in random.permutation(len(parts)):
            moved = [
                _moved(sequences[index], config.moves, layout.codes, random)
                for index in parts[part]
            ]
            filled, steps = _filled(moved, config.batch)
            events, mask = padded(filled, steps)
            mask[len(moved) :] = False
            yield events, mask


def _moved(events: Events, most: int, codes: int, random: np.random.Generator) -> Events:
    """Moved at random by ``most`` codes or less, as far as the scale has room."""
    by = int(random.integers(-most, most + 1))
    by = min(max(by, -int(events.targets.min())), codes - 1 - int(events.targets.max()))
    return events.moved(by)


def _filled(sequences: Sequence[Events], size: int) -> tuple[list[Events], int]:
    """``size`` of them, the first one again and again where there are fewer; and the steps to
    which they are padded.
    """
    longest = max(len(events.targets) for events in sequences)
    return [*sequences, *[sequences[0]] * (size - len(sequences))], steps_for(longest)


def _tensors(events: Events) -> Events:
    return Events(*map(tf.constant, events))
