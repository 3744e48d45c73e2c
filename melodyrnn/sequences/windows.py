"""Sequences of indices cut into windows. Views where a copy is not needed."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from melodyrnn.errors import WindowError
from melodyrnn.sequences.vocabulary import Indices

Mask = npt.NDArray[np.bool_]


class Batch(NamedTuple):
    """Windows to learn from."""

    x: Indices  # what is seen
    y: Indices  # what is to be told
    mask: Mask  # True where y counts


def windows(sequence: Indices, size: int, name: str = "the sequence") -> Indices:
    """Every run of ``size`` codes and the code after it, as a view.

    ``sequence`` (L,) -> (L - size, size + 1). Raises WindowError where no window fits.
    """
    if size < 1:
        raise WindowError(f"a window of {size} codes; the smallest is 1")
    if len(sequence) <= size:
        raise WindowError(
            f"{name} has {len(sequence)} note{'s' * (len(sequence) != 1)} "
            f"and a window of {size} needs at least {size + 1}; "
            + (f"use --window {len(sequence) - 1} or less" if len(sequence) > 1 else "add notes")
        )
    return sliding_window_view(sequence, size + 1)


def next_code(sequences: Sequence[Indices], size: int) -> tuple[Batch, Mask]:
    """The windows of all sequences one after another.

    Returns Batch(x (N, size), y (N,), mask (N,)) and starts (N,), True at the first window of
    each sequence, where a carried state is reset.
    """
    cut = [windows(sequence, size) for sequence in sequences]
    rows = np.concatenate(cut)  # (N, size + 1)
    starts = np.zeros(len(rows), dtype=bool)
    starts[np.cumsum([0, *(len(part) for part in cut[:-1])])] = True
    return Batch(rows[:, :-1], rows[:, -1], np.ones(len(rows), dtype=bool)), starts


def side_by_side(sequences: Sequence[Indices], size: int) -> Batch:
    """The windows of all sequences in lanes, one sequence a lane, the shorter ones padded.

    Returns Batch(x (M, S, size), y (M, S), mask (M, S)): step m of lane s is window m of
    sequence s, so that a state of S rows walks all sequences at once.
    """
    cut = [windows(sequence, size) for sequence in sequences]
    longest = max(len(part) for part in cut)
    rows = np.zeros((longest, len(cut), size + 1), dtype=np.int32)
    mask = np.zeros((longest, len(cut)), dtype=bool)
    for lane, part in enumerate(cut):
        rows[: len(part), lane] = part
        mask[: len(part), lane] = True
    return Batch(rows[:, :, :-1], rows[:, :, -1], mask)
