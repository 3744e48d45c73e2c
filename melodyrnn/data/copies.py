"""How much of a song another has too, transposed and stretched or not: notes in a row, where they
stand in both, and which notes would make it more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self, cast

from melodyrnn.data.gather import Named
from melodyrnn.music.relative_steps import START, LastNote, Step, numbered_steps, relative
from melodyrnn.music.song import Song
from melodyrnn.sequences.originality import Originals, Shared, Trail


class Copied(NamedTuple):
    """Notes in a row that stand in a song and in one it may have been copied from."""

    notes: int  # with the rests among them
    song: str  # the name of the other
    start: int  # index of the first of them in the song
    place: int  # and in the other

    def to_json(self) -> dict[str, str | int]:
        return self._asdict()


class Copies:
    """Songs that others may have been copied from."""

    def __init__(self, songs: Sequence[Named]) -> None:
        steps, numbered, self._firsts = numbered_steps([named.song for named in songs])
        self._names = [named.name for named in songs]
        self._originals = Originals(steps, numbered)

    def longest(self, song: Song) -> Copied:
        """The longest run of notes of ``song`` that one of the songs has too, as intervals and
        ratios of durations; its first, in the first of the songs that has it.
        """
        steps, first = _steps(song)
        if first == len(song):  # rests only
            return Copied(0, self._names[0], 0, 0)
        return self._copied(self._originals.longest(steps), first)

    def passages(self, song: Song, least: int) -> list[Copied]:
        """Every run of at least ``least`` notes, two or more, of ``song`` that one of the songs has
        too and that is part of no longer one, from the first on; they may overlap.
        """
        steps, first = _steps(song)
        runs = self._originals.runs(steps, max(2, least) - 1)
        return [self._copied(shared, first) for shared in runs]

    def _copied(self, shared: Shared, first: int) -> Copied:
        """Of steps, which follow the note ``first``: n of them lie between n + 1 notes."""
        place = self._firsts[shared.other] + shared.place
        return Copied(shared.length + 1, self._names[shared.other], first + shared.start, place)

    def tracker(self) -> "CopyTracker":
        """One that follows a song from its beginning, note by note."""
        return CopyTracker(self._originals, LastNote(), self._originals.begin())


@dataclass(frozen=True, slots=True)
class CopyTracker:
    """What the notes of a song up to here share with the originals. A note is its MIDI number, None
    for a rest, and its length in steps of 1/GRID quarter note.
    """

    originals: Originals
    last: LastNote
    trail: Trail

    @property
    def notes(self) -> int:
        """How many notes the longest shared run has that ends with the last note."""
        return self.trail.length + (self.last.pitch is not None)

    def after(self, pitch: int | None, length: int) -> Self:
        """The song with one note more."""
        step = self.last.step(pitch, length)
        trail = self.trail if step == START else self.originals.advance(self.trail, step)
        return type(self)(self.originals, self.last.after(pitch, length), trail)

    def forbidden(self, most: int) -> set[tuple[int | None, int]]:
        """The notes that would make a shared run longer than ``most`` notes, at least 1."""
        if self.last.pitch is None:
            return set()
        steps = self.originals.beyond(self.trail, most - 1)
        targets = (self.last.target(cast(Step, step)) for step in steps)
        return {target for target in targets if target}


def _steps(song: Song) -> tuple[list[Step], int]:
    """The steps that follow the first note that sounds, and that note's index."""
    first = next((i for i, note in enumerate(song.notes) if note.pitch), len(song))
    return relative(song)[first + 1 :], first
