"""Training on windows: many epochs in one compiled program.

A tutorial's loop calls ``fit`` once an epoch, so as to reset the state between epochs, and spends
nearly all of its time outside the arithmetic. Here a block of epochs, with the optimiser and the
resets in it, is one XLA program; the losses are those of ``fit(batch_size=..., shuffle=False)``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.models.backend import tf
from melodyrnn.models.compiled_loops import collect, program, repeat
from melodyrnn.models.config import ModelConfig, TrainConfig
from melodyrnn.models.networks import step_network as models
from melodyrnn.models.networks.numpy_network import Network
from melodyrnn.models.types import KerasModel, Optimizer, States, Tensor
from melodyrnn.sequences.score import Score, score_of
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Batch, Mask, next_token, symbols
from melodyrnn.system.sentences import Sentence
from melodyrnn.training.compiled import graph_seed
from melodyrnn.training.keras_compiled import KerasCompiled, graph_settings
from melodyrnn.training.program import KerasProgram

BLOCK_STEPS = 1000
"""About how many steps a block has: some 100 ms for one song, so that evaluating at its end takes
little beside it, and Ctrl-C is noticed.
"""
BLOCK_EPOCHS = 50
"""The most epochs a block has. With validation songs it has one: few songs are soon learned too
well to predict others, and the best weights are between.
"""
PATIENCE = 40
"""Epochs without a better score on the validation songs after which training stops."""


class WindowRow(NamedTuple):
    """One epoch, as the history keeps it."""

    epoch: int  # from 1
    loss: float  # mean cross-entropy in training, natural logarithm
    accuracy: float  # of the predictions made in training
    # Measured at the end of a block only, on the validation songs or else on the training set:
    one_step: int | None = None  # windows predicted correctly
    val_bits: float | None = None  # bits per note


@dataclass(frozen=True)
class TrainingSongs:
    """What a network is trained on, and what its weights are chosen by."""

    training: Sequence[Indices]
    validation: Sequence[Indices] = ()
    attributes: npt.ArrayLike | None = None  # of each token, (V, F), where the model has them
    known: Sequence[Mask] | None = None  # of the validation songs, which tokens are known, (L,)
    charge: float = 0.0  # bits that these cost beyond what the network gives their known tokens


class WindowProgram(KerasProgram[WindowRow, Score]):
    """A network that sees windows of songs, at all their notes in the same order each epoch.

    The best weights are those that predict the most windows of the training set correctly and,
    among equals, in the fewest bits; with validation songs, those that predict these in the fewest
    bits. Satisfied when every song comes back whole or, with validation songs, after PATIENCE.
    """

    row, score = WindowRow, Score

    def __init__(
        self,
        model: KerasModel,
        songs: TrainingSongs,
        architecture: ModelConfig,
        config: TrainConfig,
        batch: int,
    ) -> None:
        """``architecture`` is that of ``model``, which has the first weights and is given the best;
        a step takes ``batch`` windows, 1 where a state is carried.
        """
        self.songs, self._architecture = songs, architecture
        window = architecture.window
        self._evaluated = songs.validation or songs.training
        self._targets = np.concatenate([symbols(each)[window:] for each in self._evaluated])
        known = songs.known or [np.ones(len(each), dtype=bool) for each in self._evaluated]
        self._known = np.concatenate([each[window:] for each in known])
        windows, starts = next_token(songs.training, window)
        count = len(windows.y)
        most = 1 if songs.validation else BLOCK_EPOCHS
        self.block = block = max(1, min(most, BLOCK_STEPS // -(-count // batch)))
        self._steps = _steps(windows, starts, batch)
        self._seed = tf.constant(graph_seed(config.seed))
        settings = graph_settings(model), windows.x.shape, batch, block
        compiled = self._take(
            _WindowCompiled, settings, lambda: _WindowCompiled(model, count, batch, block)
        )
        compiled.begin(model, config.learning_rate)
        super().__init__(compiled.model, compiled.optimizer, model)
        self._run = compiled.run

    def advance(self, done: int, until: int) -> list[WindowRow]:
        epochs = min(self.block, until - done)
        found = self._run(self._steps, self._seed, tf.constant(epochs), tf.constant(done))
        losses, accuracies = (part.numpy()[:epochs] for part in found)
        pairs = zip(losses, accuracies, strict=True)
        return [WindowRow(done + i, float(a), float(b)) for i, (a, b) in enumerate(pairs, 1)]

    def evaluate(self) -> Score:
        """Of the validation songs or else of the training set.

        In NumPy, as the model will play: compiling a program for it takes longer than it saves.
        """
        network = Network.of(self.model, self._architecture, self.songs.attributes)
        with np.errstate(invalid="ignore", over="ignore"):  # of weights that diverged
            logits = np.concatenate(network.logits(self._evaluated))
            score = score_of(logits[self._known], self._targets[self._known])
        surprise = score.surprise + self.songs.charge
        return replace(score, all=len(self._targets), surprise=surprise)

    def rank(self, score: Score) -> tuple[float, ...]:
        return (-score.bits,) if self.songs.validation else (score.right, -score.bits)

    def scored(self, row: WindowRow, score: Score) -> WindowRow:
        if not isfinite(score.bits):
            return row
        return row._replace(one_step=score.right, val_bits=score.bits)

    def satisfied(self, best: Score | None, since_best: int) -> bool:
        if best is None:
            return False
        return since_best >= PATIENCE if self.songs.validation else best.is_whole

    def progress(self, history: Sequence[WindowRow], epochs: int) -> tuple[int, int, str]:
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


class _Steps(NamedTuple):
    """The K steps of an epoch, and what each sees."""

    x: Tensor  # (K, B, T)
    y: Tensor  # (K, B)
    keep: Tensor  # (K,): 0 where the state is reset


def _steps(windows: Batch, starts: npt.NDArray[np.bool_], batch: int) -> _Steps:
    """The last batch may be short: its empty places repeat window 0, at no weight."""
    count = len(windows.y)
    order = np.pad(np.arange(count), (0, -count % batch)).reshape(-1, batch)
    return _Steps(
        tf.constant(windows.x[order], tf.int32),
        tf.constant(windows.y[order], tf.int32),
        tf.constant(~starts[order[:, 0]], tf.float32),
    )


class _WindowCompiled(KerasCompiled):
    """The program of so many windows."""

    def __init__(self, model: KerasModel, count: int, batch: int, block: int) -> None:
        super().__init__(model)
        self.run = _compiled(self.model, self.optimizer, count, batch, block)


def _compiled(
    model: KerasModel, optimizer: Optimizer, count: int, batch: int, block: int
) -> Callable[[_Steps, Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]:
    """A program that runs n <= block epochs after the first m ones: steps, seed of what is dropped
    out, n, m -> mean losses (block,), accuracies (block,).
    """
    steps = -(-count // batch)
    places = np.arange(steps * batch).reshape(steps, batch)
    weights = tf.constant(places < count, tf.float32)  # (K, B): 0 in empty places
    variables, nothing = model.trainable_variables, tf.constant(0.0)

    @program(jit_compile=True)  # type: ignore[untyped-decorator]
    def run(data: _Steps, seed: Tensor, epochs: Tensor, done: Tensor) -> tuple[Tensor, Tensor]:
        def epoch(number: Tensor) -> tuple[Tensor, Tensor]:
            def step(
                k: Tensor, loss: Tensor, right: Tensor, states: States
            ) -> tuple[Tensor, Tensor, States]:
                # Not x[k]: a slice at a loop variable fails to compile.
                seen, target, weight = (tf.gather(part, k) for part in (data.x, data.y, weights))
                states = [[s * tf.gather(data.keep, k) for s in state] for state in states]
                with tf.GradientTape() as tape:
                    dropout = (seed, (done + number) * steps + k)
                    logits, states = models.step(model, seen, states, dropout)
                    errors = tf.nn.sparse_softmax_cross_entropy_with_logits(target, logits)
                    mean = tf.reduce_sum(errors * weight) / tf.reduce_sum(weight)
                optimizer.apply(tape.gradient(mean, variables), variables)
                hits = tf.cast(tf.argmax(logits, -1, tf.int32) == target, tf.float32)
                loss += tf.reduce_sum(errors * weight)
                return loss, right + tf.reduce_sum(hits * weight), states

            states = models.zero_states(model, batch)
            loss, right, _ = repeat(steps, step, nothing, nothing, states)
            return loss / count, right / count

        return collect(epochs, block, epoch)

    return run  # type: ignore[no-any-return]
