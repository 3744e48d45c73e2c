"""How much of tunes stands in others: what a generated tune may not be, a copy."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import numpy.typing as npt

from melodyrnn.data.copies import Copies
from melodyrnn.data.gather import Named

_PARTS = 20
_SHARE = 0.5


@dataclass(frozen=True)
class LongestCopies:
    """Of each of N tunes, the longest run of notes that stands in another."""

    notes: tuple[int, ...]  # in that run
    of: tuple[int, ...]  # in the tune

    @property
    def median(self) -> float:
        return float(median(self.notes))

    @property
    def ninetieth(self) -> float:
        """The ninetieth percentile."""
        return float(np.percentile(self.notes, 90))

    def beyond(self, usual: float) -> npt.NDArray[np.bool_]:
        """Which tunes are copies, (N,): half or more of one is one run, of more than ``usual``
        notes.
        """
        notes, of = np.array(self.notes), np.array(self.of)
        return np.asarray((notes >= _SHARE * of) & (notes > usual))

    def to_json(self) -> dict[str, float]:
        return {"median": self.median, "ninetieth": self.ninetieth}


def copied_from(songs: Sequence[Named], originals: Sequence[Named]) -> LongestCopies:
    """What of ``songs`` stands in ``originals``."""
    copies = Copies(originals)
    notes = tuple(copies.longest(named.song).notes for named in songs)
    return LongestCopies(notes, tuple(len(named.song) for named in songs))


def copied_among(songs: Sequence[Named], related: npt.NDArray[np.int64]) -> LongestCopies:
    """What of each of N songs stands in those of other families; ``related``, (N,), has the
    families. They are looked up in all but a twentieth of the songs, with their own in it.
    """
    parts = (related % min(_PARTS, len(np.unique(related)))).tolist()
    notes = [0] * len(songs)
    for part in set(parts):
        others = [named for named, its in zip(songs, parts, strict=True) if its != part]
        copies = Copies(others)
        for place, its in enumerate(parts):
            if its == part:
                notes[place] = copies.longest(songs[place].song).notes
    return LongestCopies(tuple(notes), tuple(len(named.song) for named in songs))
