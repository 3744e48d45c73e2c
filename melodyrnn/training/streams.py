"""Training on streams: truncated backpropagation through time, the state carried.

A corpus or a book is seen in lanes (``sequences.streams``), a chunk of steps at a time; errors
flow back to the start of the chunk, the state on into the next (Williams and Peng 1990). One
step of the optimiser is one compiled graph. Unlike the training on windows (``windows``), the
order changes with each epoch, and songs or text held out say when to stop.
"""

from collections.abc import Callable, Sequence
from functools import partial
from math import cos, isqrt, log, nan, pi
from typing import NamedTuple

import numpy as np

from melodyrnn.models.backend import tf
from melodyrnn.models.compiled_loops import program
from melodyrnn.models.config import StreamConfig
from melodyrnn.models.networks import step_network as models
from melodyrnn.models.types import Among, KerasModel, Optimizer, States, Tensor
from melodyrnn.sequences.score import Score
from melodyrnn.sequences.streams import MeasuredStream, Stream
from melodyrnn.system.devices import ALONE, Devices
from melodyrnn.system.machine import cores
from melodyrnn.training.keras_compiled import KerasCompiled, graph_settings
from melodyrnn.training.program import Carried, KerasProgram, within_epoch
from melodyrnn.training.replicas import Replicas, gradients_of, replicas_of

_WORTH_A_PART = 16  # lanes, below which products are too small
_MOST_PARTS = 4


class StreamRow(NamedTuple):
    """One epoch, as the history keeps it."""

    epoch: int  # from 1
    loss: float  # mean cross-entropy in training, natural logarithm
    accuracy: float  # of the predictions made in training
    val_bits: float  # bits per note or character of the validation set, after the epoch
    learning_rate: float  # at its end


class StreamProgram(KerasProgram[StreamRow, Score]):
    """A network that sees a stream, chunk by chunk.

    The best weights are those that predict the validation stream in the fewest bits. Satisfied
    after ``config.patience`` epochs without better ones.
    """

    row, score = StreamRow, Score

    def __init__(
        self,
        model: KerasModel,
        epoch_of: Callable[[int], Stream],
        validation: MeasuredStream,
        config: StreamConfig,
        devices: Devices = ALONE,
    ) -> None:
        """``epoch_of`` gives the stream of an epoch, counted from 0, the same whenever it is asked;
        all have one shape. ``model`` has the first weights, and is given the best.
        """
        self.config, self.validation = config, validation
        self._epoch_of, self._epoch = epoch_of, 0
        self.stream = epoch_of(0)  # of the epoch in progress
        self.place = 0  # chunks of it that were seen
        self.sums = np.zeros(3)  # of the epoch so far: losses, correct predictions, all
        self.states = models.zero_states(model, self.stream.shape[1])
        shapes = self.stream.shape, validation.stream.shape
        clip, graph = config.clip, graph_settings(model)
        replicas = replicas_of(devices)
        replicas.check(self.stream.shape[1], "lanes")
        settings = graph, clip, devices, *((shape, _parts(shape[1])) for shape in shapes)
        compiled = self._take(
            _StreamCompiled, settings, lambda: _StreamCompiled(model, clip, replicas)
        )
        compiled.begin(model, config.learning_rate)
        super().__init__(compiled.model, compiled.optimizer, model)
        self.scorer, self._step = compiled.scorer, compiled.step

    def advance(self, done: int, until: int) -> list[StreamRow]:
        """One chunk of all lanes; after the last of an epoch, its row."""
        self._enter(done)
        chunks = len(self.stream)
        share = (done + self.place / chunks) / self.config.epochs
        self.optimizer.learning_rate = self._rate(share)
        chunk = self.stream[self.place]
        seed = np.random.SeedSequence((self.config.seed, done, self.place))
        dropout = seed.generate_state(2).astype(np.int32)
        self.states, *sums = self._step(chunk, self.states, dropout)
        self.sums += [float(part) for part in sums]
        self.place += 1
        return [self._end_of_epoch(done)] if self.place == chunks else []

    def _enter(self, epoch: int) -> None:
        if epoch != self._epoch:
            self.stream, self._epoch = self._epoch_of(epoch), epoch

    def _end_of_epoch(self, done: int) -> StreamRow:
        loss, right, count = self.sums
        rate = float(np.asarray(self.optimizer.learning_rate))
        self.place, self.sums = 0, np.zeros(3)
        self.states = [[tf.zeros_like(s) for s in state] for state in self.states]
        return StreamRow(done + 1, float(loss / count), float(right / count), nan, rate)

    def _rate(self, share: float) -> float:
        """The learning rate when that share of all steps is done."""
        if self.config.schedule == "constant":
            return self.config.learning_rate
        return self.config.learning_rate * (1 + cos(pi * share)) / 2

    def evaluate(self) -> Score:
        return self.scorer.score(self.validation)

    def rank(self, score: Score) -> tuple[float, ...]:
        return (-score.bits,)

    def scored(self, row: StreamRow, score: Score) -> StreamRow:
        return row._replace(val_bits=score.bits)

    def satisfied(self, best: Score | None, since_best: int) -> bool:
        return since_best >= self.config.patience

    def progress(self, history: Sequence[StreamRow], epochs: int) -> tuple[int, int, str]:
        loss = float(self.sums[0] / max(self.sums[2], 1))
        return within_epoch(history, epochs, len(self.stream), self.place, loss)

    def carry(self) -> Carried:
        return {
            **super().carry(),
            "states": [np.asarray(array) for state in self.states for array in state],
            "place": [np.array(self.place)],
            "sums": [self.sums.copy()],
        }

    def resume(self, carried: Carried, done: int) -> None:
        super().resume(carried, done)
        flat = iter(carried["states"])
        self.states = [[tf.constant(next(flat)) for _ in state] for state in self.states]
        self.place, self.sums = int(carried["place"][0]), carried["sums"][0].copy()


