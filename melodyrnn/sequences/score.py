"""Predictions against what came."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.vocabulary import Indices


@dataclass(frozen=True)
class Score:
    """One-step predictions against the songs."""

    right: int  # windows whose likeliest next code is the song's
    all: int  # windows
    bits: float  # mean of -log2 p(next code), bits per note

    @property
    def is_whole(self) -> bool:
        """Every next code right. Then, and only then, a song fed its own predictions comes back
        whole: as long as they are right, what it is fed is the song.
        """
        return self.right == self.all


def score_of(logits: npt.ArrayLike, told: Indices) -> Score:
    """Logits (N, V) against what the songs had, (N,)."""
    logits = np.asarray(logits)
    surprise = -log_softmax(logits)[np.arange(len(told)), told] / np.log(2)
    return Score(int((logits.argmax(-1) == told).sum()), len(told), float(surprise.mean()))
