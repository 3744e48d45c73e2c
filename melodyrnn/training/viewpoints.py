"""Training a network of viewpoints: Adam on batches of whole sequences, and an average of the
weights (``averaged_adam``). Held-out sequences say when to stop, and which weights were best.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, nan
from typing import NamedTuple

import numpy as np

from melodyrnn.models.backend import tf
from melodyrnn.models.compiled_loops import program
from melodyrnn.models.config import StreamConfig
from melodyrnn.models.networks.event_reader import Random, reader_settings
from melodyrnn.models.networks.viewpoint_network import ViewpointNetwork
from melodyrnn.models.types import Among, Tensor, Weights
from melodyrnn.models.viewpoints.views import StoredViews, Views, padded_views
from melodyrnn.sequences.events import batches, filled, steps_for
from melodyrnn.sequences.windows import Mask
from melodyrnn.system.devices import ALONE, Devices
from melodyrnn.training.averaged_adam import AveragedAdam, rates
from melodyrnn.training.compiled import Compiled, graph_seed
from melodyrnn.training.program import Carried, Program, within_epoch
from melodyrnn.training.replicas import Replicas, gradients_of, replicas_of

AVERAGING = 0.99
"""How much of the weights' average a step keeps."""

AT_ONCE = 8192
"""Padded symbols of which one program computes the gradient: of a batch of long sequences, all at
once, it would take gigabytes."""

_APART = 1 << 20
"""Between the numbers by which the parts of a batch draw, and those of all steps."""

KNOWN = 0.5
"""How often, in training, it is known of a sequence how many cycles are left."""


class ViewRow(NamedTuple):
    """One epoch, as the history keeps it."""

    epoch: int  # from 1
    loss: float  # mean cross-entropy of symbols in training, natural logarithm
    val_bits: float  # bits per note of the validation set, after the epoch
    val_kind_bits: float  # of these, those of the kinds; the others are those of the heights


@dataclass(frozen=True)
class ViewScore:
    """How well the average of the weights predicts the held-out sequences, in bits per unit."""

    bits: float
    kind_bits: float


class LearnedViews(NamedTuple):
    """Sequences as they are seen without, and with, knowing how many cycles each has."""

    untold: Sequence[Views]
    told: Sequence[Views]


class HeldOutViews(NamedTuple):
    """Sequences that are only predicted, and how their bits are counted."""

    views: Sequence[Views]
    known: Sequence[Mask]  # of each which symbols count, the first one too, (L + 1,)
    units: int  # what bits are counted per: of tunes the notes, for their ends are none
    charge: float  # bits beyond those of the predictions, such as unknown tokens cost


