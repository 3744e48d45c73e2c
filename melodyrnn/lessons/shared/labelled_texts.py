"""What ``sentiment`` and ``sentiment-stacked`` share: sequences of symbols, each with a label."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from melodyrnn.lessons.lesson import Lesson, Progress, Table
from melodyrnn.lessons.shared.fitted_network import Learned, learn
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.vocabulary import Vocabulary
from melodyrnn.sequences.windows import Batch, padded

PADDING = "·"
"""The symbol of index 0, which no text has."""


@dataclass(frozen=True)
class Labelled:
    """Texts with a label each, as a network sees them: padded on the right, index 0."""

    texts: Mapping[str, str]  # text -> label
    split: Callable[[str], Sequence[str]] = field(default=list)  # a text's symbols
    symbols: Vocabulary = field(init=False)
    labels: Vocabulary = field(init=False)

    def __post_init__(self) -> None:
        symbols = Vocabulary.of(map(self.split, self.texts)).symbols
        object.__setattr__(self, "symbols", Vocabulary([PADDING, *symbols]))
        object.__setattr__(self, "labels", Vocabulary.of([self.texts.values()]))

    def batch(self, more: int = 0) -> Batch:
        """Of x (N, T + more) and y (N,), T the longest text's symbols."""
        rows = [self.symbols.encode(self.split(text)) for text in self.texts]
        x, _ = padded(rows, max(map(len, rows)) + more)
        return Batch(x, self.labels.encode(self.texts.values()), np.ones(len(rows), dtype=bool))

    def learn(self, lesson: Lesson, progress: Progress) -> Learned:
        batch = self.batch()
        return learn(self.network(lesson, batch), batch, lesson.fit, progress)

    def network(self, lesson: Lesson, batch: Batch) -> Any:
        from melodyrnn.models.networks.sequence_network import classifier

        sizes = batch.x.shape[1], len(self.symbols), len(self.labels)
        return classifier(lesson.model, *sizes, seed=lesson.fit.seed, padded=True)

    def changed_by_padding(self, lesson: Lesson, learned: Learned, more: int) -> float:
        """The most that any logit differs where every text has ``more`` padded steps."""
        from melodyrnn.training.batches import logits_of

        batch = self.batch(more)
        longer = self.network(lesson, batch)
        longer.set_weights(learned.model.get_weights())
        return float(np.abs(logits_of(longer, batch) - learned.logits).max())

    def table(self, learned: Learned, title: str) -> Table:
        """Each text's label and what the network says."""
        p = np.exp(log_softmax(learned.logits))
        told = self.labels.decode(p.argmax(-1))
        rows = [
            [text, label, said, f"{share:.0%}", "" if said == label else "wrong"]
            for (text, label), said, share in zip(self.texts.items(), told, p.max(-1), strict=True)
        ]
        return Table(title, ["text", "truth", "told", "sure", ""], rows)
