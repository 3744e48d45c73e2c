"""Played timing -> written timing.

A file written by a notation program holds exact onsets and lengths, and is left as it is. A
performance comes early or late by some milliseconds and lets go of each note before the next:
taken literally it is a score full of dotted 64ths and tiny rests. So

1. what all notes are late by is taken off (``lateness``);
2. onsets that are exact stay, all of them or, in a file that is written for the most, beat by beat
   (``exactness``); all others go to the most probable slots of the grid (``placing``);
3. two onsets in one slot: the later one takes the next slot if that is free, else (and always
   if it is an ornament, too short for the grid) the longer one stays (``_settle``);
4. a note that sounds for nearly all of the time to the next one lasts until it; before a rest
   it gets the simplest value that it may have been played for (``_length``).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from operator import itemgetter

from melodyrnn.errors import warn
from melodyrnn.formats.melody.exactness import Exactness, nearest
from melodyrnn.formats.melody.grid import FINEST, Grid
from melodyrnn.formats.melody.lateness import lateness
from melodyrnn.formats.melody.placing import places
from melodyrnn.formats.melody.timed_note import TimedNote
from melodyrnn.music.durations import value_of

_UNITS = tuple(Fraction(1, n) for n in (4, 3, 8, 6, 16, 12, 5, 10, 7, 14, 9))
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
    played: Fraction  # for so long


def quantise(
    notes: Sequence[TimedNote], name: str, grid: Grid | None = None, tick: Fraction = Fraction(0)
) -> list[TimedNote]:
    """Give the notes of one voice written onsets and ends, all multiples of 1/GRID quarter note.

    ``notes`` are in order and do not overlap. ``grid`` None leaves exact notation as it is (up to
    the rounding to ``tick``, the file's time unit in quarter notes) and takes ``FINEST`` for the
    rest. A MelodyWarning says what was moved in the file ``name``.
    """
    exactness = Exactness(tick)
    onsets = [note.onset for note in notes]
    written = exactness.is_written(onsets)
    late = Fraction(0) if written else lateness(onsets)
    notes = [_earlier(note, late) for note in notes] if late else notes
    exact = exactness.onsets([note.onset for note in notes]) if grid is None else []
    kept = [onset for onset in exact if onset is not None]
    moved = None if len(kept) == len(notes) else grid or FINEST
    if moved is None:
        as_written = _as_written(notes, kept, exactness)
        if as_written and _is_notation(as_written):
            _say(name, late, [], as_written, len(notes), None)
            return as_written
        placed = _placed(notes, kept, _UNITS)
    else:
        fixed = _whole_beats(notes, exact) if written and exact else [None] * len(notes)
        found = places([note.onset for note in notes], moved, fixed)
        placed = _placed(notes, found, (grid.slot, grid.triplet) if grid else _UNITS)
    settled = _settle(placed)
    held = _held(settled)
    stops: list[Fraction | None] = [place.onset for place in settled[1:]]
    result = [
        TimedNote(place.onset, _end(place, stop, held), place.note.pitch)
        for place, stop in zip(settled, [*stops, None], strict=True)
    ]
    _say(name, late, settled, result, len(notes), moved)
    return result


def _earlier(note: TimedNote, late: Fraction) -> TimedNote:
    """The note without what it is late by, though not before the start."""
    onset = max(note.onset - late, Fraction(0))
    return TimedNote(onset, onset + note.length, note.pitch)


def _as_written(
    notes: Sequence[TimedNote], onsets: Sequence[Fraction], exactness: Exactness
) -> list[TimedNote]:
    """The notes at exact onsets with exact ends; none if some end nowhere."""
    made = []
    for note, onset, following in zip(notes, onsets, [*onsets[1:], None], strict=True):
        end = exactness.end(note.end, following)
        if end is None or end <= onset:
            return []
        made.append(replace(note, onset=onset, end=end))
    return made


def _whole_beats(
    notes: Sequence[TimedNote], exact: Sequence[Fraction | None]
) -> list[Fraction | None]:
    """The exact onsets of the quarter notes in which all are exact."""
    beats = [note.onset // 1 for note in notes]
    played = {beat for beat, onset in zip(beats, exact, strict=True) if onset is None}
    return [None if beat in played else at for beat, at in zip(beats, exact, strict=True)]


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


def _placed(
    notes: Iterable[TimedNote], onsets: Iterable[Fraction], units: Sequence[Fraction]
) -> list[_Placed]:
    """The unit of a beat is the first of ``units`` that holds all of its onsets."""
    pairs = list(zip(notes, onsets, strict=True))
    beats: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for _, onset in pairs:  # three of some units fill two beats: places are in every other beat's
        over, under = onset.numerator, onset.denominator
        beats[over // under].append((over % (2 * under), under))
    known: dict[tuple[tuple[int, int], ...], Fraction] = {}  # few, and Fractions are slow
    of_beat = {}
    for beat, found in beats.items():
        places = tuple(found)
        if places not in known:
            known[places] = _unit([Fraction(*place) for place in places], units)
        of_beat[beat] = known[places]
    return [
        _Placed(onset, of_beat[onset.numerator // onset.denominator], note, note.length)
        for note, onset in pairs
    ]


def _unit(onsets: Sequence[Fraction], units: Sequence[Fraction]) -> Fraction:
    return next(
        (unit for unit in units if all(onset % unit == 0 for onset in onsets)),
        min(units) / 3,  # 1/48 holds 16ths of a beat and 12ths
    )


def _settle(placed: Iterable[_Placed]) -> list[_Placed]:
    """One note a slot, in order."""
    settled: list[_Placed] = []
    waiting = list(placed)
    for index, place in enumerate(waiting):
        if settled and place.onset <= settled[-1].onset:
            last = settled[-1]
            after = last.onset + place.unit
            following = waiting[index + 1].onset if index + 1 < len(waiting) else None
            lengths = last.played, place.played
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
    steps = [(place.played, after.onset - place.onset) for place, after in pairwise(settled)]
    parts = [(_part(*step), step) for step in steps]
    held = sorted((each for each in parts if each[0] >= _HELD), key=itemgetter(0))
    if len(held) < 16:
        return _HELD
    found = held[0][1], held[len(held) // 2][1]
    least, middle = (min(played / room, Fraction(1)) for played, room in found)
    return max(_HELD, 2 * least - middle - Fraction(1, 16))


def _part(played: Fraction, room: Fraction) -> float:
    """The one as a part of the other (by whole numbers, for Fractions are slow)."""
    return played.numerator * room.denominator / (played.denominator * room.numerator)


def _end(place: _Placed, stop: Fraction | None, held: Fraction) -> Fraction:
    """The written end of a note, ``stop`` the onset of the next one."""
    played, unit = place.played, place.unit
    room = None if stop is None else stop - place.onset
    if stop is not None and room is not None and played >= held * room:
        return stop
    least, most = played - _BLUR, (played + _BLUR) / max(held, _GATE)
    lengths = [unit * count for count in range(max(1, -(-least // unit)), most // unit + 1)]
    fitting = [length for length in lengths if room is None or length <= room]
    rounded = max(unit, nearest(played, unit))
    fallback = rounded if room is None else min(rounded, room)
    return place.onset + min(fitting, key=_complexity, default=fallback)


def _complexity(length: Fraction) -> tuple[int, int, Fraction]:
    """Small for one plain value; then one dot; then whole quarter notes; the shorter of equals."""
    value = value_of(length)
    dots = min(value.dots, 2) if value else 2
    return dots, length.denominator if dots == 2 else 1, length


def _say(
    name: str,
    late: Fraction,
    settled: Sequence[_Placed],
    result: Sequence[TimedNote],
    count: int,
    grid: Grid | None,
) -> None:
    """One line on what was moved; nothing if nothing was. ``grid`` None: only lengths."""
    moves = [_apart(place.onset, place.note.onset) for place in settled]
    moved = sum(move > 0 for move in moves)
    changed = sum(new.length != place.played for new, place in zip(result, settled, strict=False))
    lost = count - len(result)
    said = []
    if late:
        said.append(f"all notes {_decimal(abs(late))} {'late' if late > 0 else 'early'}")
    if grid and moved:
        said.append(f"{moved} of {count} notes moved to {grid}, by up to {_decimal(max(moves))}")
    if changed:
        said.append(f"{changed} of {count} lengths rounded")
    if lost:
        said.append(f"{lost} left out, too short for the grid")
    if said:
        warn(f"{name}: played, not written, timing: {'; '.join(said)}; --grid chooses another grid")


def _apart(place: Fraction, other: Fraction) -> float:
    """(By whole numbers, for Fractions are slow.)"""
    numerator = place.numerator * other.denominator - other.numerator * place.denominator
    return abs(numerator) / (place.denominator * other.denominator)


def _decimal(quarters: Fraction | float) -> str:
    return f"{float(quarters):.2g} quarter notes"
