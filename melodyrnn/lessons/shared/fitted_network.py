"""What the lessons that tell symbols share: learning, and showing each step's prediction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from melodyrnn.lessons.lesson import Curve, Progress, Table
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.vocabulary import Indices, Vocabulary
from melodyrnn.sequences.windows import Batch


@dataclass(frozen=True)
class Learned:
    """A network after its learning, and what it says to the batch it learned."""

    model: Any
    told: Any  # fitting.Told of what it learned
    logits: npt.NDArray[np.float32]  # (N, T, C) or (N, C)
    losses: Sequence[float]  # after each epoch

    @property
    def epochs(self) -> int:
        return len(self.losses)

    @property
    def likeliest(self) -> Indices:
        """(N, T) or (N,)."""
        return np.asarray(self.logits.argmax(-1), dtype=np.int32)

    def curve(self, name: str) -> Curve:
        return Curve(name, self.losses)


def learn(
    model: Any, batch: Batch, fit: FitConfig, progress: Progress, *, jit: bool = False
) -> Learned:
    """Fit ``model`` to ``batch``.

    Programs are not compiled by XLA (``jit``) unless asked: for a network that learns within
    seconds, compiling takes longer than it saves.
    """
    from melodyrnn.training.batches import Fitter

    return _learned(Fitter(model, batch, fit, jit=jit), batch, progress)


def learn_seeds(
    build: Callable[[int], Any],
    batch: Batch,
    fit: FitConfig,
    seeds: Iterable[int],
    progress: Progress,
) -> list[Learned]:
    """``learn`` once for each seed, in one compiled program; ``build``: seed -> a new model.

    All share one model: that of the last seed remains in it.
    """
    from melodyrnn.training.batches import Fitter

    first, *others = seeds
    fitter = Fitter(build(first), batch, replace(fit, seed=first), jit=False)
    learned = [_learned(fitter, batch, progress)]
    for seed in others:
        fitter.begin(build(seed).get_weights(), seed)
        learned.append(_learned(fitter, batch, progress))
    return learned


def _learned(fitter: Any, batch: Batch, progress: Progress) -> Learned:
    from melodyrnn.training.batches import logits_of

    told = fitter.run(progress)
    losses = [row.loss for row in fitter.history]
    return Learned(fitter.model, told, logits_of(fitter.model, batch), losses)


def teller_of(config: SequenceConfig, batch: Batch, symbols: int) -> Callable[[int], Any]:
    """Seed -> a new network that tells a symbol a step."""

    def build(seed: int) -> Any:
        from melodyrnn.models.networks.sequence_network import tagger

        return tagger(config, batch.y.shape[1], symbols, symbols, seed=seed)

    return build


def spelled(learned: Learned, vocabulary: Vocabulary, row: int = 0) -> str:
    """The likeliest symbol of each step, joined."""
    return "".join(vocabulary.decode(learned.likeliest[row]))


def step_table(
    seen: Sequence[str],
    truth: Sequence[str],
    learned: Mapping[str, Learned],
    vocabulary: Vocabulary,
) -> Table:
    """Each step's prediction, with its probability, against the truth."""
    columns = [_predictions(each, vocabulary, truth) for each in learned.values()]
    rows = [
        [str(step), *row] for step, row in enumerate(zip(seen, truth, *columns, strict=True), 1)
    ]
    return Table("Each step", ["step", "sees", "truth", *learned], rows)


def _predictions(learned: Learned, vocabulary: Vocabulary, truth: Sequence[str]) -> list[str]:
    p = np.exp(log_softmax(learned.logits[0]))
    told = vocabulary.decode(p.argmax(-1))
    return [
        f"{symbol} {share:.0%}" + ("" if symbol == true else "  wrong")
        for symbol, share, true in zip(told, p.max(-1), truth, strict=True)
    ]
