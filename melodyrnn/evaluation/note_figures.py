"""What a model expected of each single token of a song, and what came."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.sampling import Floats
from melodyrnn.sequences.vocabulary import Indices


class Expectation(NamedTuple):
    """Of N values that came, of a pitch say; each array (N,)."""

    information_content: Floats  # -log2 p of what came, in bits
    entropy: Floats  # -Σ p log2 p over all values, in bits: how unsure the model was before it came
    rank: Indices  # how many values were likelier, and one more: 1 is the likeliest

    @classmethod
    def of(cls, log_p: npt.ArrayLike, came: Indices) -> "Expectation":
        """``log_p``: natural log-probabilities, (N, G); ``came``: (N,), of the G values."""
        bits = -np.asarray(log_p, dtype=np.float64) / np.log(2)
        content = bits[np.arange(len(came)), came]
        p = np.exp2(-bits)
        weighted = np.multiply(p, bits, where=p > 0, out=np.zeros_like(p))  # 0 log 0 is 0
        rank = 1 + np.asarray(bits < content[:, None]).sum(axis=1)
        return cls(content, weighted.sum(axis=1), rank.astype(np.int32))


NoteFigures = Mapping[str, Expectation]
"""What is predicted (pitch, duration, both) -> what was expected of each token of a song."""
