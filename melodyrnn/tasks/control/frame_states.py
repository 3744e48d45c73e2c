"""The states of a frame, which songs share whose headers differ in nothing that it asks of."""

from collections.abc import Callable, Hashable
from typing import NamedTuple, TypeVar
from weakref import WeakValueDictionary

import numpy as np

from melodyrnn.generation.automaton import Automaton
from melodyrnn.generation.transitions import Edged, Transitions
from melodyrnn.tasks.control.bar_lines import SoManyBars, any_bars, no_bars


class BarsAsked(NamedTuple):
    """What the places of notes depend on; lengths are in the unit of the frame. A pickup, by which
    songs only begin elsewhere, is no part of it.
    """

    lengths: tuple[int, ...]  # of each kind, (K,); 0: never to be drawn
    closing: tuple[bool, ...]  # whether a song may end with it, (K,)
    bar: int  # 0: there are no bars
    ties: bool  # whether notes are tied over bar lines
    bars: int  # 0: any number
    seams: tuple[int, ...]  # places over which no note sounds, before the end, in rising order
    full: bool  # whether the last bar is full
    endless: bool  # whether songs end for other reasons


class FrameAsked(NamedTuple):
    """What an automaton depends on."""

    name: str
    bars: BarsAsked
    begin: int  # the state in which the notes begin
    edges: tuple[int, int] | None  # the kinds of the start and the end, where there are any
    kinds: tuple[int, ...]  # of each token, (V,)


def frame_automaton(asked: FrameAsked) -> Automaton:
    """States from ``place_transitions(asked.bars).size`` on are no places in time."""
    return _shared(_AUTOMATA, asked, _automaton)


def place_transitions(asked: BarsAsked) -> Transitions:
    return _shared(_TRANSITIONS, asked, _transitions)


Key = TypeVar("Key", bound=Hashable)
Kept = TypeVar("Kept")

_AUTOMATA: WeakValueDictionary[FrameAsked, Automaton] = WeakValueDictionary()
_TRANSITIONS: WeakValueDictionary[BarsAsked, Transitions] = WeakValueDictionary()
"""For as long as somebody has them."""


def _shared(kept: WeakValueDictionary[Key, Kept], asked: Key, make: Callable[[Key], Kept]) -> Kept:
    found = kept.get(asked)
    if found is None:
        found = kept[asked] = make(asked)
    return found


def _automaton(asked: FrameAsked) -> Automaton:
    transitions, start = place_transitions(asked.bars), asked.begin
    if asked.edges:
        edged = Edged(transitions, asked.begin, *asked.edges)
        transitions, start = edged, edged.start
    kinds = np.array(asked.kinds, dtype=np.int32)
    return Automaton(asked.name, transitions, kinds, start, endless=asked.bars.endless)


def _transitions(asked: BarsAsked) -> Transitions:
    lengths, closing = np.array(asked.lengths, dtype=np.int32), np.array(asked.closing)
    if not asked.bar:
        return no_bars(lengths)
    if asked.bars:
        seams = np.array(asked.seams, dtype=np.int32)
        return SoManyBars(lengths, closing, asked.bar, asked.ties, asked.bars, seams)
    full, endless = asked.full, asked.endless
    return any_bars(lengths, closing, asked.bar, asked.ties, full=full, endless=endless)
