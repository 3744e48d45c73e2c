"""One melody out of several voices: which track is taken, which note where notes overlap.

The rule, for MIDI files and scores alike:

- ``choice`` says which voice is taken;
- where its notes overlap, the skyline: of notes that start together the highest; a note is cut
  where a higher one (or the same pitch again) starts, and does not come back; a note that
  starts under a higher one waits until that stops, and is left out where less than half of it
  would remain;
- an overlap of less than a quarter of the shorter note (or half of it, within a 32nd) is legato
  playing: the earlier note is cut, whatever the pitches, and nothing is said of it.
"""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from melodyrnn.errors import warn
from melodyrnn.formats.melody.choice import choose
from melodyrnn.formats.melody.timed_note import TimedNote, Voice

TOGETHER = Fraction(1, 8)
"""What fingers take for the same moment, in quarter notes: overlapping notes that start this
close are one chord."""


class TakenVoice(NamedTuple):
    """The voice that was taken, and its notes one at a time and in order."""

    voice: int  # its place among the voices, from 0
    notes: Sequence[TimedNote]


def melody(voices: Sequence[Voice], track: str | int | None, name: str) -> TakenVoice:
    """The melody that the rule takes.

    ``voices`` have at least one note each and are at least one; ``name`` is the file's. A
    MelodyWarning says in one line what was decided. Raises ConfigError for an unknown track.
    """
    choice = choose(voices, track, name)
    voice = voices[choice.taken]
    line = _is_line(voice.notes)
    overlap = not line and _overlap(voice.notes)
    highest = "the highest note where notes overlap"
    if choice.automatic:
        also = f", {highest}" if overlap else ""
        warn(
            f"{name}: {len(voices)} tracks have notes; took {choice.label} ({choice.why}){also}; "
            "--track chooses another"
        )
    elif overlap:
        what = f"track {choice.label}" if len(voices) > 1 else "its notes overlap"
        warn(f"{name}: {what}; took {highest}")
    return TakenVoice(choice.taken, voice.notes if line else skyline(voice.notes))


def skyline(notes: Iterable[TimedNote]) -> list[TimedNote]:
    """One note at a time, the highest sounding one, in order; the module's text has the rule."""
    notes = sorted(notes, key=lambda note: note.onset)
    if _is_line(notes):
        return notes
    kept: list[TimedNote] = []
    # (onset, highest first, longest first, the order given): notes that wait are put back.
    queue = [
        (note.onset, -note.midi, -note.length, index, note) for index, note in enumerate(notes)
    ]
    heapq.heapify(queue)
    while queue:
        *_, index, note = heapq.heappop(queue)
        last = kept[-1] if kept else None
        if last is None or note.onset >= last.end:
            kept.append(note)
        elif note.onset == last.onset:
            continue  # the queue gave the highest and longest first
        elif note.midi >= last.midi or _is_legato(last, note):
            kept.pop()
            if note.onset - last.onset >= TOGETHER or _is_legato(last, note):
                kept.append(replace(last, end=note.onset))
            kept.append(note)
        elif note.onset - last.onset >= TOGETHER and 2 * (note.end - last.end) >= note.length:
            late = replace(note, onset=last.end)
            heapq.heappush(queue, (late.onset, -late.midi, -late.length, index, late))
    return kept


def _is_line(notes: Iterable[TimedNote]) -> bool:
    """Whether each note starts when the one before has ended, or later."""
    # Equality first, which is the rule and far quicker than comparing Fractions.
    return all(a.end == b.onset or a.end < b.onset for a, b in pairwise(notes))


def _is_legato(earlier: TimedNote, later: TimedNote) -> bool:
    overlap = min(earlier.end, later.end) - later.onset
    shorter = min(earlier.length, later.length)
    return overlap < shorter / 4 or (overlap < TOGETHER and overlap <= shorter / 2)


def _overlap(notes: Iterable[TimedNote]) -> bool:
    """Whether more sounds at once than legato playing makes."""
    ordered = sorted(notes, key=lambda note: (note.onset, note.end))
    return any(
        later.onset < earlier.end and not _is_legato(earlier, later)
        for earlier, later in pairwise(ordered)
    )
