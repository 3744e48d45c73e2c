"""PPM as a model among the others: what it learned before, and what it hears in the song."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.models.combining import combine
from melodyrnn.models.counted.contexts import Contexts
from melodyrnn.models.counted.ngram import Context, Counted, Floats
from melodyrnn.models.counted.ppm import Ppm
from melodyrnn.sequences.vocabulary import Indices

_LEARNED, _HEARD = "learned", "heard"

MEMORIES: dict[str, tuple[tuple[str, ...], ...]] = {
    "ltm": ((_LEARNED,),),
    "ltm+": ((_LEARNED, _HEARD),),
    "stm": ((_HEARD,),),
    "both": ((_LEARNED,), (_HEARD,)),
    "both+": ((_LEARNED, _HEARD), (_HEARD,)),
}
"""Name -> the models that it combines, each by the trees which it counts in."""


class Heard(NamedTuple):
    """A song so far. It is never changed, so that a song may be continued in two ways."""

    codes: tuple[int, ...]
    tree: Contexts  # of these codes, and perhaps of more, where a continuation took it over

    @classmethod
    def nothing(cls, order: int | None) -> "Heard":
        tree = Contexts(order)
        tree.begin()
        return cls((), tree)

    def and_then(self, codes: Sequence[int]) -> "Heard":
        tree = self.tree
        if len(tree.text) > 1 + len(self.codes):  # continued in another way already
            tree = Contexts(tree.order, [self.codes])
        for code in codes:
            tree.learn(code)
        return Heard((*self.codes, *codes), tree)


class Memories(Counted):
    """Long-term, short-term or both (``config.MEMORIES``), after Conklin and Witten (1995).

    Of its window it sees the last code only, and carries the whole song as its state. What it
    learns from a song, it forgets with the song.
    """

    def __init__(
        self,
        sequences: Sequence[Indices],
        window: int,
        codes: int,
        *,
        order: int | None = None,
        escape: str = "c",
        exclusion: bool = True,
        update_exclusion: bool = False,
        blending: str = "interpolated",
        memory: str = "ltm",
        bias: float = 2.0,
        mean: str = "geometric",
    ) -> None:
        interpolated = blending == "interpolated"
        self.model = Ppm(codes, order, escape, exclusion, update_exclusion, interpolated)
        self.memory, self.bias, self.mean = memory, bias, mean
        super().__init__(sequences, window, codes)

    def learn(self, sequences: Sequence[Indices]) -> None:
        self.learned = self.model.learn(sequences)

    @property
    def parameters(self) -> int:
        return len(self.learned)

    def begin(self, count: int) -> list[Heard]:
        return [Heard.nothing(self.model.order) for _ in range(count)]

    def pick(self, state: list[Heard], rows: npt.NDArray[np.intp]) -> list[Heard]:
        return [state[row] for row in rows]

    def step(self, rows: Indices, state: list[Heard]) -> tuple[Floats, list[Heard]]:
        """Windows (B, T) -> logits (B, V). The first window of a song is heard whole."""
        after = [
            heard.and_then(row[-1:] if heard.codes else row)
            for row, heard in zip(rows.tolist(), state, strict=True)
        ]
        return np.log(self._expected(after)), after

    def probabilities(self, window: Context) -> Floats:
        """After a window with which the song begins."""
        heard = Heard.nothing(self.model.order).and_then(window)
        return np.asarray(self._expected([heard])[0], dtype=np.float64)

    def logits(self, sequences: Sequence[Indices]) -> list[Floats]:
        return [self._walk(sequence.tolist()) for sequence in sequences]

    def _walk(self, codes: list[int]) -> Floats:
        [heard] = self.begin(1)
        heard = heard.and_then(codes[: self.window - 1])
        rows = []
        for code in codes[self.window - 1 : -1]:
            heard = heard.and_then([code])
            rows.append(np.log(self._expected([heard])[0]))
        return np.stack(rows)

    def _expected(self, state: Sequence[Heard]) -> Floats:
        """(B, V)"""
        told = [
            [
                self.model.distribution(
                    [self.learned if name == _LEARNED else heard.tree for name in trees],
                    heard.codes,
                )
                for heard in state
            ]
            for trees in MEMORIES[self.memory]
        ]
        return combine(told, self.bias, self.mean)
