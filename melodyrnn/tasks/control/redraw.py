"""Some notes of a song drawn anew, all others kept: what is drawn lasts as long as what it
replaces, so that the notes after it stay where they are in their bars.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd

import numpy as np

from melodyrnn.errors import ConfigError, ConstraintError
from melodyrnn.generation.automaton import Automaton
from melodyrnn.generation.transitions import NEVER, NOWHERE, TableTransitions
from melodyrnn.models.config import FormConfig
from melodyrnn.music.durations import ticks
from melodyrnn.music.song import Note, Song
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.tasks.control.after_primer import OnTheNewPart
from melodyrnn.tasks.control.primer import header_of, too_short
from melodyrnn.tasks.dataset import Dataset

_NOTES = re.compile(r"\s*(\d{1,9})\s*(?:[-–]\s*(\d{1,9})\s*)?")
_NEITHER = ("candidates", *sorted(FormConfig.names()), "length", "primer_notes")
"""What the song says already, or what would be asked of the notes that are kept, too."""


@dataclass(frozen=True)
class Redraw:
    """A song of which the notes from ``first`` up to ``last``, from 0, are drawn anew."""

    song: Song
    first: int
    last: int  # the first of those kept after them

    @property
    def name(self) -> str:
        return f"--redraw {self.first + 1}-{self.last}"

    @property
    def length(self) -> Fraction:
        """Of the notes that are drawn anew, in quarter notes."""
        return sum((note.duration for note in self.song[self.first : self.last]), Fraction(0))

    def filled(self, notes: Sequence[Note]) -> Song:
        """The song with these in their place."""
        kept = self.song[: self.first], self.song[self.last :]
        return replace(self.song, notes=(*kept[0], *notes, *kept[1]), codes=())


@dataclass(frozen=True)
class Gap:
    """What stands around the notes that are drawn anew, in the tokens of a run."""

    before: Indices  # (P,), with what stands before the first note
    after: Indices  # (T,), with what stands after the last one
    constraint: OnTheNewPart
    most: int  # tokens that follow ``before``, at most


def check_redraw(asked: str, settings: Collection[str]) -> tuple[int, int]:
    """``5-12`` -> (4, 12). Raises ConfigError, also for ``settings`` without effect beside it."""
    for name in _NEITHER:
        if name in settings:
            option = "--" + name.replace("_", "-")
            raise ConfigError(f"{option} has no effect with --redraw; leave it out")
    found = _NOTES.fullmatch(asked)
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not 0 < first <= last:
        raise ConfigError(
            f"--redraw {asked[:24]!r} names no notes; name the first and the last, such as 5-12"
        )
    return first - 1, last


def redraw_of(
    notes: tuple[Note, ...], song: Song | None, asked: tuple[int, int], dataset: Dataset
) -> Redraw:
    """``song`` is None where the notes are tokens. Raises ConfigError where it has no such notes,
    or more than one meter, which what is drawn would not know of.
    """
    if asked[1] > len(notes):
        wanted = f"--redraw {asked[0] + 1}-{asked[1]}"
        raise ConfigError(f"{wanted}: the song has {len(notes)} notes; name some of them")
    if song is None:
        bare = Song(notes)
        given = dataset.tokenizer.read(bare, {})[0][: len(dataset.tokenizer.opening) + len(notes)]
        song = replace(header_of(given, dataset), notes=notes)
    if song.meter_changes:
        raise ConfigError("--redraw: its meter changes; redraw a part of it that has one meter")
    return Redraw(song, *asked)


def gap_of(redraw: Redraw, dataset: Dataset, window: int) -> Gap:
    """Of notes that the run does not know it sees the nearest. Raises WindowError where too few
    are kept before the gap for ``window``, ConstraintError where no notes of the run fill it.
    """
    tokenizer, opening = dataset.tokenizer, len(dataset.tokenizer.opening)
    seen = tokenizer.read(redraw.song, {})[0]
    before, after = seen[: opening + redraw.first], seen[opening + redraw.last :]
    if len(before) < window:
        raise too_short(before, dataset, window)
    lengths = [ticks(note.duration) if note else 0 for note in tokenizer.notes]
    automaton = _filling(redraw.name, lengths, ticks(redraw.length), after)
    if automaton.fewest(0) == NEVER:
        raise ConstraintError(
            f"{redraw.name}: no notes of this run last {redraw.length} quarter notes together; "
            "name other notes"
        )
    most = ticks(redraw.length) // min(filter(None, lengths)) + len(after)
    nothing = np.array([], dtype=np.int32)
    return Gap(before, after, OnTheNewPart(automaton, nothing), most)


def _filling(name: str, lengths: Sequence[int], gap: int, after: Indices) -> Automaton:
    """Whatever lasts ``gap`` ticks, then ``after`` (T,). Its states are places in the gap, then how
    many of ``after`` have come.
    """
    unit = gcd(gap, *lengths)
    size, fixed = gap // unit, sorted(set(after.tolist()))
    kinds = [(0, token) if token in fixed else (length, -1) for token, length in enumerate(lengths)]
    listed = sorted(set(kinds))
    table = np.full((size + len(after) + 1, len(listed)), NOWHERE, dtype=np.int32)
    for column, (length, token) in enumerate(listed):
        step = (lengths[token] if token >= 0 else length) // unit
        if 0 < step <= size:
            table[: size - step + 1, column] = np.arange(step, size + 1)
    for place, token in enumerate(after.tolist()):
        table[size + place] = NOWHERE
        table[size + place, listed.index((0, token))] = size + place + 1
    final = np.zeros(len(table), dtype=bool)
    final[-1] = True
    columns = np.array([listed.index(kind) for kind in kinds])
    return Automaton(name, TableTransitions(table, final), columns)
