"""Sequences of symbols on a circle, such as the twelve pitch classes, that are variants of one:
moved round it as a whole, some symbols changed, put in or left out.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from melodyrnn.sequences.alignments import LONGEST, Aligner
from melodyrnn.sequences.rare_runs import rare_runs
from melodyrnn.sequences.shared_runs import Ints, shared_runs
from melodyrnn.sequences.sharing_half import Pairs, sharing_half

_SIZE = 4
_FEWEST = 4
_RUNS_PER_SHARED = 6
"""A pair is looked at where it shares ``_FEWEST`` runs of ``_SIZE`` steps at one shift, and one in
so many of the runs of its shorter sequence. Of a collection so large that too many sequences have
a run, longer ones are asked for (``rare_runs.py``), each as so many as there are in it."""

_STRETCH_FREE, _STRETCH_COST, _STRETCH_MOST = 8, 3, 4
"""What is short, or turns round and round, fits in nearly anything. So it is the distinct runs of
the shorter sequence that pay: each symbol changed, put in or left out costs three of those beyond
8; and a fourth of its symbols at most may be so."""

_WHOLE_FREE, _LACKING_COST = 6, 4
"""Where the whole of both is compared, chance is rarer: each symbol of the shorter one that the
longer lacks costs four of its distinct runs beyond 6, each that the longer one has more costs one.

In the Essen collection, of 8,462 tunes, the two find 2,457 pairs; of the 8.9 million pairs of a
Chinese and a European tune among them, which are like each other by chance alone, 3. The costs
were chosen there. Of 2.45 million pairs of O'Neill's tunes and others, where nothing was chosen,
they join none."""

_AT_ONCE = 200_000
"""Pairs."""

_LONG_RUN = 8
_FEWEST_LONG = 8
"""Half of a sequence is enough where it is the same symbol for symbol: half of the runs of 8 steps,
8 of them at least."""


def variants(sequences: Sequence[Ints], cycle: int) -> Pairs:
    """Pairs of sequences, of symbols from 0 to ``cycle`` - 1, of which one is a variant of the
    other; some come more than once. No sequence has the same symbol twice running.

    They are, where they are the same but for a shift, where they share half of their long runs,
    where the shorter one fits in a stretch of the other with few changes, or where the whole of
    the other is the shorter one with more symbols put in (see the constants above).
    """
    steps = [np.diff(sequence) % cycle for sequence in sequences]
    first: dict[bytes, int] = {}
    for place, some in enumerate(steps):
        if len(some):
            yield first.setdefault(some.tobytes(), place), place
    places = list(first.values())  # one of each that are equal
    longer = sharing_half([steps[place].tolist() for place in places], _LONG_RUN, _FEWEST_LONG)
    aligned = _aligned([sequences[place] for place in places], cycle)
    yield from ((places[one], places[other]) for one, other in chain(longer, aligned))


def _aligned(sequences: Sequence[Ints], cycle: int) -> Pairs:
    aligner = Aligner(sequences, cycle)
    sizes = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
    runs = np.array([_count_runs(each[:LONGEST], cycle) for each in sequences], dtype=np.int64)
    rank = _ranks(sequences, cycle)
    for patterns, texts, shifts in _candidates(sequences, rank, runs, cycle):
        found = aligner.align(patterns, texts, shifts)
        length, distinct = np.minimum(sizes[patterns], LONGEST), runs[patterns]
        near = (_STRETCH_COST * found.distances <= distinct - _STRETCH_FREE) & (
            _STRETCH_MOST * found.distances <= length
        )
        lacking, more = length - found.common, sizes[texts] - found.common
        near |= _LACKING_COST * lacking + more <= distinct - _WHOLE_FREE
        yield from zip(patterns[near].tolist(), texts[near].tolist(), strict=True)


def _candidates(
    sequences: Sequence[Ints], rank: Ints, runs: Ints, cycle: int
) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Patterns, texts and by how much the texts are to be moved, some at a time, each (P,)."""
    waiting: list[Ints] = []
    count = 0
    held = rare_runs(sequences, cycle, _SIZE)
    shared = shared_runs(held.runs, held.shifts, cycle, held.weights, _FEWEST)
    for place, (others, counts, shifts) in enumerate(shared):
        shorter = rank[others] < rank[place]
        pattern = np.where(shorter, others, place)
        text = np.where(shorter, place, others)
        moved = np.where(shorter, shifts, -shifts) % cycle
        enough = counts * _RUNS_PER_SHARED >= runs[pattern]
        waiting.append(np.stack([pattern, text, moved])[:, enough])
        count += waiting[-1].shape[1]
        if count > _AT_ONCE or place + 1 == len(sequences):
            patterns, texts, moves = np.concatenate(waiting, axis=1)
            yield patterns, texts, moves
            waiting, count = [], 0


def _ranks(sequences: Sequence[Ints], cycle: int) -> Ints:
    """Which of two is the shorter one; of one length it is decided by what they are, moved or not,
    and so in whatever order they come.
    """
    steps = [(np.diff(sequence) % cycle).tolist() for sequence in sequences]
    order = sorted(range(len(steps)), key=lambda place: (len(steps[place]), steps[place]))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _count_runs(sequence: Ints, cycle: int) -> int:
    """How many distinct runs of ``_SIZE`` steps there are, each with the symbol it starts at."""
    if len(sequence) <= _SIZE:
        return 0
    steps = np.lib.stride_tricks.sliding_window_view(np.diff(sequence) % cycle, _SIZE)
    runs = steps @ cycle ** np.arange(1, _SIZE + 1) + sequence[:-_SIZE]
    return len(set(runs.tolist()))
