"""Played timing -> written timing.

A file written by a notation program holds exact onsets and lengths, and is left as it is. A
performance comes early or late by some milliseconds and lets go of each note before the next:
taken literally it is a score full of dotted 64ths and tiny rests. So

1. every onset goes to the nearest slot of the grid, straight or triplet, whichever fits a beat
   better (``_slots``); onsets which are all exact already stay;
2. two onsets in one slot: the later one takes the next slot if that is free, else (and always
   if it is an ornament, too short for the grid) the longer one stays (``_settle``);
3. a note that sounds for nearly all of the time to the next one lasts until it; before a rest
   it gets the simplest value that it may have been played for (``_length``).
"""

import warnings
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from melodyrnn.errors import MelodyWarning
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.formats.melody.timed_note import TimedNote
from melodyrnn.music.durations import value_of

_WRITTEN = (Fraction(1, 16), Fraction(1, 12))
"""Onsets and ends that are multiples of either, in quarter notes, are taken as written."""
_FIRM = (Fraction(1, 4), Fraction(1, 3))
"""Where notes of tied values end, in quarter notes, if a rest follows."""
_HELD = Fraction(3, 4)
"""The least part of the time to the next note for which one meant to last until it sounds."""
_GATE = Fraction(4, 5)
"""The least part of its written value for which a note before a rest sounds."""
_BLUR = Fraction(1, 32)
"""How far, in quarter notes, a played length may miss the written one in either direction."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A note at its slot."""

    onset: Fraction  # quarter notes
    unit: Fraction  # the slots of its beat are this long
    note: TimedNote  # as it was played


def quantise(
    notes: Sequence[TimedNote], name: str, grid: Grid | None = None, tick: Fraction = Fraction(0)
) -> list[TimedNote]:
    """Give the notes of one voice written onsets and ends, all multiples of 1/96 quarter note.

    ``notes`` are in order and do not overlap. ``grid`` None leaves exact notation as it is (up to
    the rounding to ``tick``, the file's time unit in quarter notes) and takes 16ths and 8th
    triplets for the rest. A MelodyWarning says what was moved in the file ``name``.
    """
    tolerance = min(tick, Fraction(1, 192)) if tick < Fraction(1, 96) else Fraction(0)
    onsets = [_written(note.onset, tolerance) for note in notes] if grid is None else [None]
    exact = [onset for onset in onsets if onset is not None]
    if len(exact) == len(notes):
        ends = [_written(note.end, tolerance) for note in notes]
        as_written = [
            replace(note, onset=onset, end=end)
            for note, onset, end in zip(notes, exact, ends, strict=True)
            if end is not None and end > onset
        ]
        if len(as_written) == len(notes) and _is_notation(as_written):
            return as_written
        placed = _placed_exactly(notes, exact)
    else:
        placed = _slots(notes, grid or Grid())
    settled = _settle(placed)
    held = _held(settled)
    stops: list[Fraction | None] = [place.onset for place in settled[1:]]
    result = [
        replace(place.note, onset=place.onset, end=place.onset + _length(place, stop, held))
        for place, stop in zip(settled, [*stops, None], strict=True)
    ]
    _say(name, settled, result, len(notes), None if len(exact) == len(notes) else grid or Grid())
    return result


def _written(place: Fraction, tolerance: Fraction) -> Fraction | None:
    """The written place within ``tolerance`` of a place, or None."""
    near = min((_nearest(place, slot) for slot in _WRITTEN), key=lambda slot: abs(slot - place))
    return near if abs(near - place) <= tolerance else None


