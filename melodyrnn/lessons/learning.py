"""What the lessons that tell symbols share: learning, and showing each step's prediction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from melodyrnn.lessons.lesson import Curve, Lesson, Progress, Table
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.vocabulary import Vocabulary
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

    def curve(self, name: str) -> Curve:
        return Curve(name, self.losses)


def learn(lesson: Lesson, model: Any, batch: Batch, progress: Progress, **options: Any) -> Learned:
    """Fit ``model`` to ``batch`` as the lesson says; ``options`` are those of ``Fitter``.

    Programs are not compiled by XLA unless asked: for a network that learns within seconds,
    compiling takes longer than it saves.
    """
    from melodyrnn.networks.fitting import Fitter, logits_of

    fitter = Fitter(model, batch, lesson.fit, **{"jit": False, **options})
    told = fitter.run(progress)
    return Learned(model, told, logits_of(model, batch), [row.loss for row in fitter.history])


def learn_to_tell(
    lesson: Lesson,
    batch: Batch,
    symbols: int,
    progress: Progress,
    *,
    head: bool = True,
    seed: int | None = None,
) -> Learned:
    """A symbol a step: a new network of the lesson's kind learns ``batch``.

    Without a ``head`` the outputs of the cell are the logits: one unit a symbol.
    """
    from melodyrnn.networks.sequence_models import tagger

    units = lesson.model.units if head else symbols
    config = replace(lesson.model, head=head, units=units)
    seed = lesson.fit.seed if seed is None else seed
    model = tagger(config, batch.y.shape[1], symbols, symbols, seed=seed)
    return learn(lesson, model, batch, progress)


def spelled(learned: Learned, vocabulary: Vocabulary, row: int = 0) -> str:
    """The likeliest symbol of each step, joined."""
    return "".join(vocabulary.decode(learned.logits[row].argmax(-1)))


def step_table(
    seen: Sequence[str],
    truth: Sequence[str],
    learned: Mapping[str, Learned],
    vocabulary: Vocabulary,
    title: str = "Each step",
) -> Table:
    """Each step's prediction, with its probability, against the truth."""
    columns = [_column(each, vocabulary, truth) for each in learned.values()]
    rows = [
        [str(step), one, true, *says]
        for step, (one, true, *says) in enumerate(zip(seen, truth, *columns, strict=False), 1)
    ]
    return Table(title, ["step", "sees", "truth", *learned], rows)


def _column(learned: Learned, vocabulary: Vocabulary, truth: Sequence[str]) -> list[str]:
    p = np.exp(log_softmax(learned.logits[0]))
    told = vocabulary.decode(p.argmax(-1))
    return [
        f"{symbol} {share:.0%}" + ("" if symbol == true else "  wrong")
        for symbol, share, true in zip(told, p.max(-1), truth, strict=True)
    ]
