"""Predictions against their targets."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.vocabulary import Indices


@dataclass(frozen=True)
class Score:
    """One-step predictions against the songs."""

    right: int  # windows whose likeliest next token is correct
    all: int  # windows
    bits: float  # mean of -log2 p(next token), bits per note

    @property
    def is_whole(self) -> bool:
        """Every next token correct. Then, and only then, a song fed its own predictions comes back
        whole: as long as they are correct, what it is fed is the song.
        """
        return self.right == self.all


def score_of(logits: npt.ArrayLike, targets: Indices) -> Score:
    """Logits (N, V) against their targets (N,)."""
    logits = np.asarray(logits)
    surprise = -log_softmax(logits)[np.arange(len(targets)), targets] / np.log(2)
    return Score(int((logits.argmax(-1) == targets).sum()), len(targets), float(surprise.mean()))


def total(scores: Sequence[Score]) -> Score:
    """Of several sequences together, of one at least: a token counts as a token."""
    tokens = sum(each.all for each in scores)
    bits = sum(each.bits * each.all for each in scores) / tokens
    return Score(sum(each.right for each in scores), tokens, bits)
