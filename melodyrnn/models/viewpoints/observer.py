"""What a model of viewpoints sees before each symbol: factors and recalled candidates.

It is computed symbol by symbol for many sequences at once, and in one way only, whether a sequence
is learned, measured or just being drawn. After Conklin and Witten (1995), who predict a note from
many *viewpoints*, each a way to say what is like what: here each recalls one candidate, what came
the last time, and says how long the two pasts were alike and whether it was right the last time.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.models.context import SequenceContext
from melodyrnn.models.viewpoints.cycles import CycleAt, Cycles
from melodyrnn.models.viewpoints.layout import ViewLayout
from melodyrnn.models.viewpoints.past import (
    ALL,
    GIVEN_CANDIDATES,
    HEIGHT_CANDIDATES,
    KIND_CANDIDATES,
    NO_STEP,
    Candidates,
    Past,
    Recollection,
    Rows,
)
from melodyrnn.models.viewpoints.symbols import Symbols
from melodyrnn.sequences.events import NO_TOKEN
from melodyrnn.sequences.vocabulary import Indices

ALIKE = 8
"""Classes of how many symbols in a row were alike; the last for 7 and more."""

HITS = 3
"""Whether a candidate was right the last time: there was none, wrong, right."""

PLACES = 24
"""Places distinguished in a cycle; the last holds all beyond."""

ON_LINE, BEYOND_LINE, LAST = range(PLACES, PLACES + 3)
"""Where a kind that may come would end: at a place of the cycle, below ``PLACES``; on the line at
its end; beyond that. From ``LAST`` on are the same classes in the cycle that is known to be the
last, so that ``LAST + ON_LINE`` is the end of the sequence.
"""

NO_TIME = 2 * LAST
"""The first class of kinds that take no time, as that by which a sequence ends: by where that would
be."""

GROUP, GROUPS, IN_GROUP = 4, 8, 8
"""Cycles are numbered twice: modulo ``IN_GROUP``, and in groups of ``GROUP``, the last of
``GROUPS`` for all beyond."""

LEFT = 10
"""Classes of how many cycles are left: not known, this one only, one more, ... 8 and more."""

LINES, ARRIVALS = 4, 2
"""Whether a cycle begins here, and whether whole ones have gone by since the start; whether the
last symbol is as long as any with a height. Sequences that begin within a cycle end so too.
"""

STOPS = 2 * ARRIVALS * LINES
"""Classes of a place where a sequence might end, where it is not known where it will: by both of
these, and by whether the last height is an origin."""

ENDS = NO_TIME + STOPS + 2
"""All classes of where a kind would end; the last two are of a kind that takes no time, where it is
known that the sequence ends here, or elsewhere."""

METERS, MODES = 32, 2
LENGTHS = (1, 2, 3, 4, 6, 8, 12)
"""Bounds of the classes of how long a kind lasts, in units; what is longer is one class more."""


class Seen(NamedTuple):
    """Of B sequences, before their next symbol."""

    factors: Indices  # (B, F) categories
    last: Indices  # (B,) the last height, counted from the origin; NO_TOKEN before the first
    extremes: Indices  # (B, 2) the highest and the lowest so far, likewise
    kinds: Indices  # (B, 8) candidates for the kind, NO_TOKEN where there is none
    heights: Indices  # (B, 6) candidates for the height
    ends: Indices  # (B, K) where each kind that may come would end, a class


class Given(NamedTuple):
    """What is known with a kind that may come: with each, (B, K, ...), or with one, (B, ...)."""

    given_factors: Indices  # (..., G) categories
    given_heights: Indices  # (..., 2) candidates for the height


class Fixed(NamedTuple):
    """What does not change along B sequences, (B,) each."""

    lowest: Indices  # the lowest height that can come, counted from the origin
    mode: Indices
    cycles: Indices  # how many there will be; 0: not known
    end: Indices  # ticks, where it will be over; 0: not known


class Standing(NamedTuple):
    """Where B sequences stand, (B,) each."""

    cycle: CycleAt
    since_start: Indices  # ticks, whole cycles left out
    line: Indices  # below LINES
    degree: Indices  # of the last height, 1 for an origin; 0 before the first


class Observed(NamedTuple):
    """Of B sequences all so far."""

    fixed: Fixed
    cycles: Cycles
    past: Past
    first: Indices  # (B,), the first height
    longest: Indices  # (B,) ticks, of what has a height
    arrives: npt.NDArray[np.bool_]  # (B,), whether the last symbol is as long
    now: Indices  # (B,) ticks, where the next one begins
    cycle: CycleAt  # where that is in its cycle
    hits: Indices  # (B, 16), of each candidate
    seen: Seen  # before the next symbol


class Observer:
    """What is seen of sequences of ``symbols``. ``unit``: the ticks of one place in a cycle."""

    def __init__(self, symbols: Symbols, unit: int) -> None:
        self.symbols, self.unit = symbols, unit
        # Origins are at most half an octave up or down.
        self._room = symbols.octave // 2
        self._bounds = unit * np.array(LENGTHS)
        self._length_class = np.searchsorted(self._bounds, symbols.ticks).astype(np.int32)  # (K,)
        kind, length = symbols.kinds + 1, len(LENGTHS) + 1
        step = 2 * symbols.octave + 2  # an octave down to one up, wider ones with these; 0: none
        before = {
            "kind": kind,
            "kind before that": kind,
            "length": length,
            "degree": symbols.octave + 1,
            "step": step,
            "step before that": step,
            "step from the first": step,
            "step from the highest": step,
            "step from the lowest": step,
            "place": PLACES,
            "place from the end": PLACES,
            "place from the start": PLACES,
            "cycle in its group": IN_GROUP,
            "group": GROUPS,
            "line in its group": LINES * IN_GROUP,
            "arrival": ARRIVALS * (symbols.octave + 1),
            "longest": length,
            "meter": METERS,
            "mode": MODES,
            "left": LEFT,
        }
        self.layout = ViewLayout(
            octave=symbols.octave,
            origin=(self._room - symbols.lowest) % symbols.octave,
            kinds=symbols.kinds,
            sounds=tuple(symbols.sounds.tolist()),
            heights=symbols.heights + 2 * self._room,
            span=symbols.heights,
            factors=(
                *before.values(),
                *(kind, ALIKE, HITS) * KIND_CANDIDATES,
                *(step, ALIKE, HITS) * HEIGHT_CANDIDATES,
            ),
            ends=ENDS,
            given=(ENDS, kind, length, *(step, ALIKE, HITS) * GIVEN_CANDIDATES),
            kind_candidates=KIND_CANDIDATES,
            height_candidates=HEIGHT_CANDIDATES + GIVEN_CANDIDATES,
        )

        self._classes, self._classes_between = _step_classes(self.layout)
        # Of each height, the last after NO_TOKEN.
        self._degrees = np.append(0, self.layout.degrees + 1).astype(np.int32)

    def begin(self, contexts: Sequence[SequenceContext]) -> Observed:
        """Before the first symbol of each sequence, where nothing is seen yet."""
        fixed = [(self._room - c.origin, c.mode, c.cycles, c.end) for c in contexts]
        zeros = np.zeros(len(contexts), dtype=np.int32)
        none = zeros + NO_TOKEN
        nothing, cycles = np.zeros((len(contexts), 0), dtype=np.int32), Cycles.of(contexts)
        candidates = KIND_CANDIDATES + HEIGHT_CANDIDATES + GIVEN_CANDIDATES
        return Observed(
            fixed=Fixed(*np.array(fixed, dtype=np.int32).reshape(-1, 4).T),
            cycles=cycles,
            past=Past.empty(len(contexts)),
            first=none,
            longest=zeros,
            arrives=zeros == 0,
            now=zeros,
            cycle=cycles.at(zeros),
            hits=np.zeros((len(contexts), candidates), dtype=np.int32),
            seen=Seen(nothing, none, np.stack([none, none], 1), *[nothing] * 3),
        )

    def pick(self, observed: Observed, rows: npt.NDArray[np.intp]) -> Observed:
        """That of the sequences ``rows`` (R,)."""
        return Observed(
            fixed=Fixed(*(part[rows] for part in observed.fixed)),
            cycles=Cycles(*(part[rows] for part in observed.cycles)),
            past=observed.past.pick(rows),
            first=observed.first[rows],
            longest=observed.longest[rows],
            arrives=observed.arrives[rows],
            now=observed.now[rows],
            cycle=CycleAt(*(part[rows] for part in observed.cycle)),
            hits=observed.hits[rows],
            seen=Seen(*(part[rows] for part in observed.seen)),
        )

    def parts(self, observed: Observed, tokens: Indices) -> tuple[Indices, Indices]:
        """The kind of a symbol of each sequence, (B,), and its height, counted from the origin;
        NO_TOKEN where it has none.
        """
        height = self.symbols.height[tokens]
        counted = np.where(height == NO_TOKEN, NO_TOKEN, height + observed.fixed.lowest)
        return self.symbols.kind[tokens], counted

    def append(self, observed: Observed, tokens: Indices) -> Observed:
        """After one more symbol of each, (B,)."""
        last, now = observed.seen.last, observed.now
        kind, height = self.parts(observed, tokens)
        sounds = height != NO_TOKEN
        step = np.where(sounds & (last != NO_TOKEN), height - last, NO_STEP)
        symbol = np.array([kind, height, step, now, observed.cycle.since], dtype=np.int32)
        ticks = self.symbols.ticks[kind]
        longest, later = np.maximum(observed.longest, ticks * sounds), now + ticks
        after = observed._replace(
            past=observed.past.longer(symbol),
            first=np.where(observed.first == NO_TOKEN, height, observed.first),
            longest=longest,
            arrives=ticks >= longest,
            now=later,
            cycle=observed.cycles.at(later),
            hits=self._hits(observed, kind, height) if observed.past.kind.size else observed.hits,
        )
        extremes = _extremes(observed.seen.extremes, height)
        return after._replace(seen=self._see(after, np.where(sounds, height, last), extremes))

    def _see(self, observed: Observed, last: Indices, extremes: Indices) -> Seen:
        standing = self._standing(observed, last)
        recalled = Recollection(observed.past, observed.cycle.since, last)
        kinds, heights = recalled.kinds_and_heights(
            observed.now, observed.cycle.length, self.layout.heights
        )
        kind_hits = observed.hits[:, :KIND_CANDIDATES]
        height_hits = observed.hits[:, KIND_CANDIDATES:-GIVEN_CANDIDATES]
        factors = [
            self._before(observed, standing, last, extremes),
            _turns(kinds.values + 1, np.minimum(kinds.alike, ALIKE - 1), kind_hits),
            self._by_step(heights, last[:, None], height_hits),
        ]
        return Seen(
            np.concatenate(factors, 1),
            last,
            extremes,
            kinds.values,
            heights.values,
            self._ends(observed, standing),
        )

    def given(self, observed: Observed) -> Given:
        """What is known with each of the K kinds that may come."""
        layout, last = self.layout, observed.seen.last
        recalled = Recollection(observed.past, observed.cycle.since, last)
        candidates = recalled.given_each(layout.kinds, layout.heights)
        hits = observed.hits[:, None, -GIVEN_CANDIDATES:]
        kinds = np.arange(layout.kinds, dtype=np.int32)
        return self._given(observed.seen.ends, kinds, candidates, last[:, None, None], hits)

    def given_kind(self, observed: Observed, kinds: Indices, rows: Rows = ALL) -> Given:
        """What is known with one kind of each of the sequences ``rows``, (R,)."""
        last, hits = observed.seen.last[rows], observed.hits[rows, -GIVEN_CANDIDATES:]
        recalled = Recollection(observed.past, observed.cycle.since, observed.seen.last, rows)
        candidates = recalled.given(kinds, self.layout.heights)
        ends = observed.seen.ends[rows][np.arange(len(kinds)), kinds]
        return self._given(ends, kinds, candidates, last[:, None], hits)

    def _given(
        self, ends: Indices, kinds: Indices, candidates: Candidates, last: Indices, hits: Indices
    ) -> Given:
        """``ends``, (..., ): where each of ``kinds`` would end."""
        factors = np.empty((*ends.shape, len(self.layout.given)), dtype=np.int32)
        factors[..., 0], factors[..., 1] = ends, kinds + 1
        factors[..., 2] = self._length_class[kinds]
        factors[..., 3:] = self._by_step(candidates, last, hits)
        return Given(factors, candidates.values)

    def _hits(self, observed: Observed, kind: Indices, height: Indices) -> Indices:
        """Whether each candidate was right, (B, 16); of those for a height, the last time that one
        came.
        """
        seen, hits = observed.seen, observed.hits
        given = self.given_kind(observed, kind).given_heights
        candidates = np.concatenate([seen.kinds, seen.heights, given], 1)
        came = np.empty_like(candidates)
        came[:, :KIND_CANDIDATES], came[:, KIND_CANDIDATES:] = kind[:, None], height[:, None]
        right = (candidates != NO_TOKEN) * (1 + (candidates == came))
        unchanged = (height == NO_TOKEN)[:, None] & _OF_HEIGHTS
        return np.where(unchanged, hits, right).astype(np.int32)

    def _standing(self, observed: Observed, last: Indices) -> Standing:
        cycle = observed.cycle
        since_start = observed.now % cycle.length
        return Standing(
            cycle,
            since_start,
            line=(cycle.since == 0) * 2 + (since_start == 0),
            degree=self._degrees[last + 1],
        )

    def _before(
        self, observed: Observed, standing: Standing, last: Indices, extremes: Indices
    ) -> Indices:
        """The factors that are no candidates', (B, F), as ``layout`` has them."""
        past, (cycle, since_start, line, degree) = observed.past, standing
        mode, cycles = observed.fixed.mode, observed.fixed.cycles
        steps = self._class_of_step(_last_two(past.step, NO_STEP))
        kinds = _last_two(past.kind, NO_TOKEN)
        left = np.minimum(np.maximum(cycles - cycle.number, 0), LEFT - 2) + 1
        factors = [
            kinds[:, 1] + 1,
            kinds[:, 0] + 1,
            self._length_class[kinds[:, 1]],
            degree,
            steps[:, 1],
            steps[:, 0],
            self._step_class(last, observed.first),
            *self._step_class(last[:, None], extremes).T,
            np.minimum(cycle.since // self.unit, PLACES - 1),
            np.minimum((cycle.length - cycle.since - 1) // self.unit, PLACES - 1),
            np.minimum(since_start // self.unit, PLACES - 1),
            cycle.number % IN_GROUP,
            np.minimum(np.maximum(cycle.number - 1, 0) // GROUP, GROUPS - 1),
            line * IN_GROUP + cycle.number % IN_GROUP,
            degree * ARRIVALS + observed.arrives,
            np.searchsorted(self._bounds, observed.longest),
            cycle.meter,
            mode,
            np.where(cycles > 0, left, 0),
        ]
        return np.array(factors, dtype=np.int32).T

    def _ends(self, observed: Observed, standing: Standing) -> Indices:
        """(B, K)."""
        ticks, cycle = self.symbols.ticks, standing.cycle
        now, end = observed.now[:, None], observed.fixed.end[:, None]
        length = cycle.length[:, None]
        last = (end > 0) & (now >= end - length)
        ends = np.where(
            last, now + ticks - end, cycle.since[:, None] + ticks - length
        )  # from a line
        place = np.minimum((ends + length) // self.unit, PLACES - 1)
        place = np.where(ends == 0, ON_LINE, np.where(ends > 0, BEYOND_LINE, place)) + LAST * last
        stop = (standing.line * ARRIVALS + observed.arrives) * 2 + (standing.degree == 1)
        known = np.where(now == end, STOPS, STOPS + 1)
        stop = NO_TIME + np.where(end > 0, known, stop[:, None])
        return np.where(ticks > 0, place, stop).astype(np.int32)

    def _by_step(self, candidates: Candidates, last: Indices, hits: Indices) -> Indices:
        """Of heights how far they are from the last one, how much was alike, and whether each was
        right.
        """
        alike = np.minimum(candidates.alike, ALIKE - 1)
        return _turns(self._step_class(candidates.values, last), alike, hits)

    def _step_class(self, height: Indices, last: Indices) -> Indices:
        """Of the step to ``height`` from ``last``, where there are both."""
        return self._classes_between[height + 1, last + 1]

    def _class_of_step(self, step: Indices) -> Indices:
        return self._classes[step + self.layout.heights]


def _step_classes(layout: ViewLayout) -> tuple[Indices, Indices]:
    """The class of each step from -H to NO_STEP, and of that to each height from each height, these
    from NO_TOKEN on, (H + 1, H + 1).
    """
    octave, heights = layout.octave, np.arange(layout.heights)
    classes = np.clip(np.arange(-layout.heights, NO_STEP + 1), -octave, octave) + octave + 1
    classes[-1] = 0
    between = np.zeros((layout.heights + 1, layout.heights + 1), dtype=np.int32)
    between[1:, 1:] = classes[heights[:, None] - heights + layout.heights]
    return classes.astype(np.int32), between


def _extremes(before: Indices, height: Indices) -> Indices:
    """The highest and the lowest, (B, 2), after one more height of each, (B,), where it has one."""
    highest, lowest = before.T
    lower = np.where(lowest == NO_TOKEN, height, np.minimum(lowest, height))
    lowest = np.where(height == NO_TOKEN, lowest, lower)
    return np.stack([np.maximum(highest, height), lowest], 1)  # NO_TOKEN is below all heights


def _last_two(array: Indices, none: int) -> Indices:
    """(B, n), the last first -> (B, 2), the last one last."""
    if array.shape[1] > 1:
        return array[:, 1::-1]
    return np.array([np.full(len(array), none), array[:, 0]]).T


def _turns(*columns: Indices) -> Indices:
    """Columns (..., C) in turns: (..., 3 C)."""
    first, *_ = columns
    turns = np.empty((*first.shape, len(columns)), dtype=np.int32)
    for place, column in enumerate(columns):
        turns[..., place] = column
    return turns.reshape(*first.shape[:-1], -1)


_OF_HEIGHTS = np.arange(KIND_CANDIDATES + HEIGHT_CANDIDATES + GIVEN_CANDIDATES) >= KIND_CANDIDATES
"""Which candidates are for a height."""
