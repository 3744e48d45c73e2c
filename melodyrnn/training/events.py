"""Training a network over events: Adam on batches of sequences, and an average of the weights.

A step takes a batch of sequences of like length, each moved along the scale by a random number of
tokens, and follows Adam's gradient. How many steps are best is found on held-out sequences (early
stopping), and can then be set for a training on all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from melodyrnn.models.backend import tf
from melodyrnn.models.compiled_loops import program
from melodyrnn.models.config import EventConfig
from melodyrnn.models.networks.event_network import EventNetwork
from melodyrnn.models.networks.event_reader import Random, reader_settings
from melodyrnn.models.types import Tensor, Weights
from melodyrnn.sequences.events import Events, Layout, batches, filled, padded, steps_for
from melodyrnn.sequences.windows import Mask
from melodyrnn.training.averaged_adam import AveragedAdam, rates
from melodyrnn.training.compiled import Compiled, graph_seed
from melodyrnn.training.program import Carried, Program
from melodyrnn.training.trainer import AtMost, Trainer

Floats: TypeAlias = npt.NDArray[np.float64]

_EVERY, _PATIENCE = 25, 200  # steps between two evaluations, and without a better one


class EventRow(NamedTuple):
    """One step, as the history keeps it: here it takes the place of an epoch."""

    epoch: int  # from 1
    loss: float  # mean cross-entropy of its batch in training, natural logarithm


@dataclass(frozen=True)
class EventScore:
    """How well the average of the weights predicts the held-out sequences."""

    loss: float  # mean cross-entropy, natural logarithm


class EventProgram(Program[EventRow, EventScore]):
    """A network and its compiled programs, for many trainings one after another.

    As a context manager it leaves them to another of the same layout and configuration. Call
    ``begin`` before each training. The best weights are those that predict the held-out sequences
    best, of equal ones the first; without any, the latest.
    """

    row, score = EventRow, EventScore

    def __init__(self, layout: Layout, config: EventConfig) -> None:
        self.config = config
        self._compiled = self._take(
            _EventCompiled,
            (layout, *reader_settings(config), config.clip, config.batch),
            lambda: _EventCompiled(layout, config),
        )
        self.network = self._compiled.network
        self._sequences: Sequence[Events] = ()
        self._held_out: Sequence[Events] = ()
        self._seed = 0

    def train(
        self,
        sequences: Sequence[Events],
        seed: int,
        *,
        start: Weights | None = None,
        steps: int | None = None,
        held_out: Sequence[Events] = (),
    ) -> int:
        """A whole training, from ``begin`` to the best weights, of ``steps`` steps, by default
        those of the configuration. Returns how many steps led to the best weights.
        """
        self.begin(sequences, seed, start=start, held_out=held_out)
        trainer = Trainer(self, AtMost(self.config.steps if steps is None else steps))
        trainer.fit()
        return trainer.best_epoch

    def begin(
        self,
        sequences: Sequence[Events],
        seed: int,
        *,
        start: Weights | None = None,
        held_out: Sequence[Events] = (),
    ) -> None:
        """Be ready to train on ``sequences`` from the weights ``start``, by default new ones."""
        if start is None:
            self.network.start(seed)
        else:
            self.network.load(start)
        self._compiled.adam.restart()
        self._sequences, self._held_out, self._seed = sequences, held_out, seed
        self._batches = _batches(sequences, self.config, self.network.layout, seed)
        self.evaluates_start = bool(held_out)

    def advance(self, done: int, until: int) -> list[EventRow]:
        """To the next step that is to be evaluated."""
        last = min(until, done + _EVERY - done % _EVERY)
        rows = []
        for step in range(done + 1, last + 1):
            events, mask = next(self._batches)
            loss = self._compiled.step(
                _tensors(events),
                tf.constant(mask, tf.float32),
                tf.constant([graph_seed(self._seed), step], tf.int32),
                rates(step, self.config.learning_rate, self.config.averaging),
            )
            rows.append(EventRow(step, float(loss)))
        return rows

    def evaluate(self) -> EventScore | None:
        if not self._held_out:
            return None
        now = self.network.copy()
        self.network.load(self.weights())
        predicted = self.predict(self._held_out)
        self.network.load(now)
        came = [
            np.log(p[np.arange(len(p)), events.targets])
            for p, events in zip(predicted, self._held_out, strict=True)
        ]
        return EventScore(-float(np.concatenate(came).mean()))

    def rank(self, score: EventScore) -> tuple[float, ...]:
        return (-score.loss,)

    def satisfied(self, best: EventScore | None, since_best: int) -> bool:
        return best is not None and since_best >= _PATIENCE

    def weights(self) -> Weights:
        """The running average of the weights."""
        return self._compiled.adam.weights()

    def set_weights(self, weights: Weights) -> None:
        self.network.load(weights)

    def carry(self) -> Carried:
        return self._compiled.adam.carry()

    def resume(self, carried: Carried, done: int) -> None:
        self._compiled.adam.resume(carried)
        self._batches = _batches(self._sequences, self.config, self.network.layout, self._seed)
        for _ in range(done):
            next(self._batches)

    def predict(self, sequences: Sequence[Events]) -> list[Floats]:
        """Of each sequence, (L, V): the distribution of each of its tokens before it is seen."""
        predicted: dict[int, Floats] = {}
        order = sorted(range(len(sequences)), key=lambda index: len(sequences[index].targets))
        size = self.config.batch
        for start in range(0, len(order), size):
            chosen = order[start : start + size]
            events, _ = padded(*_filled([sequences[index] for index in chosen], size))
            logs = self._compiled.log_probs(_tensors(events)).numpy().astype(np.float64)
            for index, row in zip(chosen, logs, strict=False):  # the rest only fills the batch
                p = np.exp(row[: len(sequences[index].targets)])
                predicted[index] = p / p.sum(-1, keepdims=True)
        return [predicted[index] for index in range(len(sequences))]


class _EventCompiled(Compiled):
    """A network, its optimiser, and the programs of both: ``step`` and ``log_probs``."""

    def __init__(self, layout: Layout, config: EventConfig) -> None:
        self.network = EventNetwork(layout, config)
        self._weights = list(self.network.weights.values())
        self.adam = AveragedAdam(self._weights, config.clip)
        self.step = program(self._train_step, reduce_retracing=False)
        self.log_probs = program(
            lambda events: tf.nn.log_softmax(self.network.logits(events)), reduce_retracing=False
        )

    @property
    def variables(self) -> Sequence[Tensor]:
        return self.adam.state

    def _train_step(self, events: Events, mask: Tensor, seed: Tensor, rates: Tensor) -> Tensor:
        """One step of Adam; the loss of its batch before it."""
        with tf.GradientTape() as tape:
            logits = self.network.logits(events, Random(seed[0], seed[1]))
            errors = tf.nn.sparse_softmax_cross_entropy_with_logits(events.targets, logits)
            loss = tf.reduce_sum(errors * mask) / tf.reduce_sum(mask)
        self.adam.apply(tape.gradient(loss, self._weights), rates)
        return loss


def _batches(
    sequences: Sequence[Events], config: EventConfig, layout: Layout, seed: int
) -> Iterator[tuple[Events, Mask]]:
    """Without end: padded sequences and where an event stands, all once before any comes again."""
    random = np.random.default_rng(seed)
    lengths = [len(events.targets) for events in sequences]
    while True:
        for part in batches(lengths, config.batch, random):
            moved = [
                _moved(sequences[index], config.moves, layout.vocabulary_size, random)
                for index in part
            ]
            events, mask = padded(*_filled(moved, config.batch))
            mask[len(moved) :] = False
            yield events, mask


def _moved(events: Events, most: int, vocabulary_size: int, random: np.random.Generator) -> Events:
    """Moved at random by ``most`` tokens or less, as far as the scale has room."""
    by = int(random.integers(-most, most + 1))
    by = min(max(by, -int(events.targets.min())), vocabulary_size - 1 - int(events.targets.max()))
    return events.moved(by)


def _filled(sequences: Sequence[Events], size: int) -> tuple[list[Events], int]:
    """``size`` of them, and the steps to which they are padded."""
    return filled(sequences, size), steps_for(max(len(events.targets) for events in sequences))


def _tensors(events: Events) -> Events:
    return Events(*map(tf.constant, events))
