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
from melodyrnn.models.viewpoints.layout import ViewLayout
from melodyrnn.models.viewpoints.symbols import Symbols
from melodyrnn.sequences.events import NO_TOKEN
from melodyrnn.sequences.vocabulary import Indices

BACK = (1, 2, 4, 8)
"""Cycles ago, of which what began at the same place is recalled."""

KIND_CANDIDATES = 4 + len(BACK)
HEIGHT_CANDIDATES = 2 + len(BACK)
GIVEN_CANDIDATES = 2
CANDIDATES = KIND_CANDIDATES + HEIGHT_CANDIDATES + GIVEN_CANDIDATES
"""Candidates for the kind; for the height; and for the height once the kind is known."""

ALIKE = 8
"""Classes of how many symbols in a row were alike; the last for 7 and more."""

HITS = 3
"""Whether a candidate was right the last time: there was none, wrong, right."""

PLACES = 24
"""Places distinguished in a cycle; the last holds all beyond."""

GROUP, GROUPS, IN_GROUP = 4, 8, 8
"""Cycles are numbered twice: modulo ``IN_GROUP``, and in groups of ``GROUP``, the last of
``GROUPS`` for all beyond."""

LEFT = 10
"""Classes of how many cycles are left: not known, this one only, one more, ... 8 and more."""

LEFT_FACTOR = 12
"""Which factor says how many are left."""

METERS, MODES = 32, 2
LENGTHS = (1, 2, 3, 4, 6, 8, 12)
"""Bounds of the classes of how long a kind lasts, in units; what is longer is one class more."""

NO_STEP = 1000
"""In the place of a step on the scale where there is none."""


class Seen(NamedTuple):
    """Of B sequences, before their next symbol."""

    factors: Indices  # (B, F) categories
    last: Indices  # (B,) the last height, counted from the origin; NO_TOKEN before the first
    kinds: Indices  # (B, 8) candidates for the kind, NO_TOKEN where there is none
    heights: Indices  # (B, 6) candidates for the height
    given_factors: Indices  # (B, K, G) categories known with each kind that may come
    given_heights: Indices  # (B, K, 2) candidates for the height of each kind


class Observed(NamedTuple):
    """Of B sequences, all so far: n symbols of each."""

    contexts: "ContextArrays"
    kind: Indices  # (B, n)
    height: Indices  # (B, n), counted from the origin; NO_TOKEN for none
    step: Indices  # (B, n), from the last height; NO_STEP for none
    onset: Indices  # (B, n) ticks
    place: Indices  # (B, n) ticks from where its cycle began
    runs: Indices  # (B, 5, n): how many symbols just before the next one are like those before each
    first: Indices  # (B,), the first height
    now: Indices  # (B,) ticks, where the next one begins
    hits: Indices  # (B, 16), of each candidate
    seen: Seen | None  # before the next symbol; None where none came yet


class ContextArrays(NamedTuple):
    """Of B sequences, arrays (B,), and (B, C) of the cycles from each change on."""

    origin: Indices
    mode: Indices
    cycles: Indices
    starts: Indices  # (B, C) ticks; the first 0
    lines: Indices  # (B, C) ticks, where a cycle begins, at the start or before it
    before: Indices  # (B, C), the number of the cycle that begins there
    lengths: Indices  # (B, C)
    meters: Indices  # (B, C)


RUNS = 5
"""Of symbols alike in kind, in kind and height, in kind and step, in height, in step."""

_KIND, _KIND_HEIGHT, _KIND_STEP, _HEIGHT, _STEP = range(RUNS)


