"""A network of views (``models.bar_columns``) as a model of plain sequences."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.models.bar_columns import Lookback, views
from melodyrnn.models.context import SequenceContext, for_each
from melodyrnn.models.predictor import Logits, Predictor, Rows, State
from melodyrnn.sequences.vocabulary import Indices


class LookbackState(NamedTuple):
    """Of B songs."""

    network: State
    songs: Indices  # (B, n), all so far
    cycles: npt.NDArray[np.int64]  # (B, 2): length and first of each context


class LookingBack(Predictor):
    """It keeps each song so far, and shows the network each symbol with its columns.

    ``contexts`` are one for all sequences, or one for each in their order.
    """

    def __init__(
        self, network: Predictor, lookback: Lookback, contexts: Sequence[SequenceContext] = ()
    ) -> None:
        self.network, self.lookback, self.contexts = network, lookback, tuple(contexts)
        self.window = network.window

    @property
    def parameters(self) -> int:
        return self.network.parameters

    def with_contexts(self, contexts: Sequence[SequenceContext]) -> "LookingBack":
        return LookingBack(self.network, self.lookback, contexts)

    def begin(self, count: int) -> LookbackState:
        cycles = np.array([context[:2] for context in self._contexts(count)], dtype=np.int64)
        return LookbackState(self.network.begin(count), np.zeros((count, 0), np.int32), cycles)

    def step(self, rows: Indices, state: LookbackState) -> tuple[Logits, LookbackState]:
        # The first window is all new, of each later one the last symbol.
        new = rows[:, -1:] if state.songs.shape[1] else rows
        songs = np.concatenate([state.songs, new], 1)
        seen = [
            self.lookback.view(song, SequenceContext(*cycle), last=self.window)
            for song, cycle in zip(songs, state.cycles.tolist(), strict=True)
        ]
        logits, network = self.network.step(np.stack(seen), state.network)
        return logits, LookbackState(network, songs, state.cycles)

    def pick(self, state: LookbackState, rows: Rows) -> LookbackState:
        return LookbackState(
            self.network.pick(state.network, rows), state.songs[rows], state.cycles[rows]
        )

    def logits(self, sequences: Sequence[Indices]) -> Sequence[Logits]:
        return self.network.logits(views(self.lookback, sequences, self._contexts(len(sequences))))

    def hidden_states(self, sequences: Sequence[Indices]) -> Sequence[Sequence[Logits]]:
        seen = views(self.lookback, sequences, self._contexts(len(sequences)))
        return self.network.hidden_states(seen)

    @property
    def embeddings(self) -> dict[str, Logits]:
        return self.network.embeddings

    def _contexts(self, count: int) -> Sequence[SequenceContext]:
        return for_each(self.contexts, count)
