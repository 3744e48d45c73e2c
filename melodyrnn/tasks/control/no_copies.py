"""New songs that copy no more than so many notes in a row."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from melodyrnn.data.copies import Copies
from melodyrnn.generation.constraint import Left, State
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask
from melodyrnn.tasks.control.bar_frame import Sounding


class NoCopies:
    """A constraint: no run of more than ``most`` notes of one of the songs, transposed or not."""

    def __init__(
        self, name: str, copies: Copies, most: int, tokens: Sequence[Sounding | None]
    ) -> None:
        """``tokens``: what each token sounds; None for what is no note."""
        self.name, self.copies, self.most, self.tokens = name, copies, most, tokens
        self._sounding: defaultdict[Sounding, list[int]] = defaultdict(list)
        for index, sounding in enumerate(tokens):
            if sounding:
                self._sounding[sounding].append(index)

    def begin(self, primer: Indices) -> State:
        tracker = self.copies.tracker()
        for token in primer:
            tracker = self._after(tracker, token)
        return np.array(tracker, dtype=object)

    def advance(self, states: State, tokens: Indices) -> State:
        return np.array([*map(self._after, states, tokens)], dtype=object)

    def _after(self, tracker: Any, token: int) -> Any:
        sounding = self.tokens[token]
        return tracker.after(*sounding) if sounding else tracker

    def allowed(self, states: State, left: Left) -> Mask:
        mask = np.ones((len(states), len(self.tokens)), dtype=bool)
        for row, tracker in zip(mask, states, strict=True):
            for sounding in tracker.forbidden(self.most):
                row[self._sounding.get(sounding, [])] = False
        return mask

    def whole(self, states: State) -> None:
        return None
