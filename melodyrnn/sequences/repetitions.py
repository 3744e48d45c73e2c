"""What came the last time: the longest repetition of what came just before.

Songs repeat their phrases. A model of the next token is helped by one that remembers: where did
the last tokens stand before, and what came then?
"""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.vocabulary import Indices


class Recalled(NamedTuple):
    """Of each place t of a sequence, an earlier one that is like it; both (L,)."""

    place: Indices  # before t; -1 where nothing is alike
    length: Indices  # how many tokens in a row are alike there and here; 0 where none is


def recall(
    sequence: Sequence[Hashable],
    *,
    alike: npt.NDArray[np.bool_] | None = None,
) -> Recalled:
    """Of each place, the earlier one with the longest run of equal tokens, of several the last.

    The runs end just before the two places. ``alike`` (L, L): which pairs of places may be taken.
    """
    numbers: dict[Hashable, int] = {}
    tokens = np.array(
        [numbers.setdefault(token, len(numbers)) for token in sequence], dtype=np.int32
    )
    size = len(tokens)
    same = tokens[:, None] == tokens  # (L, L)
    # runs[t, j]: how many tokens just before t equal those just before j
    runs = np.zeros((size, size), dtype=np.int32)
    for t in range(1, size):
        runs[t, 1:] = (runs[t - 1, :-1] + 1) * same[t - 1, :-1]
    runs = np.tril(runs, -1)  # only what is past can be recalled
    if alike is not None:
        runs *= alike
    if not size:
        return Recalled(tokens, tokens)
    place = size - 1 - runs[:, ::-1].argmax(-1)
    length = runs[np.arange(size), place]
    return Recalled(np.where(length > 0, place, -1).astype(np.int32), length)
