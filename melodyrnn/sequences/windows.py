"""Sequences of indices cut into windows. Views where a copy is not needed.

Where a sequence is (L, F), each symbol with further columns beside it, the first column is the
symbol, and the target is that alone.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from melodyrnn.errors import WindowError
from melodyrnn.sequences.vocabulary import Indices

Mask = npt.NDArray[np.bool_]
Vectors = npt.NDArray[np.float32]


class Batch(NamedTuple):
    """Windows or whole sequences to learn from."""

    x: Any  # what is seen: an array, or two where there is a source and a target
    y: Indices  # the targets
    mask: Mask  # True where y counts


def symbols(sequence: Indices) -> Indices:
    """(L,) or, with columns, (L, F) -> (L,)."""
    return sequence if sequence.ndim == 1 else sequence[:, 0]


def windows(
    sequence: Indices, size: int, name: str = "the sequence", *, unit: str = "note"
) -> Indices:
    """Every run of ``size`` tokens and the token after it, as a view; ``unit`` is what one is.

    ``sequence`` (L,) -> (L - size, size + 1); (L, F) -> (L - size, size + 1, F). Raises
    WindowError where no window fits.
    """
    if size < 1:
        raise WindowError(f"a window of {size} tokens; the smallest is 1")
    if len(sequence) <= size:
        raise WindowError(
            f"{name} has {len(sequence)} {unit}{'s' * (len(sequence) != 1)} "
            f"and a window of {size} needs at least {size + 1}; "
            + (f"use --window {len(sequence) - 1} or less" if len(sequence) > 1 else f"add {unit}s")
        )
    cut = sliding_window_view(sequence, size + 1, axis=0)
    return cut if sequence.ndim == 1 else cut.swapaxes(1, 2)


def next_token(sequences: Sequence[Indices], size: int) -> tuple[Batch, Mask]:
    """The windows of all sequences one after another.

    Returns Batch(x (N, size[, F]), y (N,), mask (N,)) and starts (N,), True at the first window of
    each sequence, where a carried state is reset.
    """
    cut = [windows(sequence, size) for sequence in sequences]
    rows = np.concatenate(cut)  # (N, size + 1[, F])
    starts = np.zeros(len(rows), dtype=bool)
    starts[np.cumsum([0, *(len(part) for part in cut[:-1])])] = True
    targets = np.concatenate([symbols(sequence)[size:] for sequence in sequences])
    return Batch(rows[:, :-1], targets, np.ones(len(rows), dtype=bool)), starts


def side_by_side(sequences: Sequence[Indices], size: int) -> Batch:
    """The windows of all sequences in lanes, one sequence a lane, the shorter ones padded.

    Returns Batch(x (M, S, size[, F]), y (M, S), mask (M, S)): step m of lane s is window m of
    sequence s, so that a state of S rows walks all sequences at once.
    """
    cut = [windows(sequence, size) for sequence in sequences]
    longest = max(len(part) for part in cut)
    rows = np.zeros((longest, len(cut), *cut[0].shape[1:]), dtype=np.int32)
    targets = np.zeros((longest, len(cut)), dtype=np.int32)
    mask = np.zeros((longest, len(cut)), dtype=bool)
    for lane, (part, sequence) in enumerate(zip(cut, sequences, strict=True)):
        rows[: len(part), lane] = part
        targets[: len(part), lane] = symbols(sequence)[size:]
        mask[: len(part), lane] = True
    return Batch(rows[:, :, :-1], targets, mask)


def shifted(sequence: Indices, size: int | None = None) -> Batch:
    """Every run of ``size`` indices, and the same run one step on; by default the longest run.

    ``sequence`` (L,) -> Batch(x (N, size), y (N, size), mask (N, size)), N = L - size. Raises
    WindowError.
    """
    size = len(sequence) - 1 if size is None else size
    rows = windows(sequence, size, unit="symbol")
    return Batch(rows[:, :-1], rows[:, 1:], np.ones((len(rows), size), dtype=bool))


def padded(
    sequences: Sequence[Sequence[int] | Indices], length: int | None = None
) -> tuple[Indices, Mask]:
    """Sequences of any lengths side by side, 0 after the end of each.

    Returns (N, T) and, True where a sequence has an index, (N, T); T is ``length`` or that of the
    longest. Index 0 is the padding's own: no symbol may have it. Raises WindowError where a
    sequence holds it, is empty or longer than ``length``.
    """
    longest = max(map(len, sequences), default=0)
    length = longest if length is None else length
    if longest > length:
        raise WindowError(f"a sequence of {longest} in a row of {length}; give shorter ones")
    rows = np.zeros((len(sequences), length), dtype=np.int32)
    for row, sequence in zip(rows, sequences, strict=True):
        row[: len(sequence)] = sequence
    mask = np.arange(length) < np.array([len(sequence) for sequence in sequences])[:, None]
    if not mask.any(axis=1).all() or (rows[mask] == 0).any():
        raise WindowError("a sequence to be padded is not empty and has no index 0")
    return rows, mask


def one_hot(
    sequences: Sequence[Sequence[Sequence[int]]], sizes: Sequence[int], length: int | None = None
) -> tuple[Vectors, Mask]:
    """Sequences of steps of several attributes, each an index below its size, as vectors.

    A step is a 1 in the place of each of its attributes, 0 elsewhere; after the end of a sequence
    all are 0. Returns (N, T, F), F the sum of ``sizes``, and True where a sequence has a step,
    (N, T). Raises WindowError where a sequence is longer than ``length`` or an index too large.
    """
    longest = max(map(len, sequences), default=0)
    length = longest if length is None else length
    if longest > length:
        raise WindowError(f"a sequence of {longest} in a row of {length}; give shorter ones")
    vectors = np.zeros((len(sequences), length, sum(sizes)), dtype=np.float32)
    places = np.cumsum([0, *sizes[:-1]])
    for row, sequence in zip(vectors, sequences, strict=True):
        steps = np.array(sequence, dtype=np.int64).reshape(len(sequence), len(sizes))
        if (steps < 0).any() or (steps >= np.array(sizes)).any():
            raise WindowError(f"an attribute is outside its size; the sizes are {list(sizes)}")
        np.put_along_axis(row[: len(sequence)], steps + places, 1.0, axis=1)
    mask = np.arange(length) < np.array([len(sequence) for sequence in sequences])[:, None]
    return vectors, mask


def source_and_target(
    sources: Sequence[Sequence[int]],
    targets: Sequence[Sequence[int]],
    start: int,
    end: int,
    steps: tuple[int | None, int | None] = (None, None),
) -> Batch:
    """Pairs for an encoder and a decoder, padded by 0.

    Returns Batch(x ((N, S), (N, T)), y (N, T), mask (N, T)): the decoder sees ``start`` and the
    target, and is to predict the target and ``end``. ``steps`` S and T are those of the longest, if
    not given. Raises WindowError as ``padded`` does.
    """
    seen, _ = padded([[start, *target] for target in targets], steps[1])
    answers, mask = padded([[*target, end] for target in targets], steps[1])
    return Batch((padded(sources, steps[0])[0], seen), answers, mask)