class Observer:
    """What is seen of sequences of ``symbols``. ``unit``: the ticks of one place in a cycle."""

    def __init__(self, symbols: Symbols, unit: int) -> None:
        self.symbols, self.unit = symbols, unit
        octave = symbols.octave
        # Origins are at most half an octave up or down.
        self.room = octave // 2
        bounds = unit * np.array(LENGTHS)
        self.length_class = np.searchsorted(bounds, symbols.ticks).astype(np.int32)  # (K,)
        steps = 2 * octave + 2  # from an octave down to one up, wider ones with these; 0 for none
        kind = symbols.kinds + 1
        self.layout = ViewLayout(
            kinds=symbols.kinds,
            sounds=tuple(symbols.sounds.tolist()),
            heights=symbols.heights + 2 * self.room,
            span=symbols.heights,
            factors=(
                *(kind, kind, len(LENGTHS) + 1, octave + 1, steps, steps, steps),
                *(PLACES, IN_GROUP, GROUPS, METERS, MODES, LEFT),
                *(kind, ALIKE, HITS) * KIND_CANDIDATES,
                *(steps, ALIKE, HITS) * HEIGHT_CANDIDATES,
            ),
            given=(
                *(kind, len(LENGTHS) + 1, PLACES),
                *(steps, ALIKE, HITS) * GIVEN_CANDIDATES,
            ),
            kind_candidates=KIND_CANDIDATES,
            height_candidates=HEIGHT_CANDIDATES + GIVEN_CANDIDATES,
        )

    def begin(self, contexts: Sequence[SequenceContext]) -> Observed:
        """Before the first symbol of each sequence."""
        count = len(contexts)
        nothing = np.zeros((count, 0), dtype=np.int32)
        zeros = np.zeros(count, dtype=np.int32)
        return Observed(
            contexts=_arrays(contexts),
            kind=nothing,
            height=nothing,
            step=nothing,
            onset=nothing,
            place=nothing,
            runs=np.zeros((count, RUNS, 0), dtype=np.int32),
            first=zeros + NO_TOKEN,
            now=zeros,
            hits=np.zeros((count, CANDIDATES), dtype=np.int32),
            seen=None,
        )

    def pick(self, observed: Observed, rows: npt.NDArray[np.intp]) -> Observed:
        """That of the sequences ``rows`` (R,)."""
        return Observed(
            contexts=ContextArrays(*(part[rows] for part in observed.contexts)),
            kind=observed.kind[rows],
            height=observed.height[rows],
            step=observed.step[rows],
            onset=observed.onset[rows],
            place=observed.place[rows],
            runs=observed.runs[rows],
            first=observed.first[rows],
            now=observed.now[rows],
            hits=observed.hits[rows],
            seen=observed.seen and Seen(*(part[rows] for part in observed.seen)),
        )

    def parts(self, observed: Observed, tokens: Indices) -> tuple[Indices, Indices]:
        """The kind of a symbol of each sequence, (B,), and its height from the origin."""
        height = self.symbols.height[tokens]
        counted = np.where(height == NO_TOKEN, NO_TOKEN, height + self.lowest(observed))
        return self.symbols.kind[tokens], counted

    def lowest(self, observed: Observed) -> Indices:
        """The lowest height of each sequence, counted from its origin, (B,)."""
        return self.room - observed.contexts.origin

    def append(self, observed: Observed, tokens: Indices) -> Observed:
        """After one more symbol of each, (B,)."""
        contexts, seen = observed.contexts, observed.seen
        kind, height = self.parts(observed, tokens)
        sounds = height != NO_TOKEN
        last = np.full_like(kind, NO_TOKEN) if seen is None else seen.last
        step = np.where(sounds & (last != NO_TOKEN), height - last, NO_STEP)
        hits = observed.hits if seen is None else _hits(observed.hits, seen, kind, height)
        place, *_ = self._cycle(contexts, observed.now)
        after = observed._replace(
            kind=_with(observed.kind, kind),
            height=_with(observed.height, height),
            step=_with(observed.step, step),
            onset=_with(observed.onset, observed.now),
            place=_with(observed.place, place),
            runs=_longer(observed, kind, height, step),
            first=np.where(observed.first == NO_TOKEN, height, observed.first),
            now=observed.now + self.symbols.ticks[kind],
            hits=hits,
        )
        return after._replace(seen=self._see(after, np.where(sounds, height, last)))

    def _cycle(self, contexts: ContextArrays, now: Indices) -> tuple[Indices, ...]:
        """Of each time (B,): ticks from where its cycle began, the cycle's number (0 for an
        incomplete first one), length and meter.
        """
        rows = np.arange(len(now))
        part = (contexts.starts <= now[:, None]).sum(1) - 1
        length = contexts.lengths[rows, part]
        since = now - contexts.lines[rows, part]
        number = contexts.before[rows, part] + since // length
        return since % length, number, length, contexts.meters[rows, part]

    def _see(self, observed: Observed, last: Indices) -> Seen:
        contexts, symbols = observed.contexts, self.symbols
        place, number, length, meter = self._cycle(contexts, observed.now)
        recalled = _Recalled(observed, place, length, last, self.layout)
        kinds, kinds_alike = recalled.kinds()
        heights, heights_alike = recalled.heights()
        given, given_alike = recalled.given()  # (B, K, 2)
        hits = observed.hits
        kind_hits, height_hits, given_hits = np.split(
            hits, [KIND_CANDIDATES, KIND_CANDIDATES + HEIGHT_CANDIDATES], axis=1
        )
        steps = self._step_class(heights, last[:, None])
        known = last != NO_TOKEN
        degree = np.where(known, (last - self.room) % symbols.octave + 1, 0)
        from_first = self._step_class(last, observed.first)
        before = (
            observed.kind[:, -2] if observed.kind.shape[1] > 1 else np.full_like(last, NO_TOKEN)
        )
        previous = (
            observed.step[:, -2] if observed.kind.shape[1] > 1 else np.full_like(last, NO_STEP)
        )
        left = np.clip(contexts.cycles - number, 0, LEFT - 2) + 1
        factors = [
            observed.kind[:, -1] + 1,
            before + 1,
            self.length_class[observed.kind[:, -1]],
            degree,
            self._class_of_step(observed.step[:, -1]),
            self._class_of_step(previous),
            from_first,
            np.minimum(place // self.unit, PLACES - 1),
            number % IN_GROUP,
            np.clip((number - 1) // GROUP, 0, GROUPS - 1),
            meter,
            contexts.mode,
            np.where(contexts.cycles > 0, left, 0),
        ]
        columns = [
            np.stack(factors, 1),
            _side_by_side(kinds + 1, np.minimum(kinds_alike, ALIKE - 1), kind_hits),
            _side_by_side(steps, np.minimum(heights_alike, ALIKE - 1), height_hits),
        ]
        return Seen(
            np.concatenate(columns, 1),
            last,
            kinds,
            heights,
            self._given_factors(place, length, last, given, given_alike, given_hits),
            given,
        )

    def _given_factors(
        self,
        place: Indices,
        length: Indices,
        last: Indices,
        given: Indices,
        alike: Indices,
        hits: Indices,
    ) -> Indices:
        """(B, K, G): the kind, its length, where it ends in the cycle, and its candidates."""
        count, kinds, _ = given.shape
        ends = (place[:, None] + self.symbols.ticks) % length[:, None]
        own = [
            np.broadcast_to(np.arange(1, kinds + 1), (count, kinds)),
            np.broadcast_to(self.length_class, (count, kinds)),
            np.minimum(ends // self.unit, PLACES - 1),
        ]
        steps = self._step_class(given, last[:, None, None])
        hits = np.broadcast_to(hits[:, None], given.shape)
        columns = [np.stack(own, -1), _side_by_side(steps, np.minimum(alike, ALIKE - 1), hits)]
        return np.concatenate(columns, -1).astype(np.int32)

    def _step_class(self, height: Indices, last: Indices) -> Indices:
        """Of the step to ``height`` from ``last``, where there are both."""
        known = (height != NO_TOKEN) & (last != NO_TOKEN)
        return self._class_of_step(np.where(known, height - last, NO_STEP))

    def _class_of_step(self, step: Indices) -> Indices:
        octave = self.symbols.octave
        near = np.clip(step, -octave, octave) + octave + 1
        return np.where(step == NO_STEP, 0, near).astype(np.int32)


class _Recalled:
    """Candidates for the next symbol of B sequences, each with how much was alike: (B, ...)."""

    def __init__(
        self, observed: Observed, place: Indices, length: Indices, last: Indices, layout: ViewLayout
    ) -> None:
        self.observed, self.last = observed, last
        self.scale, self.all_kinds = layout.heights, layout.kinds
        self.rows, self.order = np.arange(len(last))[:, None], np.arange(observed.kind.shape[1])
        self.same_place = observed.place == place[:, None]
        self.sounds = observed.height != NO_TOKEN
        self.moved = observed.step != NO_STEP
        times = observed.now[:, None] - np.array(BACK) * length[:, None]  # (B, 4)
        began = observed.onset[:, None] == times[:, :, None]  # (B, 4, n)
        # What stands at the start takes no time; of several, the last.
        self.back = (began * self.order).argmax(-1)
        self.back_found = np.take_along_axis(began, self.back[..., None], 2)[..., 0]
        self.back_found &= self.back > 0

    def kinds(self) -> tuple[Indices, Indices]:
        runs, placed = self.observed.runs, self.same_place
        best = [
            self._longest(runs[:, _KIND]),
            self._longest(runs[:, _KIND] * placed),
            self._longest(runs[:, _KIND_HEIGHT]),
            self._longest(runs[:, _KIND_STEP] * placed),
        ]
        return self._found(best, self.observed.kind)

    def heights(self) -> tuple[Indices, Indices]:
        runs, observed = self.observed.runs, self.observed
        same = self._longest(runs[:, _HEIGHT] * self.sounds)
        heights, alike = self._found([same], observed.height)
        place, length = self._longest(runs[:, _STEP] * self.moved)
        moved = self._moved(np.where(length > 0, observed.step[self.rows[:, 0], place], NO_STEP))
        return (
            np.concatenate([heights[:, :1], moved[:, None], heights[:, 1:]], 1),
            np.concatenate([alike[:, :1], length[:, None], alike[:, 1:]], 1),
        )

    def given(self) -> tuple[Indices, Indices]:
        """Of each kind that may come, (B, K, 2)."""
        runs, observed, placed = self.observed.runs, self.observed, self.same_place
        same, alike = self._longest_of_each(runs[:, _KIND_HEIGHT] * (placed & self.sounds))
        height = np.where(alike > 0, observed.height[self.rows, same], NO_TOKEN)
        moved, length = self._longest_of_each((runs[:, _KIND] + 1) * (placed & self.moved))
        step = np.where(length > 0, observed.step[self.rows, moved], NO_STEP)
        by_step = self._moved(step)
        return np.stack([height, by_step], -1), np.stack([alike, length], -1)

    def _longest(self, runs: Indices) -> tuple[Indices, Indices]:
        """Place and length (B,) of the longest run, of several the last."""
        size = len(self.order)
        score = (runs * size + self.order).max(1)
        length = score // size
        return np.where(length > 0, score % size, 0), length

    def _longest_of_each(self, runs: Indices) -> tuple[Indices, Indices]:
        """Of each kind, (B, K), among the places where it stood."""
        size = len(self.order)
        best = np.zeros((len(runs), self.all_kinds), dtype=runs.dtype)
        np.maximum.at(best, (self.rows, self.observed.kind), runs * size + self.order)
        length = best // size
        return np.where(length > 0, best % size, 0), length

    def _found(
        self, best: Sequence[tuple[Indices, Indices]], values: Indices
    ) -> tuple[Indices, Indices]:
        """What stood at the best places, and then at those cycles ago: (B, ...)."""
        places = np.stack([place for place, _ in best], 1)
        places = np.concatenate([places, self.back], 1)
        alike = np.concatenate([np.stack([length for _, length in best], 1), self.back_found], 1)
        came = np.where(alike > 0, values[self.rows, places], NO_TOKEN)
        return came, np.where(came != NO_TOKEN, alike, 0).astype(np.int32)

    def _moved(self, step: Indices) -> Indices:
        """By ``step`` from the last height, unless that leads out of the scale."""
        last = self.last.reshape(-1, *[1] * (step.ndim - 1))
        height = last + step
        known = (step != NO_STEP) & (last != NO_TOKEN) & (height >= 0) & (height < self.scale)
        return np.where(known, height, NO_TOKEN)


def _with(array: Indices, column: Indices) -> Indices:
    return np.concatenate([array, column[:, None]], 1, dtype=np.int32)


def _longer(observed: Observed, kind: Indices, height: Indices, step: Indices) -> Indices:
    """Runs of equal symbols, (B, 5, n + 1), once another one came."""
    same_kind = observed.kind == kind[:, None]
    same_height = observed.height == height[:, None]
    same_step = observed.step == step[:, None]
    same = [same_kind, same_kind & same_height, same_kind & same_step, same_height, same_step]
    runs = (observed.runs + 1) * np.stack(same, 1)
    return np.pad(runs, ((0, 0), (0, 0), (1, 0))).astype(np.int32)


def _hits(hits: Indices, seen: Seen, kind: Indices, height: Indices) -> Indices:
    """Whether each candidate was right; of those for a height, the last time that one came."""
    rows = np.arange(len(kind))
    heights = np.concatenate([seen.heights, seen.given_heights[rows, kind]], 1)
    of_kinds, of_heights = (
        np.where(candidates == NO_TOKEN, 0, 1 + (candidates == came[:, None]))
        for candidates, came in ((seen.kinds, kind), (heights, height))
    )
    of_heights = np.where(height[:, None] == NO_TOKEN, hits[:, KIND_CANDIDATES:], of_heights)
    return np.concatenate([of_kinds, of_heights], 1).astype(np.int32)


def _side_by_side(*columns: Indices) -> Indices:
    """Columns (..., C) in turns: (..., 3 C)."""
    stacked = np.stack(np.broadcast_arrays(*columns), -1)
    return stacked.reshape(*stacked.shape[:-2], -1)


def _arrays(contexts: Sequence[SequenceContext]) -> ContextArrays:
    most = 1 + max((len(context.changes) for context in contexts), default=0)
    rows = [_spans(context) for context in contexts]
    never = np.iinfo(np.int32).max
    padded = [[*spans, *[(never, 0, 0, 1, 0)] * (most - len(spans))] for spans in rows]
    spans = np.array(padded, dtype=np.int32).reshape(len(rows), most, 5)
    fixed = np.array([[c.origin, c.mode, c.cycles] for c in contexts], dtype=np.int32)
    return ContextArrays(*fixed.reshape(-1, 3).T, *np.moveaxis(spans, 2, 0))


def _spans(context: SequenceContext) -> list[tuple[int, int, int, int, int]]:
    """From each change on: its time, where a cycle begins, that one's number, length and meter."""
    line = context.first - context.length if context.first else 0
    number = 0 if context.first else 1
    spans = [(0, line, number, context.length, context.meter)]
    for change in context.changes:
        _, line, number, length, _ = spans[-1]
        number += -(-(change.at - line) // length)
        spans.append((change.at, change.at, number, change.length, change.meter))
    return spans
