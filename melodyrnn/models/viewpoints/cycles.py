"""Where in its cycles each of many sequences is."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from melodyrnn.models.context import SequenceContext
from melodyrnn.sequences.vocabulary import Indices

_NEVER = np.iinfo(np.int32).max


class CycleAt(NamedTuple):
    """Of B sequences, each at a time of its own: (B,)."""

    since: Indices  # ticks from where the cycle began
    number: Indices  # 0 for an incomplete first one, else from 1
    length: Indices  # ticks
    meter: Indices


class Cycles(NamedTuple):
    """Of B sequences, (B, C): from each change on, the first at the start."""

    starts: Indices  # ticks
    lines: Indices  # ticks, where a cycle begins: there or, of an incomplete first one, before
    numbers: Indices  # of the cycle that begins there
    lengths: Indices  # ticks
    meters: Indices

    @classmethod
    def of(cls, contexts: Sequence[SequenceContext]) -> "Cycles":
        most = max((len(context.changes) for context in contexts), default=0)
        rows = [_spans(context) for context in contexts]
        padded = [[*row, *[(_NEVER, 0, 0, 1, 0)] * (most + 1 - len(row))] for row in rows]
        return cls(
            *np.array(padded, dtype=np.int32).reshape(len(rows), most + 1, 5).T.swapaxes(1, 2)
        )

    def at(self, now: Indices) -> CycleAt:
        """At the times ``now`` (B,), in ticks."""
        if self.starts.shape[1] == 1:  # nothing changes
            line, number, length, meter = (array[:, 0] for array in self[1:])
        else:
            rows, part = np.arange(len(now)), (self.starts <= now[:, None]).sum(1) - 1
            line, number, length, meter = (array[rows, part] for array in self[1:])
        since = now - line
        return CycleAt(since % length, number + since // length, length, meter)


def _spans(context: SequenceContext) -> list[tuple[int, int, int, int, int]]:
    """A row of each array for the start and for each change."""
    line = context.first - context.length if context.first else 0
    spans = [(0, line, 0 if context.first else 1, context.length, context.meter)]
    for change in context.changes:
        _, line, number, length, _ = spans[-1]
        number += -(-(change.at - line) // length)
        spans.append((change.at, change.at, number, change.length, change.meter))
    return spans
