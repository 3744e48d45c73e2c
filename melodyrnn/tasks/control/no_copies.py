"""New songs that copy no more than so many notes in a row."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from melodyrnn.data.copies import Copies
from melodyrnn.generation.constraint import State
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask
from melodyrnn.tasks.control.bar_frame import Sounding


class NoCopies:
    """A constraint: no run of more than ``most`` notes of one of the songs, transposed or not."""

    def __init__(
        self, name: str, copies: Copies, most: int, codes: Sequence[Sounding | None]
    ) -> None:
        """``codes``: what each code sounds; None for what is no note."""
        self.name, self.copies, self.most, self.codes = name, copies, most, codes
        self._sounding: defaultdict[Sounding, list[int]] = defaultdict(list)
        for index, sounding in enumerate(codes):
            if sounding:
                self._sounding[sounding].append(index)

    def begin(self, primer: Indices) -> State:
        listening = self.copies.tracker()
        for code in primer:
            listening = self._hear(listening, code)
        return np.array(listening, dtype=object)

    def advance(self, states: State, codes: Indices) -> State:
        heard = map(self._hear, states, codes)
        return np.array([*heard], dtype=object)

    def _hear(self, listening: Any, code: int) -> Any:
        sounding = self.codes[code]
        return listening.after(*sounding) if sounding else listening

    def allowed(self, states: State, left: int) -> Mask:
        mask = np.ones((len(states), len(self.codes)), dtype=bool)
        for row, listening in zip(mask, states, strict=True):
            for sounding in listening.forbidden(self.most):
                row[self._sounding.get(sounding, [])] = False
        return mask

    def whole(self, states: State) -> None:
        return None
