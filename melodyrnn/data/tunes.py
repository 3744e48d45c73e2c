"""All tunes of one file, and what became of each: a song, or the reason why there is none."""

import warnings
from typing import NamedTuple

from melodyrnn.errors import MelodyError, MelodyWarning, naming_options, worded
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.formats.read import parse_tunes
from melodyrnn.music.song import Song

FILE = "\x1a"
"""Stands for the file's name in what is said of a tune, so that it holds wherever the same bytes
lie. (The control character is named SUBSTITUTE.)"""


class Tune(NamedTuple):
    """One tune of a file."""

    label: str  # tells the tunes of one file apart; "" where there is but one
    song: Song | None  # None where it was left out
    error: str = ""  # then: the class of the error
    why: str = ""  # and its words
    remarks: tuple[str, ...] = ()  # what was decided in reading it

    def of_file(self, name: str) -> "Tune":
        """The same, with the file's name in what is said of it, for the face in front."""
        if not (self.why or self.remarks):
            return self
        remarks = tuple(worded(remark).replace(FILE, name) for remark in self.remarks)
        return self._replace(why=worded(self.why).replace(FILE, name), remarks=remarks)


@naming_options()  # they are kept, and worded when they are shown
def tunes(data: bytes, suffix: str, track: str | None, grid: Grid | None) -> list[Tune]:
    """The tunes in the bytes of a file whose kind ``suffix`` names; no tune raises MelodyError.

    ``FILE`` stands for the file's name in what is said of them.
    """
    found: list[Tune] = []
    try:
        for label, read in parse_tunes(data, suffix, FILE, track, grid):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always", MelodyWarning)
                try:
                    tune = Tune(label, read())
                except MelodyError as error:
                    tune = left_out(error, label)
            remarks = (str(w.message) for w in caught if issubclass(w.category, MelodyWarning))
            found.append(tune._replace(remarks=tuple(remarks)))
    except MelodyError as error:
        found.append(left_out(error))
    return found


def left_out(error: MelodyError, label: str = "") -> Tune:
    """A tune that ``error`` keeps out."""
    return Tune(label, None, type(error).__name__, str(error))
