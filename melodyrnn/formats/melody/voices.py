"""One melody out of several voices: which track is taken, which note where notes overlap.

The rule, for MIDI files and scores alike:

- ``--track`` chooses, by number (from 1, among the tracks that have notes) or else by name;
- otherwise the track with the highest mean pitch, the first of several;
- where its notes overlap, the skyline: of notes that start together the highest; a note is cut
  where a higher one (or the same pitch again) starts, and does not come back; a note that
  starts under a higher one waits until that stops, and is left out where less than half of it
  would remain;
- an overlap of less than a quarter of the shorter note (or half of it, within a 32nd) is legato
  playing: the earlier note is cut, whatever the pitches, and nothing is said of it.
"""

import heapq
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from itertools import pairwise

from melodyrnn.errors import ConfigError, MelodyWarning
from melodyrnn.music.song import Pitch

TOGETHER = Fraction(1, 8)
"""What fingers take for the same moment, in quarter notes: overlapping notes that start this
close are one chord."""


@dataclass(frozen=True, slots=True)
class TimedNote:
    """A note on the time line. ``pitch`` is spelled, or a MIDI number."""

    onset: Fraction  # quarter notes from the start
    end: Fraction
    pitch: Pitch | int

    @property
    def midi(self) -> int:
        return self.pitch if isinstance(self.pitch, int) else self.pitch.midi

    @property
    def length(self) -> Fraction:
        return self.end - self.onset


@dataclass(frozen=True, slots=True)
class Voice:
    """A track, channel or part that has notes."""

    name: str  # "" for none
    notes: tuple[TimedNote, ...]


def melody(voices: Sequence[Voice], track: str | int | None, name: str) -> Voice:
    """The voice that the rule takes, its notes one at a time and in order.

    ``voices`` have at least one note each and are at least one; ``name`` is the file's. A
    MelodyWarning says in one line what was decided. Raises ConfigError for an unknown track.
    """
    voice = choose(voices, track, name)
    line = _is_line(voice.notes)
    overlap = not line and _overlap(voice.notes)
    highest = "the highest note where notes overlap"
    label = _label(voices, voice)
    if len(voices) > 1 and track is None:
        also = f", {highest}" if overlap else ""
        warnings.warn(
            f"{name}: {len(voices)} tracks have notes; took {label} (highest mean pitch){also}; "
            "--track chooses another",
            MelodyWarning,
            stacklevel=3,
        )
    elif overlap:
        what = f"track {label}" if len(voices) > 1 else "its notes overlap"
        warnings.warn(f"{name}: {what}; took {highest}", MelodyWarning, stacklevel=3)
    return voice if line else replace(voice, notes=tuple(skyline(voice.notes)))


def choose(voices: Sequence[Voice], track: str | int | None, name: str) -> Voice:
    """The voice of that number or name (in any case), or else the highest.

    Raises ConfigError, which names the nearest and all there are.
    """
    if track is None and len(voices) == 1:
        return voices[0]
    if track is None:
        return max(voices, key=lambda voice: sum(n.midi for n in voice.notes) / len(voice.notes))
    wanted = str(track).strip()
    names = [voice.name.casefold() for voice in voices]
    if wanted in map(str, range(1, len(voices) + 1)):
        return voices[int(wanted) - 1]
    if wanted and wanted.casefold() in names:
        return voices[names.index(wanted.casefold())]
    close = get_close_matches(wanted.casefold(), filter(None, names), 1, 0.6)
    nearest = f" did you mean {voices[names.index(close[0])].name!r}?" if close else ""
    there = ", ".join(_label(voices, voice) for voice in voices[:12])
    more = f" … {len(voices)}" if len(voices) > 12 else ""
    raise ConfigError(f"{name}: no track {wanted!r};{nearest} tracks with notes are {there}{more}")


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


def _label(voices: Sequence[Voice], voice: Voice) -> str:
    number = next(index for index, other in enumerate(voices, 1) if other is voice)
    return f"{number} {voice.name!r}" if voice.name else f"{number}"
