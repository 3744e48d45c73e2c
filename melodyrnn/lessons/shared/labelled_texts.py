"""What ``sentiment`` and ``sentiment-stacked`` share: sequences of symbols, each with a label."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from melodyrnn.lessons.lesson import Lesson, Table
from melodyrnn.lessons.shared.fitted_network import FittedNetwork, fit_network, marked_prediction
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.vocabulary import Vocabulary
from melodyrnn.sequences.windows import Batch, padded
from melodyrnn.system.progress import Progress

if TYPE_CHECKING:
    from melodyrnn.models.backend import keras

PADDING = "·"
"""The symbol of index 0, which no text has."""


@dataclass(frozen=True)
class LabelledTexts:
    """Texts with a label each, as a network reads them: padded on the right, index 0."""

    texts: Mapping[str, str]  # text -> label
    split: Callable[[str], Sequence[str]] = field(default=list)  # a text's symbols
    symbols: Vocabulary = field(init=False)
    labels: Vocabulary = field(init=False)

    def __post_init__(self) -> None:
        symbols = Vocabulary.of(map(self.split, self.texts)).symbols
        object.__setattr__(self, "symbols", Vocabulary([PADDING, *symbols]))
        object.__setattr__(self, "labels", Vocabulary.of([self.texts.values()]))

    def batch(self, more: int = 0) -> Batch:
        """Of x (N, T + more) and y (N,), T the number of symbols of the longest text."""
        rows = [self.symbols.encode(self.split(text)) for text in self.texts]
        x, _ = padded(rows, max(map(len, rows)) + more)
        return Batch(x, self.labels.encode(self.texts.values()), np.ones(len(rows), dtype=bool))

    def fit(self, lesson: Lesson, progress: Progress) -> FittedNetwork:
        """Fit the network of ``lesson`` to all texts."""
        batch = self.batch()
        return fit_network(self.network(lesson, batch), batch, lesson.fit, progress)

    def network(self, lesson: Lesson, batch: Batch) -> "keras.Model":
        """A new classifier of the lesson's kind, for rows as long as those of ``batch``."""
        from melodyrnn.models.networks.sequence_network import classifier

        sizes = batch.x.shape[1], len(self.symbols), len(self.labels)
        return classifier(lesson.model, *sizes, seed=lesson.fit.seed, padded=True)

    def changed_by_padding(self, lesson: Lesson, fitted: FittedNetwork, more: int) -> float:
        """The most that any logit differs where every text has ``more`` padded steps."""
        from melodyrnn.training.batches import logits_of

        batch = self.batch(more)
        longer = self.network(lesson, batch)
        longer.set_weights(fitted.model.get_weights())
        return float(np.abs(logits_of(longer, batch) - fitted.logits).max())

    def table(self, fitted: FittedNetwork, title: str) -> Table:
        """Each text's label, and the prediction with its probability."""
        p = np.exp(log_softmax(fitted.logits))
        predictions = self.labels.decode(p.argmax(-1))
        rows = [
            [text, label, marked_prediction(prediction, float(share), label)]
            for (text, label), prediction, share in zip(
                self.texts.items(), predictions, p.max(-1), strict=True
            )
        ]
        return Table(title, ["text", "target", "predicted"], rows)
