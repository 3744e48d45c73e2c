"""The runs of steps by which sequences on a circle are known: as short as they may be, and as long
as they must be that not too many have them.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from melodyrnn.sequences.shared_runs import Ints

WORK = 10_000
"""Holders of its runs that may be looked at for a sequence, on the average. With so many, runs of
four steps are never lengthened in collections of less than some ten thousand tunes."""

_LONGEST = 24  # steps


class RareRuns(NamedTuple):
    """Of S sequences."""

    runs: list[Ints]  # of each, numbers of its distinct runs
    shifts: list[Ints]  # and the symbols that they start at
    weights: Ints  # of each number, how many runs of the least size there are in it


def rare_runs(sequences: Sequence[Ints], cycle: int, size: int, work: int = WORK) -> RareRuns:
    """The distinct runs of ``size`` steps of each sequence, symbols from 0 to ``cycle`` - 1.

    One that so many sequences have that comparing them would take more than ``work`` looks each is
    not taken, but the longer ones that begin with it: the shortest that are rare enough.
    """
    owners, numbers, shifts, weights, count = [], [], [], [], 0
    for owner, number, shift, weight in _by_length(sequences, cycle, size, work):
        owners.append(owner)
        numbers.append(number + count)
        shifts.append(shift)
        weights.append(weight)
        count += len(weight)
    owner = np.concatenate([np.empty(0, dtype=np.int64), *owners])
    order = np.argsort(owner, kind="stable")
    bounds = np.searchsorted(owner[order], np.arange(1, len(sequences)))
    number, shift = (np.concatenate([owner[:0], *each])[order] for each in (numbers, shifts))
    weight = np.concatenate([owner[:0], *weights])
    each = slice(len(sequences))  # NumPy splits nothing in one
    return RareRuns(np.split(number, bounds)[each], np.split(shift, bounds)[each], weight)


def _by_length(
    sequences: Sequence[Ints], cycle: int, size: int, work: int
) -> Iterator[tuple[Ints, Ints, Ints, Ints]]:
    """Of each length the owners, numbers and shifts of the runs taken, (N,), and all weights."""
    steps = np.array([max(len(each) - 1, 0) for each in sequences], dtype=np.int64)
    owners = np.repeat(np.arange(len(sequences)), steps)
    ends = np.repeat(np.cumsum(steps), steps)
    empty = np.empty(0, dtype=np.int64)
    step = np.concatenate([empty, *(np.diff(each) % cycle for each in sequences)])
    symbol = np.concatenate([empty, *(each[:-1] for each in sequences)])
    number, place = np.zeros(len(step), dtype=np.int64), np.arange(len(step))
    most: float | None = None
    for length in range(1, _LONGEST + 1):
        there = place + length <= ends[place]
        place, number = place[there], number[there]
        number = np.unique(number * cycle + step[place + length - 1], return_inverse=True)[1]
        number = number.reshape(-1)
        if length < size:
            continue
        count = number.max(initial=-1) + 1
        held = np.unique((owners[place] * count + number) * cycle + symbol[place])
        rest, shift = np.divmod(held, cycle)
        owner, run = np.divmod(rest, max(count, 1))
        holders = np.bincount(run, minlength=count)
        most = _most(holders, work * len(sequences)) if most is None else most
        rare = holders[run] <= most
        yield owner[rare], run[rare], shift[rare], np.full(count, length - size + 1)
        common = holders[number] > most
        place, number = place[common], number[common]
        if not len(place):
            return


def _most(holders: Ints, work: float) -> float:
    """How many may hold a run that is taken. A run of h holders takes h * h / 2 looks, and one that
    is lengthened, at worst, as if each of its holders met as many as may be.
    """
    sizes = np.sort(holders).astype(float)
    short = np.cumsum(sizes**2) / 2
    if not len(sizes) or short[-1] <= work:
        return float("inf")
    longer = np.concatenate([np.cumsum(sizes[::-1])[::-1][1:], [0]]) / 2
    fits = short + longer * sizes <= work
    last = int(fits.sum())
    if not last:
        return max(1.0, 2 * work / float(sizes.sum()))
    return (work - float(short[last - 1])) / float(longer[last - 1])