def _nearest(place: Fraction, slot: Fraction) -> Fraction:
    return slot * ((place + slot / 2) // slot)


def _is_notation(notes: Sequence[TimedNote]) -> bool:
    """Whether lengths that could be written are such as people write.

    A note lasts to the next one, or is of one value with at most a dot, or ends in a firm
    place; and it is not most of them that stop shortly before the next one, as players and
    programs do it.
    """
    afters = [*(note.onset for note in notes[1:]), None]
    for note, after in zip(notes, afters, strict=True):
        firm = any(note.end % slot == 0 for slot in _FIRM)
        if note.end != after and not firm and _complexity(note.length)[0] > 1:
            return False
    steps = [(later.onset - note.end, later.onset - note.onset) for note, later in pairwise(notes)]
    early = sum(0 < gap <= (1 - _HELD) * step for gap, step in steps)
    return len(steps) < 4 or 2 * early <= len(steps)


def _placed_exactly(notes: Iterable[TimedNote], onsets: Iterable[Fraction]) -> list[_Placed]:
    """Onsets that stay; the unit of a beat is the coarsest that holds all of its onsets."""
    pairs = list(zip(notes, onsets, strict=True))
    beats: defaultdict[int, list[Fraction]] = defaultdict(list)
    for _, onset in pairs:
        beats[onset // 1].append(onset)
    units = {
        beat: next(
            (
                unit
                for unit in (Fraction(1, n) for n in (4, 3, 8, 6, 16, 12))
                if all(onset % unit == 0 for onset in onsets)
            ),
            Fraction(1, 48),  # what holds 16ths of a beat and 12ths
        )
        for beat, onsets in beats.items()
    }
    return [_Placed(onset, units[onset // 1], note) for note, onset in pairs]


def _slots(notes: Sequence[TimedNote], grid: Grid) -> list[_Placed]:
    """Every note at its nearest slot, in beats of three triplet slots (or one straight slot).

    A beat is straight if all its onsets are within a quarter of a slot (a 64th on 16ths) of the
    straight grid, so that no triplets appear in straight music played loosely; otherwise the
    grid with the smaller summed error is taken, the straight one of two equals.
    """
    span = 3 * grid.triplet
    beats: defaultdict[int, list[TimedNote]] = defaultdict(list)
    for note in notes:
        beats[note.onset // span].append(note)
    placed: list[_Placed] = []
    for beat in beats.values():
        unit = grid.slot
        straight = [abs(_nearest(note.onset, grid.slot) - note.onset) for note in beat]
        triplet = [abs(_nearest(note.onset, grid.triplet) - note.onset) for note in beat]
        if grid.triplets and max(straight) > grid.slot / 4 and sum(triplet) < sum(straight):
            unit = grid.triplet
        placed += [_Placed(_nearest(note.onset, unit), unit, note) for note in beat]
    return placed


def _settle(placed: Iterable[_Placed]) -> list[_Placed]:
    """One note a slot, in order."""
    settled: list[_Placed] = []
    waiting = list(placed)
    for index, place in enumerate(waiting):
        if settled and place.onset <= settled[-1].onset:
            last = settled[-1]
            after = last.onset + place.unit
            following = waiting[index + 1].onset if index + 1 < len(waiting) else None
            lengths = last.note.length, place.note.length
            free = following is None or after < following
            if free and 2 * min(lengths) >= min(last.unit, place.unit):
                settled.append(replace(place, onset=after))
            elif lengths[1] > lengths[0]:
                settled[-1] = replace(place, onset=last.onset)
        else:
            settled.append(place)
    return settled


def _held(settled: Sequence[_Placed]) -> Fraction:
    """The part of the time to the next note for which notes that last until it sound here.

    At least _HELD, and more where many notes show a steady hand: below the lowest of the parts
    by as much as that is below the middle one, and a little more.
    """
    steps = [(place.note.length, after.onset - place.onset) for place, after in pairwise(settled)]
    parts = sorted(min(played / room, Fraction(1)) for played, room in steps)
    held = [part for part in parts if part >= _HELD]
    if len(held) < 16:
        return _HELD
    return max(_HELD, 2 * held[0] - held[len(held) // 2] - Fraction(1, 16))


def _length(place: _Placed, stop: Fraction | None, held: Fraction) -> Fraction:
    """The written length of a note, ``stop`` the onset of the next one."""
    played, unit = place.note.length, place.unit
    room = None if stop is None else stop - place.onset
    if room is not None and played >= held * room:
        return room
    least, most = played - _BLUR, (played + _BLUR) / max(held, _GATE)
    lengths = [unit * count for count in range(max(1, -(-least // unit)), most // unit + 1)]
    fitting = [length for length in lengths if room is None or length <= room]
    nearest = max(unit, _nearest(played, unit))
    fallback = nearest if room is None else min(nearest, room)
    return min(fitting, key=_complexity, default=fallback)


def _complexity(length: Fraction) -> tuple[int, int, Fraction]:
    """Small for one plain value; then one dot; then whole quarter notes; the shorter of equals."""
    value = value_of(length)
    dots = min(value.dots, 2) if value else 2
    return dots, length.denominator if dots == 2 else 1, length


def _say(
    name: str, settled: list[_Placed], result: list[TimedNote], count: int, grid: Grid | None
) -> None:
    """One line on what was moved; nothing if nothing was. ``grid`` None: only lengths."""
    moves = [abs(place.onset - place.note.onset) for place in settled]
    moved = sum(move > 0 for move in moves)
    changed = sum(
        new.length != place.note.length for new, place in zip(result, settled, strict=True)
    )
    lost = count - len(settled)
    said = []
    if grid and moved:
        said.append(f"{moved} of {count} notes moved to {grid}, by up to {_decimal(max(moves))}")
    if changed:
        said.append(f"{changed} of {count} lengths rounded")
    if lost:
        said.append(f"{lost} left out, too short for the grid")
    if said:
        warnings.warn(
            f"{name}: played, not written, timing: {'; '.join(said)}; --grid chooses another grid",
            MelodyWarning,
            stacklevel=3,
        )


def _decimal(quarters: Fraction) -> str:
    return f"{float(quarters):.2g} quarter notes"
