"""Any model, joined by what the song itself has taught so far."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from melodyrnn.models.bar_columns import Cycle
from melodyrnn.models.combining import combine
from melodyrnn.models.counted.memories import Heard, Memories
from melodyrnn.models.counted.ppm import SHORT_TERM
from melodyrnn.models.lookback import under
from melodyrnn.models.predictor import Predictor, Rows
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.vocabulary import Indices

Floats = npt.NDArray[np.float64]


class WithShortTerm:
    """A Predictor: the weighted geometric mean of ``predictor`` and a short-term model.

    The short-term model starts each song with nothing, so that of a network, whose weights stay
    as they are, the combination learns within the song that it is measured on or makes.
    """

    def __init__(self, predictor: Predictor, codes: int) -> None:
        """``codes``: V."""
        self.predictor, self.window, self.codes = predictor, predictor.window, codes
        self.short = Memories((), predictor.window, codes, memory="stm", **SHORT_TERM)

    @property
    def parameters(self) -> int:
        return self.predictor.parameters

    def under(self, cycles: Sequence[Cycle]) -> "WithShortTerm":
        return WithShortTerm(under(self.predictor, cycles), self.codes)

    def begin(self, count: int) -> tuple[Any, list[Heard]]:
        return self.predictor.begin(count), self.short.begin(count)

    def step(self, rows: Indices, state: tuple[Any, list[Heard]]) -> tuple[Floats, Any]:
        logits, long = self.predictor.step(rows, state[0])
        heard, short = self.short.step(rows, state[1])
        return _combined(logits, heard), (long, short)

    def pick(self, state: tuple[Any, list[Heard]], rows: Rows) -> tuple[Any, list[Heard]]:
        return self.predictor.pick(state[0], rows), self.short.pick(state[1], rows)

    def logits(self, sequences: Sequence[Indices]) -> list[Floats]:
        both = zip(self.predictor.logits(sequences), self.short.logits(sequences), strict=True)
        return [_combined(logits, heard) for logits, heard in both]


def _combined(logits: npt.ArrayLike, heard: Floats) -> Floats:
    """Logits of two models, both (N, V) -> (N, V)."""
    p = combine(np.exp([log_softmax(logits), heard]))
    return np.asarray(np.log(np.maximum(p, np.finfo(p.dtype).tiny)), dtype=np.float64)
