"""Predictions against their targets."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.vocabulary import Indices


@dataclass(frozen=True)
class Score:
    """One-step predictions against what came.

    Bits are counted per note, or per character: an end is predicted and paid for like everything
    else, but it is no note.
    """

    right: int  # notes that were the likeliest
    all: int  # notes
    surprise: float  # Σ -log2 p of all that came, the ends too
    end_surprise: float = 0.0  # of the ends alone
    unknown: int = 0  # notes that the vocabulary lacks

    @property
    def bits(self) -> float:
        """Per note, with what the ends cost."""
        return self.surprise / self.all

    @property
    def bits_without_end(self) -> float:
        """Per note, of the notes alone."""
        return (self.surprise - self.end_surprise) / self.all

    def to_json(self) -> dict[str, float]:
        """The figures of songs, by the names that every document gives them."""
        return {
            "bits_per_note": self.bits,
            "bits_per_note_without_end": self.bits_without_end,
            "unknown_tokens": self.unknown,
        }

    @property
    def is_whole(self) -> bool:
        """Every next token correct. Then, and only then, a song fed its own predictions comes back
        whole: as long as they are correct, what it is fed is the song.
        """
        return self.right == self.all


def score_of(
    logits: npt.ArrayLike, targets: Indices, *, end: int | None = None, known: int | None = None
) -> Score:
    """Logits (N, V) against their targets (N,), of which ``end`` is no note, and those from
    ``known`` on are tokens that the vocabulary lacks.
    """
    logits = np.asarray(logits)
    surprise = -log_softmax(logits)[np.arange(len(targets)), targets] / np.log(2)
    is_end = np.zeros(len(targets), dtype=bool) if end is None else targets == end
    right = (logits.argmax(-1) == targets) & ~is_end
    return Score(
        int(right.sum()),
        int((~is_end).sum()),
        float(surprise.sum()),
        float(surprise[is_end].sum()),
        0 if known is None else int((targets >= known).sum()),
    )


def total(scores: Sequence[Score]) -> Score:
    """Of several sequences together: a note counts as a note."""
    return Score(
        sum(each.right for each in scores),
        sum(each.all for each in scores),
        sum(each.surprise for each in scores),
        sum(each.end_surprise for each in scores),
        sum(each.unknown for each in scores),
    )
