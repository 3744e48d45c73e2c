"""All tunes of one file, and what became of each: a song, or the reason why there is none."""

import warnings
from collections.abc import Callable, Sequence
from typing import NamedTuple

from melodyrnn.errors import MelodyError, MelodyWarning, naming_options, worded
from melodyrnn.formats.format import Format
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.music.song import Song

FILE = "\x1a"
"""Stands for the file's name in what is said of a tune, so that it holds wherever the same bytes
lie. (The control character is named SUBSTITUTE.)"""


class FileTune(NamedTuple):
    """One tune of a file."""

    label: str  # identifies the tune in its file; "" where the file holds one
    song: Song | None  # None where it was left out
    error: str = ""  # then: the class of the error
    why: str = ""  # and its words
    remarks: tuple[str, ...] = ()  # what was decided in reading it

    def of_file(self, name: str) -> "FileTune":
        """The same, with the file's name in what is said of it, for the face in front."""
        if not (self.why or self.remarks):
            return self
        remarks = tuple(worded(remark).replace(FILE, name) for remark in self.remarks)
        return self._replace(why=worded(self.why).replace(FILE, name), remarks=remarks)


@naming_options()  # they are kept, and worded when they are shown
def read_tunes(
    data: bytes, written_in: Format, track: str | None, grid: Grid | None, only: str = ""
) -> list[FileTune]:
    """The tunes in the bytes of a file of that format, or the ``only`` one of that label.

    Raises nothing, for ``left_out`` stands for what cannot be read.

    ``FILE`` stands for the file's name in what is said of them.
    """
    found: list[FileTune] = []
    try:
        for label, read in written_in.read_tunes(data, FILE, track, grid):
            if not only or label == only:
                found.append(_tune(label, read))
    except MelodyError as error:
        found.append(left_out(error))
    return found


ListedTune = tuple[str, Callable[[], Song]]
"""The label of a tune, and what reads it."""


def list_tunes(
    data: bytes, written_in: Format, track: str | None, grid: Grid | None
) -> list[ListedTune]:
    """The tunes in the bytes of a file of that format, none of which is read. Raises MelodyError
    for what is wrong with the file as a whole.
    """
    return list(written_in.read_tunes(data, FILE, track, grid))


@naming_options()
def read_listed(tunes: Sequence[ListedTune]) -> list[FileTune]:
    """What ``read_tunes`` says of each. Raises nothing either."""
    return [_tune(label, read) for label, read in tunes]


def _tune(label: str, read: Callable[[], Song]) -> FileTune:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", MelodyWarning)
        try:
            tune = FileTune(label, read())
        except MelodyError as error:
            tune = left_out(error, label)
    remarks = (str(w.message) for w in caught if issubclass(w.category, MelodyWarning))
    return tune._replace(remarks=tuple(remarks))


def left_out(error: MelodyError, label: str = "") -> FileTune:
    """A tune that ``error`` keeps out."""
    return FileTune(label, None, type(error).__name__, str(error))