class StreamScorer:
    """A model that predicts streams, learning nothing."""

    def __init__(self, model: KerasModel, replicas: Replicas | None = None) -> None:
        """``replicas``: who shares the lanes, each with such a scorer."""
        self.model = model
        self._replicas = replicas or replicas_of(ALONE)
        self._program = program(partial(_predicted, model, self._replicas))

    def score(self, measured: MeasuredStream) -> Score:
        """Of all of it, the state carried from its beginning."""
        states = models.zero_states(self.model, measured.stream.shape[1])
        loss = right = 0.0
        for chunk in measured.stream:
            states, *sums = self._program(chunk, states)
            loss += float(sums[0])
            right += float(sums[1])
        loss, right = self._replicas.sums([loss, right])
        return Score(round(right), measured.units, loss / log(2) + measured.charge)


class _StreamCompiled(KerasCompiled):
    """The programs of one shape of chunks."""

    def __init__(self, model: KerasModel, clip: float | None, replicas: Replicas) -> None:
        super().__init__(model, clip)
        self.scorer = StreamScorer(self.model, replicas)
        self.step = _compiled(self.model, self.optimizer, replicas)


def _compiled(
    model: KerasModel, optimizer: Optimizer, replicas: Replicas
) -> Callable[..., tuple[States, Tensor, Tensor, Tensor]]:
    """One step of the optimiser: it takes and gives what ``_predicted`` does."""
    variables = model.trainable_variables

    @program
    def step(
        chunk: Sequence[Tensor], states: States, dropout: Tensor
    ) -> tuple[States, Tensor, Tensor, Tensor]:
        *_, mask = chunk
        count = tf.reduce_sum(tf.cast(mask, tf.float32))  # of all lanes, whoever computes them
        with tf.GradientTape() as tape:
            after, loss, right = _predicted(model, replicas, chunk, states, dropout)
            mean = loss / tf.maximum(count, 1.0)
        gradients = gradients_of(tape, mean, variables)
        flat = tf.nest.flatten(after)  # whole in each process, so that any can go on from it
        loss, right, *found = replicas.total([loss, right, *gradients, *flat])
        optimizer.apply(found[: len(variables)], variables)
        after = tf.nest.pack_sequence_as(after, found[len(variables) :])
        return after, loss, right, count

    return step  # type: ignore[no-any-return]


def _parts(lanes: int) -> int:
    """In how many parts the lanes go through the network side by side, on one device.

    One part keeps two or three cores at work: at two layers, or at two products of a gradient.
    Where there are more cores, and many lanes, there are more parts: as many as the root of the
    cores, for each takes seconds to compile.
    """
    return max(1, min(isqrt(cores()), lanes // _WORTH_A_PART, _MOST_PARTS))


def _predicted(
    model: KerasModel,
    replicas: Replicas,
    chunk: Sequence[Tensor],
    states: States,
    dropout: Tensor = None,
) -> tuple[States, Tensor, Tensor]:
    """x, y, keep and mask of a chunk (T, B) and the states before it -> the states after it, and
    the sums of what it predicts, both of this process's lanes; the states of others are 0.

    ``dropout`` (2,) is the seed of what is dropped out; without it nothing is.
    """
    count = chunk[0].shape[1]
    seed = None if dropout is None else tuple(tf.unstack(dropout))
    ended, sums = [], []
    own = replicas.own(count)
    for lanes, device in replicas.shares(count, _parts(own.stop - own.start)):
        with tf.device(device or None):
            x, y, keep, mask = (each[:, lanes] for each in chunk)
            logits, after = models.unrolled(
                model,
                x,
                [[array[lanes] for array in state] for state in states],
                every_step=True,
                keep=tf.cast(keep, tf.float32),
                dropout=seed,
                among=Among(lanes, count),
            )
            ended.append(after)
            sums.append(_sums(logits, y, tf.cast(mask, tf.float32)))
    if not sums:
        nothing = tf.constant(0.0)
        return tf.nest.map_structure(tf.zeros_like, states), nothing, nothing
    around = [[own.start, count - own.stop], [0, 0]]
    after = tf.nest.map_structure(lambda *arrays: tf.pad(tf.concat(arrays, 0), around), *ended)
    loss, right = map(tf.add_n, zip(*sums, strict=True))
    return after, loss, right


def _sums(logits: Tensor, y: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Of what counts: the losses, natural logarithm, and the correct predictions."""
    errors = tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits)
    hits = tf.cast(tf.argmax(logits, -1, tf.int32) == y, tf.float32)
    return tf.reduce_sum(errors * weight), tf.reduce_sum(hits * weight)