class ViewpointProgram(Program[ViewRow, ViewScore]):
    """A network that sees whole sequences, a batch at a time.

    The best weights are those that predict the held-out sequences in the fewest bits; without any,
    the latest. Satisfied after ``config.patience`` epochs without better ones.
    """

    row, score = ViewRow, ViewScore

    def __init__(
        self,
        network: ViewpointNetwork,
        learned: LearnedViews,
        held_out: HeldOutViews,
        config: StreamConfig,
        devices: Devices = ALONE,
    ) -> None:
        """``network`` has the first weights, and is given the best."""
        self.config, self._original = config, network
        self._learned, self._held_out = learned, held_out
        layout, reader = network.layout, network.config
        self._replicas = replicas = replicas_of(devices)
        replicas.check(min(config.batch, len(learned.untold)), "songs")
        self._compiled = self._take(
            _ViewCompiled,
            (type(network), layout, *reader_settings(reader), config.clip, config.batch, devices),
            lambda: _ViewCompiled(type(network)(layout, reader), config.clip, replicas),
        )
        self.network = self._compiled.network
        self.network.load(network.copy())
        self._lengths = _lengths(learned.untold)
        self._batches: list[list[int]] = []  # of the epoch in progress
        self.restart()

    def restart(self) -> None:
        """Begin with the weights that the network has."""
        self._compiled.restart()
        self.epoch = -1
        self.place = 0  # batches of it that were seen
        self.sums = np.zeros(2)  # of the epoch so far: losses, symbols

    @property
    def batches(self) -> int:
        """In an epoch."""
        return -(-len(self._lengths) // self.config.batch)

    def advance(self, done: int, until: int) -> list[ViewRow]:
        """One batch; after the last of an epoch, its row."""
        self._enter(done)
        step = done * self.batches + self.place + 1
        batch = self._batches[self.place]
        symbols = sum(self._lengths[index] for index in batch)
        losses = 0.0
        for number, part in enumerate(self._parts(batch, self._lengths)):
            seed = tf.constant([graph_seed(self.config.seed), step + number * _APART], tf.int32)
            views, mask = self._padded([self._seen(index) for index in part])
            losses += float(self._compiled.add(views, mask, seed, tf.constant(symbols, tf.float32)))
        self.sums[0] += self._replicas.sums([losses])[0]
        self._compiled.step(rates(step, self.config.learning_rate, AVERAGING))
        self.sums[1] += symbols
        self.place += 1
        if self.place < self.batches:
            return []
        loss = self.sums[0] / self.sums[1]
        self.place, self.sums = 0, np.zeros(2)
        return [ViewRow(done + 1, loss, nan, nan)]

    def _enter(self, epoch: int) -> None:
        """The order of an epoch, and of which sequences it is known how long they are."""
        if epoch != self.epoch:
            random = np.random.default_rng((self.config.seed, epoch))
            self._known = random.random(len(self._lengths)) < KNOWN
            self._batches = list(batches(self._lengths, self.config.batch, random))
            self.epoch = epoch

    def _seen(self, index: int) -> Views:
        return (self._learned.told if self._known[index] else self._learned.untold)[index]

    def _rows(self, steps: int) -> int:
        """How many sequences padded to so many steps one program takes."""
        return max(1, min(self.config.batch, AT_ONCE // steps))

    def _parts(self, places: Sequence[int], lengths: Sequence[int]) -> list[Sequence[int]]:
        """Of sequences, by their places, as many at a time as one program takes."""
        rows = self._rows(steps_for(max(lengths[place] for place in places)))
        return [places[start : start + rows] for start in range(0, len(places), rows)]

    def _padded(
        self, some: Sequence[Views], counted: Sequence[Mask] | None = None
    ) -> tuple[Views, Mask]:
        """``counted``: of each which symbols count, (L,); by default all."""
        steps = steps_for(max(len(views.kind) for views in some))
        views, mask = padded_views(filled(some, self._rows(steps)), steps)
        mask[len(some) :] = False
        for row, symbols in zip(mask, counted or (), strict=False):
            row[: len(symbols)] &= symbols
        return Views(*map(tf.constant, views)), tf.constant(mask, tf.float32)

    def evaluate(self) -> ViewScore | None:
        held_out = self._held_out
        if not held_out.views:
            return None
        now = self.network.copy()
        self.network.load(self.weights())
        lengths, sums = _lengths(held_out.views), np.zeros(2)
        order, size = sorted(range(len(lengths)), key=lengths.__getitem__), self.config.batch
        for start in range(0, len(order), size):
            for part in self._parts(order[start : start + size], lengths):
                views = [held_out.views[place] for place in part]
                known = [held_out.known[place][1:] for place in part]
                errors = self._compiled.errors(*self._padded(views, known))
                sums += [float(error) for error in errors]
        self.network.load(now)
        kind, height = np.array(self._replicas.sums([*map(float, sums)])) / log(2)
        bits = (kind + height + held_out.charge) / held_out.units
        return ViewScore(bits, kind / held_out.units)

    def rank(self, score: ViewScore) -> tuple[float, ...]:
        return (-score.bits,)

    def scored(self, row: ViewRow, score: ViewScore) -> ViewRow:
        return row._replace(val_bits=score.bits, val_kind_bits=score.kind_bits)

    def satisfied(self, best: ViewScore | None, since_best: int) -> bool:
        return best is not None and since_best >= self.config.patience

    def progress(self, history: Sequence[ViewRow], epochs: int) -> tuple[int, int, str]:
        loss = float(self.sums[0] / max(self.sums[1], 1))
        return within_epoch(history, epochs, self.batches, self.place, loss)

    def weights(self) -> Weights:
        """The running average of the weights."""
        return self._compiled.adam.weights()

    def set_weights(self, weights: Weights) -> None:
        for network in (self.network, self._original):
            network.load(weights)

    def carry(self) -> Carried:
        return {
            **self._compiled.adam.carry(),
            "place": [np.array(self.place)],
            "sums": [self.sums.copy()],
        }

    def resume(self, carried: Carried, done: int) -> None:
        self._compiled.adam.resume(carried)
        self.place, self.sums = int(carried["place"][0]), carried["sums"][0].copy()


def _lengths(views: Sequence[Views]) -> Sequence[int]:
    """How many symbols are predicted of each."""
    return views.lengths if isinstance(views, StoredViews) else [len(each.kind) for each in views]


class _ViewCompiled(Compiled):
    """A network, its optimiser, and the programs of both: ``add``, ``step`` and ``errors``."""

    def __init__(self, network: ViewpointNetwork, clip: float | None, replicas: Replicas) -> None:
        self._replicas, self.network = replicas, network
        self._weights = list(self.network.weights.values())
        self._gradient = [tf.Variable(tf.zeros_like(weight)) for weight in self._weights]
        self.adam = AveragedAdam(self._weights, clip)
        self._sounds = tf.constant(network.layout.sounds)
        self.add = program(self._add_gradient, reduce_retracing=False)
        self.step = program(self._train_step, reduce_retracing=False)
        self.errors = program(self._errors_of, reduce_retracing=False)

    @property
    def variables(self) -> Sequence[Tensor]:
        return [*self.adam.state, *self._gradient]

    def restart(self) -> None:
        """Begin with the weights of the network; of a step that was cut off nothing is left."""
        self.adam.restart()
        for total in self._gradient:
            total.assign(tf.zeros_like(total))

    def _add_gradient(self, views: Views, mask: Tensor, seed: Tensor, symbols: Tensor) -> Tensor:
        """Add that of a part of a batch of so many symbols; the sum of its losses."""
        with tf.GradientTape() as tape:
            kinds, heights = self._errors_of(views, mask, seed)
            loss = (kinds + heights) / symbols
        parts = gradients_of(tape, loss, self._weights)
        for total, part in zip(self._gradient, parts, strict=True):
            total.assign_add(tf.convert_to_tensor(part))
        return kinds + heights

    def _train_step(self, rates: Tensor) -> None:
        """One step of Adam by the gradient of a batch."""
        self.adam.apply(self._replicas.total(self._gradient), rates)
        for total in self._gradient:
            total.assign(tf.zeros_like(total))

    def _errors_of(self, views: Views, mask: Tensor, seed: Tensor = None) -> tuple[Tensor, Tensor]:
        """The sums of the losses of kinds, and of heights where there are any, in the rows of this
        process. ``seed`` (2,) is given in training, and drops out.
        """
        count, sums = mask.shape[0], [(tf.constant(0.0), tf.constant(0.0))]
        for rows, device in self._replicas.shares(count):
            with tf.device(device or None):
                random = None
                if seed is not None:
                    random = Random(seed[0], seed[1], Among(rows, count))
                sums.append(self._errors_in(Views(*(v[rows] for v in views)), mask[rows], random))
        kinds, heights = map(tf.add_n, zip(*sums, strict=True))
        return kinds, heights

    def _errors_in(
        self, views: Views, mask: Tensor, random: Random | None
    ) -> tuple[Tensor, Tensor]:
        logits = self.network.logits(views, random)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits
        kinds = tf.reduce_sum(loss(views.kind, logits.kind) * mask)
        sounds = tf.cast(tf.gather(self._sounds, views.kind), tf.float32)
        heights = tf.reduce_sum(loss(views.height, logits.height) * mask * sounds)
        return kinds, heights
