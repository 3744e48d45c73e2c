"""What is known of symbols that take time, and of the sequences that they make.

A symbol is of a *kind*, which says how long it lasts, and most have a *height* too, a place on a
scale that repeats itself every ``octave`` places. (A note's duration and its pitch; that it is one
is nothing that this package knows.)
"""

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.events import NO_TOKEN
from melodyrnn.sequences.vocabulary import Indices

Ticks = npt.NDArray[np.int32]


class Symbols:
    """The parts of V symbols, of which K kinds and P heights are distinct."""

    def __init__(
        self,
        kind: npt.ArrayLike,
        height: npt.ArrayLike,
        ticks: npt.ArrayLike,
        *,
        octave: int,
        lowest: int = 0,
    ) -> None:
        """``kind`` (V,) numbers from 0 to K - 1; ``height`` (V,) from 0 to P - 1 or NO_TOKEN;
        ``ticks`` (K,) how long each kind lasts. ``lowest``: where height 0 is on the scale on which
        the origins of sequences are.
        """
        self.kind: Indices = np.asarray(kind, dtype=np.int32)
        self.height: Indices = np.asarray(height, dtype=np.int32)
        self.ticks: Ticks = np.asarray(ticks, dtype=np.int32)
        self.octave, self.lowest = octave, lowest
        self.kinds = len(self.ticks)
        self.heights = int(self.height.max(initial=0)) + 1
        self.sounds = np.zeros(self.kinds, dtype=bool)  # which kinds have heights
        self.sounds[self.kind[self.height != NO_TOKEN]] = True
