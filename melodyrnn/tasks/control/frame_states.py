"""The states of a frame, which songs share whose headers differ in nothing that it asks of."""

from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakValueDictionary

import numpy as np

from melodyrnn.generation.automaton import Table, fewest_tokens, lasting
from melodyrnn.tasks.control.bar_lines import Places, any_bars, no_bars, so_many_bars


class FrameAsked(NamedTuple):
    """What states depend on; lengths are in the unit of the frame."""

    lengths: tuple[int, ...]  # of each kind, (K,); 0: never to be drawn
    closing: tuple[bool, ...]  # whether a song may end with it, (K,)
    grid: tuple[int, int, bool] | None  # bar, pickup, and whether notes are tied over bar lines
    bars: int  # 0: any number
    seams: tuple[int, ...]  # places over which no note sounds
    full: bool  # whether the last bar is full
    edges: tuple[int, int] | None  # the kinds of the start and the end, where there are any


@dataclass(frozen=True)
class FrameStates:
    """What comes of it."""

    places: Places
    fewest: Table  # tokens from each state to an end, (S,)
    start: int  # the place where the notes begin
    timeless: int  # from this state on they are no places in time
    endless: bool


_SHARED: WeakValueDictionary[FrameAsked, FrameStates] = WeakValueDictionary()
"""For as long as somebody has them: those of sixteen bars, a state a step, fill 30 MB."""


def frame_states(asked: FrameAsked) -> FrameStates:
    found = _SHARED.get(asked)
    if found is None:
        found = _SHARED[asked] = _made(asked)
    return found


def _made(asked: FrameAsked) -> FrameStates:
    lengths, closing = np.array(asked.lengths, dtype=np.int32), np.array(asked.closing)
    if asked.grid is None:
        places = no_bars(lengths)
    elif asked.bars:
        seams = np.array(asked.seams, dtype=np.int32)
        places = so_many_bars(lengths, closing, *asked.grid, bars=asked.bars, seams=seams)
    else:
        places = any_bars(lengths, closing, *asked.grid, full=asked.full)
    start, timeless = places.start, len(places.final)
    endless = not (asked.edges or asked.bars or asked.full)
    if asked.edges:
        first, last = asked.edges
        places = places.closed_by(last).opened_by(first, last)
    elif endless:  # it ends where its length says, so it has to get there
        places = places._replace(final=lasting(places.table))
    fewest = fewest_tokens(places.table, places.final)
    return FrameStates(places, fewest, start, timeless, endless)
