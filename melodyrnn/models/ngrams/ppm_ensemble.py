"""PPM as a model among the others: what it learned from songs, and what it learns within one."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from melodyrnn.models.combining import Mixture
from melodyrnn.models.ensemble import Ensemble
from melodyrnn.models.ngrams.contexts import Contexts
from melodyrnn.models.ngrams.ppm import SHORT_TERM, Ppm
from melodyrnn.models.predictor import Floats, Predictor, Rows
from melodyrnn.sequences.vocabulary import Indices


class SongSoFar(NamedTuple):
    """A song up to some place. It is never changed, so that it may be continued in two ways."""

    tokens: tuple[int, ...]
    tree: Contexts | None  # of these tokens, and perhaps of more, where a continuation took it over

    @classmethod
    def empty(cls, order: int | None, *, learning: bool = True) -> "SongSoFar":
        if not learning:
            return cls((), None)
        tree = Contexts(order)
        tree.begin()
        return cls((), tree)

    def and_then(self, tokens: Sequence[int]) -> "SongSoFar":
        tree = self.tree
        if tree is not None:
            if len(tree.text) > 1 + len(self.tokens):  # continued in another way already
                tree = Contexts(tree.order, [self.tokens])
            for token in tokens:
                tree.learn(token)
        return SongSoFar((*self.tokens, *tokens), tree)


class Memory(Predictor):
    """PPM that predicts from what it ``learned`` before, from the song so far, or from both.

    Of its window it sees the last token only, and carries the whole song as its state. What it
    learns from a song, it forgets with the song.
    """

    normalised = True

    def __init__(
        self, model: Ppm, window: int, learned: Contexts | None = None, *, learning: bool = False
    ) -> None:
        """``learning``: whether it learns from each song while it predicts it."""
        self.model, self.window = model, window
        self.learned, self.learning = learned, learning

    @property
    def parameters(self) -> int:
        return 0 if self.learned is None else len(self.learned)

    def begin(self, count: int) -> list[SongSoFar]:
        return [SongSoFar.empty(self.model.order, learning=self.learning) for _ in range(count)]

    def pick(self, state: list[SongSoFar], rows: Rows) -> list[SongSoFar]:
        return [state[row] for row in rows]

    def step(self, rows: Indices, state: list[SongSoFar]) -> tuple[Floats, list[SongSoFar]]:
        p, after = self.step_distribution(rows, state)
        return np.log(p), after

    def logits(self, sequences: Sequence[Indices]) -> list[Floats]:
        return [np.log(p) for p in self.distributions(sequences)]

    def step_distribution(
        self, rows: Indices, state: list[SongSoFar]
    ) -> tuple[Floats, list[SongSoFar]]:
        """Windows (B, T) -> probabilities (B, V). The first window of a song is seen whole."""
        after = [
            song.and_then(row[-1:] if song.tokens else row)
            for row, song in zip(rows.tolist(), state, strict=True)
        ]
        return np.array([self._after(song) for song in after]), after

    def distributions(self, sequences: Sequence[Indices]) -> list[Floats]:
        return [self._along(sequence.tolist()) for sequence in sequences]

    def _along(self, tokens: list[int]) -> Floats:
        (song,) = self.begin(1)
        song = song.and_then(tokens[: self.window - 1])
        rows = []
        for token in tokens[self.window - 1 : -1]:
            song = song.and_then([token])
            rows.append(self._after(song))
        return np.stack(rows)

    def _after(self, song: SongSoFar) -> Floats:
        trees = [tree for tree in (self.learned, song.tree) if tree is not None]
        return self.model.distribution(trees, song.tokens)


_LEARNED, _SONG = "learned", "song"

MEMORIES: dict[str, tuple[tuple[str, ...], ...]] = {
    "ltm": ((_LEARNED,),),
    "ltm+": ((_LEARNED, _SONG),),
    "stm": ((_SONG,),),
    "both": ((_LEARNED,), (_SONG,)),
    "both+": ((_LEARNED, _SONG), (_SONG,)),
}
"""Name -> the members of the ensemble, each by what it predicts from."""


def ppm(
    sequences: Sequence[Indices],
    window: int,
    vocabulary_size: int,
    *,
    order: int | None = None,
    escape: str = "c",
    exclusion: bool = True,
    update_exclusion: bool = False,
    blending: str = "interpolated",
    memory: str = "ltm",
    bias: float = 2.0,
    mean: str = "geometric",
) -> Ensemble:
    """Long-term, short-term or both (``registry.MEMORIES``), after Conklin and Witten (1995).

    ``vocabulary_size``: V. The settings are those of ``ModelConfig``.
    """
    model = Ppm(
        vocabulary_size, order, escape, exclusion, update_exclusion, blending == "interpolated"
    )
    learned = model.learn(sequences)
    members = [
        Memory(model, window, learned if _LEARNED in parts else None, learning=_SONG in parts)
        for parts in MEMORIES[memory]
    ]
    return Ensemble(members, Mixture(bias, mean))


def with_short_term(predictor: Predictor, vocabulary_size: int) -> Ensemble:
    """``predictor`` and a short-term model, over ``vocabulary_size`` tokens.

    The short-term model starts each song with nothing, so that of a network, whose weights stay
    as they are, the combination learns within the song that it is evaluated on or makes.
    """
    return Ensemble(
        [predictor, ppm((), predictor.window, vocabulary_size, memory="stm", **SHORT_TERM)]
    )
