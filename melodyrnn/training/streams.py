"""Learning from streams: truncated backpropagation through time, the state carried.

A corpus or a book is heard in lanes (``sequences.streams``), a stretch of steps at a time; errors
flow back to the start of the stretch, the state on into the next (Williams and Peng 1990). One
step of the optimiser is one compiled graph. Unlike the training of one song (``training``), the
order changes with each epoch, and songs or text kept apart say when to stop.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import cos, isqrt, pi
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.models.backend import keras, tf
from melodyrnn.models.config import StreamConfig
from melodyrnn.models.networks import step_network as models
from melodyrnn.models.programs import program
from melodyrnn.sequences.score import Score
from melodyrnn.sequences.streams import Stream
from melodyrnn.system.machine import cores
from melodyrnn.training.learner import Learner

Arrays = dict[str, npt.NDArray[Any]]

_WORTH_A_PART = 16  # lanes, below which products are too small
_MOST_PARTS = 4


class StreamRow(NamedTuple):
    """One epoch, as the history keeps it."""

    epoch: int  # from 1
    loss: float  # mean cross-entropy while learning, natural logarithm
    accuracy: float  # of the predictions made while learning
    held_out_bits: float  # bits a symbol of the stream kept apart, after the epoch
    learning_rate: float  # at its end


@dataclass
class StreamProgress:
    """What a training tells while it runs."""

    step: int  # of all steps of all epochs
    steps: int
    epoch: int
    loss: float  # mean of the epoch so far
    held_out_bits: float | None  # after the last epoch

    @property
    def counted(self) -> tuple[int, int, str]:
        """Done, all, words."""
        bits = "" if self.held_out_bits is None else f" bits {self.held_out_bits:.3f}"
        return self.step, self.steps, f"steps, epoch {self.epoch} loss {self.loss:.3f}{bits}"


@dataclass
class StreamTrainer(Learner):
    """A model in training. Its ``state()`` is all that is needed to go on, bit for bit.

    ``epoch_of`` gives the stream of an epoch, counted from 0, the same whenever it is asked; all
    have one shape. ``validation`` is the stream by which the best weights are chosen.
    """

    row = StreamRow  # of the history
    model: Any
    epoch_of: Callable[[int], Stream]
    validation: Stream
    config: StreamConfig
    history: list[StreamRow] = field(default_factory=list)
    best: list[npt.NDArray[np.float32]] = field(default_factory=list)
    best_bits: float = float("inf")
    best_epoch: int = 0

    def __post_init__(self) -> None:
        self.optimizer = keras.optimizers.Adam(
            self.config.learning_rate, global_clipnorm=self.config.clip
        )
        self.optimizer.build(self.model.trainable_variables)
        self._learn = _learner(self.model, self.optimizer)
        self.teller = Teller(self.model)
        self.stream = self.epoch_of(0)
        self.place = 0  # stretches of the epoch that were learned
        self.sums = np.zeros(3)  # of the epoch so far: losses, right ones, all
        self.states = models.zero_states(self.model, self.stream.x.shape[2])
        self.best = self.best or self.model.get_weights()

    @property
    def satisfied(self) -> bool:
        """What is held apart is told no better any more."""
        return self.epoch - self.best_epoch >= self.config.patience

    def run(self, after_step: Callable[[StreamProgress], None] = lambda progress: None) -> bool:
        """Train until done. Returns False where a keyboard interrupt ended it before; between two
        steps, where ``state()`` is whole.
        """
        try:
            while not self.done:
                self.step()
                after_step(self._progress())
        except KeyboardInterrupt:
            return False
        return True

    def step(self) -> None:
        """One stretch of all lanes; after the last of an epoch, the epoch's line of history."""
        stretches = len(self.stream.x)
        share = (self.epoch + self.place / stretches) / self.config.epochs
        self.optimizer.learning_rate = self._rate(share)
        stretch = tuple(part[self.place] for part in self.stream)
        seed = np.random.SeedSequence((self.config.seed, self.epoch, self.place))
        parts = len(_parts(stretch[0].shape[1]))
        dropouts = seed.generate_state(2 * parts).astype(np.int32).reshape(parts, 2)
        self.states, *sums = self._learn(stretch, self.states, dropouts)
        self.sums += [float(part) for part in sums]
        self.place += 1
        if self.place == stretches:
            self._end_epoch()

    def keep_best(self) -> None:
        """Give the model the best weights it had."""
        self.model.set_weights(self.best)

    def _end_epoch(self) -> None:
        loss, right, count = self.sums
        bits = self.teller.tell(self.validation).bits
        rate = float(np.asarray(self.optimizer.learning_rate))
        row = StreamRow(self.epoch + 1, loss / count, right / count, bits, rate)
        self.history.append(row)
        if bits < self.best_bits:
            self.best_bits, self.best_epoch = bits, row.epoch
            self.best = self.model.get_weights()
        self.place, self.sums = 0, np.zeros(3)
        self.states = [[tf.zeros_like(s) for s in state] for state in self.states]
        if not self.done:
            self.stream = self.epoch_of(self.epoch)

    def _rate(self, share: float) -> float:
        """The step size when that share of all steps is done."""
        if self.config.schedule == "constant":
            return self.config.learning_rate
        return self.config.learning_rate * (1 + cos(pi * share)) / 2

    def _progress(self) -> StreamProgress:
        stretches = len(self.stream.x)
        last = self.history[-1] if self.history else None
        between = last is not None and not self.place
        return StreamProgress(
            self.epoch * stretches + self.place,
            self.config.epochs * stretches,
            self.epoch + (not between),
            last.loss if last and between else float(self.sums[0] / max(self.sums[2], 1)),
            last.held_out_bits if last else None,
        )

    def state(self) -> Arrays:
        """Weights, optimiser, carried states, best weights and history, as named arrays."""
        arrays: Arrays = {
            "place": np.array(self.place),
            "sums": self.sums.copy(),
            "best_bits": np.array(self.best_bits),
            "best_epoch": np.array(self.best_epoch),
            "history": np.array(self.history, dtype=np.float64).reshape(-1, len(StreamRow._fields)),
        }
        for name, group in self._groups():
            arrays |= {f"{name}/{i}": np.asarray(value) for i, value in enumerate(group)}
        return arrays

    def restore(self, arrays: Arrays) -> None:
        """Go back to what ``state()`` gave. Raises KeyError, ValueError where it does not fit."""
        values = {
            name: [arrays[f"{name}/{i}"] for i in range(len(group))]
            for name, group in self._groups()
        }
        for name in ("weights", "optimizer"):
            for variable, value in zip(dict(self._groups())[name], values[name], strict=True):
                variable.assign(value)
        self.best = values["best"]
        flat = iter(values["states"])
        self.states = [[tf.constant(next(flat)) for _ in state] for state in self.states]
        self.place, self.sums = int(arrays["place"]), arrays["sums"].copy()
        self.best_bits, self.best_epoch = float(arrays["best_bits"]), int(arrays["best_epoch"])
        self.history = [StreamRow(int(row[0]), *row[1:]) for row in arrays["history"].tolist()]
        if self.epoch and not self.done:
            self.stream = self.epoch_of(self.epoch)

    def _groups(self) -> list[tuple[str, Any]]:
        return [
            ("weights", self.model.weights),
            ("optimizer", self.optimizer.variables),
            ("best", self.best),
            ("states", [s for state in self.states for s in state]),
        ]


