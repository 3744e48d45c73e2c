"""What generation and evaluation ask of a model, be it a network, n-grams or several of them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from melodyrnn.models.context import SequenceContext
from melodyrnn.models.next_tokens import NextTokens, OfTokens
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.vocabulary import Indices

Floats = npt.NDArray[np.float64]
Logits = npt.NDArray[np.floating[Any]]  # of a float type that the model chooses
Rows = npt.NDArray[np.intp]  # (R,): songs of a batch, by their places in it
State: TypeAlias = Any
"""What a model keeps of a batch of songs: its own business, and never changed in place."""


class Player(Protocol):
    """What predicts the next token from windows of ``window`` tokens, step by step."""

    window: int

    def begin(self, count: int) -> State:
        """The state of ``count`` songs before their first window."""
        ...

    def step(self, rows: Indices, state: State) -> tuple[Logits, State]:
        """Windows (B, T) and state -> logits (B, V) and the state after them."""
        ...

    def expected(self, rows: Indices, state: State) -> tuple[NextTokens, State]:
        """``step`` for who draws a token, and does not look at all of them."""
        ...

    def pick(self, state: State, rows: Rows) -> State:
        """The state of the songs ``rows`` (R,), of each as often as it is named."""
        ...


class Predictor(ABC):
    """A model of the next token: the one protocol by which all models predict.

    Logits are natural logarithms of the probabilities, up to a number that is the same for all
    tokens of a place; where ``normalised``, that number is 0. A subclass has ``step`` and
    ``logits``; a model without a state needs no more.
    """

    window: int
    normalised: bool = False

    @property
    @abstractmethod
    def parameters(self) -> int:
        """The number of numbers that learning set."""

    @abstractmethod
    def step(self, rows: Indices, state: State) -> tuple[Logits, State]:
        """Windows (B, T) and state -> logits (B, V) and the state after them."""

    def expected(self, rows: Indices, state: State) -> tuple[NextTokens, State]:
        """``step`` for who draws a token, and does not look at all of them."""
        logits, state = self.step(rows, state)
        return OfTokens(logits), state

    @abstractmethod
    def logits(self, sequences: Sequence[Indices]) -> Sequence[Logits]:
        """Of each sequence (L,) those of all its windows, (L - window, V), the state carried."""

    def hidden_states(self, sequences: Sequence[Indices]) -> Sequence[Sequence[Logits]]:
        """Of each sequence (L,) what each hidden layer gives at all its windows, (L - window, H) a
        layer, the first one first; a model without layers has none.
        """
        return [[] for _ in sequences]

    @property
    def embeddings(self) -> dict[str, Logits]:
        """The learned vectors of what enters, (V, W), by a name; none of a model without any."""
        return {}

    def begin(self, count: int) -> State:
        """The state of ``count`` songs before their first window."""
        return None

    def pick(self, state: State, rows: Rows) -> State:
        """The state of the songs ``rows`` (R,), of each as often as it is named."""
        return state

    def with_contexts(self, contexts: Sequence[SequenceContext]) -> "Predictor":
        """The model for sequences in ``contexts``, one for all or one for each; only models that
        know of bars or keys differ.
        """
        return self

    def log_probs(self, sequences: Sequence[Indices]) -> list[Floats]:
        """``logits``, normalised."""
        return [self._log_probs(logits) for logits in self.logits(sequences)]

    def distributions(self, sequences: Sequence[Indices]) -> list[Floats]:
        """The probabilities, (L - window, V) of each sequence."""
        return [np.exp(log_probs) for log_probs in self.log_probs(sequences)]

    def step_distribution(self, rows: Indices, state: State) -> tuple[Floats, State]:
        """``step`` with probabilities, (B, V)."""
        logits, state = self.step(rows, state)
        return np.exp(self._log_probs(logits)), state

    def _log_probs(self, logits: Logits) -> Floats:
        return np.asarray(logits if self.normalised else log_softmax(logits), dtype=np.float64)


def after_primer(player: Player, primer: Indices, count: int) -> State:
    """The state of ``count`` songs after all of ``primer`` (P,) but its last window, from which
    the first new token is predicted.
    """
    songs, state = np.tile(primer, (count, 1)), player.begin(count)
    for start in range(len(primer) - player.window):
        _, state = player.step(songs[:, start : start + player.window], state)
    return state
