"""N-gram models of a window, and the most that any model of a window can predict correctly."""

from abc import abstractmethod
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from melodyrnn.models.predictor import Floats, Predictor
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import windows

Context = tuple[int, ...]


class Tally(NamedTuple):
    """How many were correct, of how many."""

    right: int
    all: int

    def __str__(self) -> str:
        return f"{self.right}/{self.all}"

    def to_json(self) -> dict[str, int]:
        return self._asdict()


def successors(sequences: Sequence[Indices], size: int) -> dict[Context, Counter[int]]:
    """Window -> how often each token followed it. Raises WindowError."""
    counts: defaultdict[Context, Counter[int]] = defaultdict(Counter)
    for sequence in sequences:
        for *window, successor in windows(sequence, size).tolist():
            counts[tuple(window)][successor] += 1
    return dict(counts)


def ceiling(sequences: Sequence[Indices], size: int) -> Tally:
    """The memoryless ceiling: the best accuracy of any predictor that sees the window only.

    Of each distinct window, its most frequent successor is correct and the others are not.
    Raises WindowError.
    """
    counts = successors(sequences, size).values()
    return Tally(sum(max(c.values()) for c in counts), sum(c.total() for c in counts))


class WindowModel(Predictor):
    """A model of counts that sees a window and nothing before it."""

    normalised = True

    def __init__(self, sequences: Sequence[Indices], window: int, vocabulary_size: int) -> None:
        """``vocabulary_size``: V."""
        self.window, self.vocabulary_size = window, vocabulary_size
        self.learn(sequences)

    @abstractmethod
    def learn(self, sequences: Sequence[Indices]) -> None:
        """Count."""

    @abstractmethod
    def probabilities(self, window: Context) -> Floats:
        """Of each next token, (V,), all above 0."""

    def step(self, rows: Indices, state: None) -> tuple[Floats, None]:
        return np.log([self.probabilities(tuple(row)) for row in rows.tolist()]), None

    def logits(self, sequences: Sequence[Indices]) -> list[Floats]:
        return [self.step(windows(s, self.window)[:, :-1], None)[0] for s in sequences]


class Ngram(WindowModel):
    """What followed the window, helped out by what followed its end.

    Absolute discounting, interpolated (Ney, Essen and Kneser 1994), up to the order of the
    window: with n successors of d kinds after a context, P(c) = (count(c) - D + D d P'(c)) / n,
    where P' is that of the next shorter context and at last an equal share, and D = 1/2.
    """

    discount = 0.5

    def learn(self, sequences: Sequence[Indices]) -> None:
        self.counts: defaultdict[Context, Counter[int]] = defaultdict(Counter)
        for sequence in sequences:
            tokens = sequence.tolist()
            for place, token in enumerate(tokens):
                for order in range(min(place, self.window) + 1):
                    self.counts[tuple(tokens[place - order : place])][token] += 1

    def probabilities(self, window: Context) -> Floats:
        p = np.full(self.vocabulary_size, 1 / self.vocabulary_size)
        for start in range(len(window), -1, -1):  # from the shortest context to the longest
            counts = self.counts.get(window[start:])
            if not counts:
                break  # what never occurred has no longer context either
            kept = np.zeros(self.vocabulary_size)
            kept[list(counts)] = np.array(list(counts.values())) - self.discount
            p = (kept + self.discount * len(counts) * p) / counts.total()
        return p

    def bits(self, sequence: Indices, start: int = 0) -> Floats:
        """-log2 p of each token from place ``start`` on, in the context of those before it: as
        ``probabilities``, for one token each. ``sequence`` (L,) -> (L - start,).
        """
        tokens = sequence.tolist()
        p = [
            self._probability(tuple(tokens[max(0, place - self.window) : place]), tokens[place])
            for place in range(start, len(tokens))
        ]
        return -np.log2(np.array(p, dtype=np.float64))

    def _probability(self, window: Context, token: int) -> float:
        p = 1 / self.vocabulary_size
        for start in range(len(window), -1, -1):
            counts = self.counts.get(window[start:])
            if not counts:
                break
            kept = max(counts[token] - self.discount, 0)
            p = (kept + self.discount * len(counts) * p) / counts.total()
        return p

    @property
    def parameters(self) -> int:
        return sum(map(len, self.counts.values()))


class Repeat(WindowModel):
    """Predicts the last token again, as often as it came again in the songs learned.

    All other tokens share the rest equally (add-one estimate, so that nothing is impossible).
    """

    def learn(self, sequences: Sequence[Indices]) -> None:
        again = sum(int((s[1:] == s[:-1]).sum()) for s in sequences)
        self.again = (again + 1) / (sum(len(s) - 1 for s in sequences) + 2)

    def probabilities(self, window: Context) -> Floats:
        p = np.full(self.vocabulary_size, (1 - self.again) / max(self.vocabulary_size - 1, 1))
        p[window[-1]] = self.again
        return np.asarray(p / p.sum(), dtype=np.float64)

    @property
    def parameters(self) -> int:
        return 1