def _learner(model: Any, optimizer: Any) -> Callable[..., Any]:
    """One step of the optimiser: it takes and gives what ``_told`` does."""
    variables = model.trainable_variables

    @program
    def learn(stretch: Sequence[Any], states: Any, dropouts: Any) -> Any:
        with tf.GradientTape() as tape:
            after, loss, right, count = _told(model, stretch, states, dropouts)
            mean = loss / tf.maximum(count, 1.0)
        optimizer.apply(tape.gradient(mean, variables), variables)
        return after, loss, right, count

    return learn  # type: ignore[no-any-return]


class Teller:
    """A model that tells streams, learning nothing."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self._tell = program(partial(_told, model))

    def tell(self, stream: Stream) -> Score:
        """All of it, the state carried from its beginning."""
        states = models.zero_states(self.model, stream.x.shape[2])
        told = np.zeros(3)
        for stretch in zip(*stream, strict=True):
            states, *sums = self._tell(stretch, states)
            told += [float(part) for part in sums]
        loss, right, count = told
        return Score(round(right), round(count), float(loss / count / np.log(2)))


def _parts(lanes: int) -> list[slice]:
    """The lanes in parts that go through the network side by side.

    One part keeps two or three cores at work: at two layers, or at two products of a gradient.
    Where there are more cores, and many lanes, there are more parts: as many as the root of the
    cores, for each takes seconds to compile.
    """
    count = max(1, min(isqrt(cores()), lanes // _WORTH_A_PART, _MOST_PARTS))
    return [slice(part[0], part[-1] + 1) for part in np.array_split(np.arange(lanes), count)]


def _told(model: Any, stretch: Sequence[Any], states: Any, dropouts: Any = None) -> Any:
    """x, y, keep and mask of a stretch (T, B) and the states before it -> the states after it,
    and the sums of its losses, of those told right and of all.

    ``dropouts`` (P, 2) are the seeds of the parts; without them nothing is hidden.
    """
    parts = _parts(stretch[0].shape[1])
    seeds: list[Any] = [None] * len(parts)
    if dropouts is not None:
        seeds = [tuple(tf.unstack(seed)) for seed in tf.unstack(dropouts)]
    ended, sums = [], []
    for lanes, dropout in zip(parts, seeds, strict=True):
        x, y, keep, mask = (each[:, lanes] for each in stretch)
        logits, after = models.unrolled(
            model,
            x,
            [[array[lanes] for array in state] for state in states],
            every_step=True,
            keep=tf.cast(keep, tf.float32),
            dropout=dropout,
        )
        ended.append(after)
        sums.append(_sums(logits, y, tf.cast(mask, tf.float32)))
    after = tf.nest.map_structure(lambda *arrays: tf.concat(arrays, 0), *ended)
    return after, *map(tf.add_n, zip(*sums, strict=True))


def _sums(logits: Any, y: Any, weight: Any) -> tuple[Any, Any, Any]:
    """Of what counts: the losses, natural logarithm, those told right, and all."""
    errors = tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)
    hits = tf.cast(tf.argmax(logits, -1, tf.int32) == y, tf.float32)
    return tf.reduce_sum(errors * weight), tf.reduce_sum(hits * weight), tf.reduce_sum(weight)
