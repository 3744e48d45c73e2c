"""Learning: many epochs in one compiled program.

A tutorial's loop calls ``fit`` once an epoch, so as to reset the state between epochs, and spends
nearly all of its time outside the arithmetic. Here a block of epochs, with the optimiser and the
resets in it, is one XLA program; the losses are those of ``fit(batch_size=..., shuffle=False)``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isfinite, isnan, nan
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.models.backend import keras, tf
from melodyrnn.models.config import ModelConfig, TrainConfig
from melodyrnn.models.networks import step_network as models
from melodyrnn.models.networks.numpy_network import Network
from melodyrnn.models.programs import collect, program, repeat
from melodyrnn.sequences.score import Score, score_of
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import next_code, symbols
from melodyrnn.training.learner import Learner

Weights = list[npt.NDArray[np.float32]]

BLOCK_STEPS = 1000
"""About how many steps a block has: some 100 ms for one song, so that judging at its end takes
little beside it, and Ctrl-C is heard.
"""
BLOCK_EPOCHS = 50
"""The most epochs a block has. With validation songs it has one: few songs are soon learned too
well to tell others, and the best weights are between.
"""
PATIENCE = 40
"""Epochs without a better score on validation songs after which training stops."""


class Row(NamedTuple):
    """One epoch, as the history keeps it."""

    epoch: int  # from 1
    loss: float  # mean cross-entropy while learning, natural logarithm
    accuracy: float  # of the predictions made while learning
    # Measured at the end of a block only, on the validation songs or else on those learned:
    one_step: int | None = None  # windows told right
    bits: float | None = None  # bits per note


@dataclass
class Progress:
    """What a training tells while it runs."""

    epoch: int
    epochs: int
    loss: float
    accuracy: float

    @property
    def counted(self) -> tuple[int, int, str]:
        """Done, all, words."""
        return self.epoch, self.epochs, f"epochs loss {self.loss:.3f} right {self.accuracy:.0%}"


@dataclass
class Trainer(Learner):
    """A model in training. Its ``state()`` is all that is needed to go on, bit for bit."""

    row = Row  # of the history
    model: Any
    sequences: Sequence[Indices]
    architecture: ModelConfig  # of ``model``
    config: TrainConfig
    batch: int  # windows a step; 1 where a state is carried
    validation: Sequence[Indices] = ()  # songs not learned, by whose bits the best is chosen
    history: list[Row] = field(default_factory=list)
    best: Weights = field(default_factory=list)
    best_score: Score | None = None
    best_epoch: int = 0
    features: npt.ArrayLike | None = None  # attributes of each code, where the model has them

    def __post_init__(self) -> None:
        self.optimizer = keras.optimizers.Adam(self.config.learning_rate)
        self.optimizer.build(self.model.trainable_variables)
        window = self.architecture.window
        self._judged = self.validation or self.sequences
        self._told = np.concatenate([symbols(sequence)[window:] for sequence in self._judged])
        windows, starts = next_code(self.sequences, window)
        steps = -(-len(windows.y) // self.batch)
        most = 1 if self.validation else BLOCK_EPOCHS
        self.block = max(1, min(most, BLOCK_STEPS // steps))
        self._program = _compile(
            self.model,
            self.optimizer,
            windows,
            starts,
            self.batch,
            self.block,
            self.config.seed,
        )
        if not self.best:
            self.best = self.model.get_weights()

    @property
    def satisfied(self) -> bool:
        """Every song comes back right or, with validation songs, those are told no better."""
        if self.best_score is None:
            return False
        if self.validation:
            return self.epoch - self.best_epoch >= PATIENCE
        return self.best_score.is_whole

    def run(self, after_block: Callable[[Progress], None] = lambda progress: None) -> bool:
        """Train until done; ``after_block`` is called after each block.

        Returns False where a keyboard interrupt ended it before. The model may then stand in the
        middle of a block: its ``state()`` is not to be kept, while the best weights are whole.
        """
        try:
            while not self.done:
                self.run_block()
                row = self.history[-1]
                after_block(Progress(row.epoch, self.config.epochs, row.loss, row.accuracy))
        except KeyboardInterrupt:
            return False
        return True

    def keep_best(self) -> None:
        """Give the model the best weights it had."""
        self.model.set_weights(self.best)

    def run_block(self) -> None:
        epochs = min(self.block, self.config.epochs - self.epoch)
        parts = self._program(epochs, self.epoch)
        losses, accuracies = (part.numpy()[:epochs] for part in parts)
        score = self.score()
        first = self.epoch + 1
        rows = [
            Row(first + i, float(loss), float(accuracy))
            for i, (loss, accuracy) in enumerate(zip(losses, accuracies, strict=True))
        ]
        if isfinite(score.bits):
            rows[-1] = rows[-1]._replace(one_step=score.right, bits=score.bits)
            if self._is_best(score):
                self.best_score, self.best_epoch = score, rows[-1].epoch
                self.best = self.model.get_weights()
        self.history += rows

    def score(self) -> Score:
        """Of the validation songs or else those learned, with the model's present weights.

        In NumPy, as the model will play: compiling a program for it takes longer than it saves.
        """
        network = Network.of(self.model, self.architecture, self.features)
        with np.errstate(invalid="ignore", over="ignore"):  # of weights that diverged
            return score_of(np.concatenate(network.logits(self._judged)), self._told)

    def _is_best(self, score: Score) -> bool:
        """By the notes told right where the songs are to be learned by heart, then by bits; by
        bits alone where others are to be understood.
        """
        best = self.best_score
        if best is None or self.validation:
            return best is None or score.bits < best.bits
        return (score.right, -score.bits) > (best.right, -best.bits)

    def state(self) -> dict[str, npt.NDArray[Any]]:
        """Weights, optimiser, best weights and history, as named arrays."""
        arrays: dict[str, npt.NDArray[Any]] = {}
        for name, group in self._groups():
            arrays |= {f"{name}/{i}": np.asarray(value) for i, value in enumerate(group)}
        score = self.best_score
        arrays["best_score"] = np.array([score.right, score.all, score.bits] if score else [])
        arrays["best_epoch"] = np.array(self.best_epoch)
        arrays["history"] = np.array(
            [[nan if value is None else value for value in row] for row in self.history],
            dtype=np.float64,
        ).reshape(-1, len(Row._fields))
        return arrays

    def restore(self, arrays: dict[str, npt.NDArray[Any]]) -> None:
        """Go back to what ``state()`` gave. Raises KeyError, ValueError where it does not fit."""
        for name, group in self._groups():
            values = [arrays[f"{name}/{i}"] for i in range(len(group))]
            if name == "best":
                self.best = values
                continue
            for variable, value in zip(group, values, strict=True):
                variable.assign(value)
        score = arrays["best_score"].tolist()
        self.best_score = Score(int(score[0]), int(score[1]), score[2]) if score else None
        self.best_epoch = int(arrays["best_epoch"])
        self.history = [
            Row(int(epoch), loss, accuracy)
            if isnan(bits)
            else Row(int(epoch), loss, accuracy, int(one_step), bits)
            for epoch, loss, accuracy, one_step, bits in arrays["history"].tolist()
        ]

    def _groups(self) -> list[tuple[str, Sequence[Any]]]:
        return [
            ("weights", self.model.weights),
            ("optimizer", self.optimizer.variables),
            ("best", self.best),
        ]


def _compile(
    model: Any,
    optimizer: Any,
    windows: Any,
    starts: npt.NDArray[np.bool_],
    batch: int,
    block: int,
    seed: int,
) -> Callable[[int, int], tuple[Any, Any]]:
    """A program that runs n <= block epochs after the first m ones: n, m -> mean losses (block,),
    accuracies (block,).
    """
    count = len(windows.y)
    steps = -(-count // batch)
    # The last batch may be short: its empty places repeat window 0 at weight 0.
    order = np.arange(steps * batch).reshape(steps, batch)  # (K, B)
    weights = tf.constant(order < count, tf.float32)  # (K, B)
    order = np.where(order < count, order, 0)
    x = tf.constant(windows.x[order], tf.int32)  # (K, B, T)
    y = tf.constant(windows.y[order], tf.int32)  # (K, B)
    keep = tf.constant(~starts[order[:, 0]], tf.float32)  # (K,): 0 where the state is reset
    variables, nothing = model.trainable_variables, tf.constant(0.0)

    @program(jit_compile=True)  # type: ignore[untyped-decorator]
    def run(epochs: Any, done: Any) -> tuple[Any, Any]:
        def epoch(number: Any) -> tuple[Any, Any]:
            def step(k: Any, loss: Any, right: Any, states: Any) -> Any:
                # Not x[k]: a slice at a loop variable fails to compile.
                seen, told, weight = (tf.gather(part, k) for part in (x, y, weights))
                states = [[s * tf.gather(keep, k) for s in state] for state in states]
                with tf.GradientTape() as tape:
                    dropout = (seed, (done + number) * steps + k)
                    logits, states = models.step(model, seen, states, dropout)
                    errors = tf.nn.sparse_softmax_cross_entropy_with_logits(told, logits)
                    mean = tf.reduce_sum(errors * weight) / tf.reduce_sum(weight)
                optimizer.apply(tape.gradient(mean, variables), variables)
                hits = tf.cast(tf.argmax(logits, -1, tf.int32) == told, tf.float32)
                loss += tf.reduce_sum(errors * weight)
                return loss, right + tf.reduce_sum(hits * weight), states

            states = models.zero_states(model, batch)
            loss, right, _ = repeat(steps, step, nothing, nothing, states)
            return loss / count, right / count

        return collect(epochs, block, epoch)

    return lambda epochs, done: run(tf.constant(epochs), tf.constant(done))
