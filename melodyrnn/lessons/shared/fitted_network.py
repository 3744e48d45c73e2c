"""What the lessons that predict symbols share: fitting, and a table of each step's prediction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from melodyrnn.lessons.lesson import LearningCurve, Table
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.vocabulary import Indices, Vocabulary
from melodyrnn.sequences.windows import Batch
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence

if TYPE_CHECKING:
    from melodyrnn.models.backend import keras
    from melodyrnn.training.batches import BatchProgram

Build = Callable[[int], "keras.Model"]
"""Seed -> a new network."""


@dataclass(frozen=True)
class FittedNetwork:
    """A network after its training, and what it predicts of the batch that it was fitted to."""

    model: "keras.Model"
    loss: float  # mean cross-entropy in nats, at evaluation
    right: int  # targets predicted correctly
    all: int  # targets
    logits: npt.NDArray[np.float32]  # (N, T, C) or (N, C)
    losses: Sequence[float]  # after each epoch

    @property
    def epochs(self) -> int:
        return len(self.losses)

    @property
    def predictions(self) -> Indices:
        """The most probable symbols, (N, T) or (N,)."""
        return np.asarray(self.logits.argmax(-1), dtype=np.int32)

    def curve(self, name: str) -> LearningCurve:
        return LearningCurve(name, self.losses)


def fit_network(
    model: "keras.Model", batch: Batch, fit: FitConfig, progress: Progress, *, jit: bool = False
) -> FittedNetwork:
    """Fit ``model`` to ``batch``.

    Programs are not compiled by XLA (``jit``) unless asked: for a network that is trained within
    seconds, compiling takes longer than it saves.
    """
    from melodyrnn.training.batches import BatchProgram

    return _fitted(BatchProgram(model, batch, fit, jit=jit), batch, fit, progress)


def fit_seeds(
    build: Build, batch: Batch, fit: FitConfig, seeds: Iterable[int], progress: Progress
) -> list[FittedNetwork]:
    """``fit_network`` once for each seed, in one compiled program.

    All share one model: that of the last seed remains in it.
    """
    from melodyrnn.training.batches import BatchProgram

    first, *others = seeds
    program = BatchProgram(build(first), batch, replace(fit, seed=first), jit=False)
    fitted = [_fitted(program, batch, fit, progress)]
    for seed in others:
        program.restart(build(seed).get_weights(), seed)
        fitted.append(_fitted(program, batch, fit, progress))
    return fitted


def _fitted(
    program: "BatchProgram", batch: Batch, fit: FitConfig, progress: Progress
) -> FittedNetwork:
    from melodyrnn.training.batches import logits_of
    from melodyrnn.training.trainer import Trainer

    trainer = Trainer(program, fit)
    best = trainer.fit(progress) or program.evaluate()
    losses = [row.loss for row in trainer.history]
    logits = logits_of(program.model, batch)
    return FittedNetwork(program.model, best.loss, best.right, best.all, logits, losses)


def tagger_builder(config: SequenceConfig, batch: Batch, symbols: int) -> Build:
    """Seed -> a new network that predicts a symbol at each step of ``batch``."""

    def build(seed: int) -> "keras.Model":
        from melodyrnn.models.networks.sequence_network import tagger

        return tagger(config, batch.y.shape[1], symbols, symbols, seed=seed)

    return build


def predicted_text(fitted: FittedNetwork, vocabulary: Vocabulary, row: int = 0) -> str:
    """The most probable symbol of each step, joined."""
    return "".join(vocabulary.decode(fitted.predictions[row]))


def step_table(
    inputs: Sequence[str],
    targets: Sequence[str],
    fitted: Mapping[str, FittedNetwork],
    vocabulary: Vocabulary,
) -> Table:
    """Each step's prediction, with its probability, beside the target."""
    columns = [_predictions(each, vocabulary, targets) for each in fitted.values()]
    rows = [
        [str(step), *row] for step, row in enumerate(zip(inputs, targets, *columns, strict=True), 1)
    ]
    return Table("Each step", ["step", "input", "target", *fitted], rows)


def _predictions(
    fitted: FittedNetwork, vocabulary: Vocabulary, targets: Sequence[str]
) -> list[str]:
    p = np.exp(log_softmax(fitted.logits[0]))
    symbols = vocabulary.decode(p.argmax(-1))
    return [
        marked_prediction(symbol, float(share), target)
        for symbol, share, target in zip(symbols, p.max(-1), targets, strict=True)
    ]


def marked_prediction(prediction: str, probability: float, target: str) -> str:
    """``o 65%``, or ``o 65%  wrong`` where it is not the target."""
    marked = f"{prediction} {probability:.0%}"
    return marked if prediction == target else Sentence("{marked}  wrong", marked=marked)
