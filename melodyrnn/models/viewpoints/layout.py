"""The sizes of what a network of viewpoints sees and predicts."""

from typing import NamedTuple

import numpy as np

from melodyrnn.sequences.vocabulary import Indices


class ViewLayout(NamedTuple):
    """What all sequences of a model have in common."""

    octave: int  # heights so far apart are of the same degree
    origin: int  # the lowest height of the first one
    kinds: int  # K
    sounds: tuple[bool, ...]  # (K,): which kinds have heights
    heights: int  # H, counted from the origin
    span: int  # of these, so many in a row can come in any one sequence
    factors: tuple[int, ...]  # F numbers of categories
    ends: int  # how many classes of where a kind would end
    given: tuple[int, ...]  # G numbers of categories of what is known with the kind: its end first
    kind_candidates: int
    height_candidates: int

    @property
    def degrees(self) -> Indices:
        """Of each height, (H,): 0 for an origin."""
        return ((np.arange(self.heights) - self.origin) % self.octave).astype(np.int32)
