"""One row for each note of songs: where it stands, and what a model expected there.

The figures are those that studies of musical expectation work with: probability, information
content and entropy (Pearce 2005, chapter 4; Hansen and Pearce 2014).
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from melodyrnn.errors import ConfigError
from melodyrnn.evaluation.note_figures import NoteFigures
from melodyrnn.music.bars import note_places
from melodyrnn.music.note_tokens import to_tokens
from melodyrnn.music.song import Song
from melodyrnn.sequences.vocabulary import END

if TYPE_CHECKING:
    import pandas

COLUMNS: dict[str, tuple[type, str]] = {
    "song": (str, "the song's name"),
    "note": (int, "the number of the note in it, from 1"),
    "token": (str, f"the note as the notation writes it; {END} for the end of the song"),
    "onset": (float, "in quarter notes from the start of the song"),
    "bar": (int, "as a musician counts: a pickup is in bar 0"),
    "beat": (float, "in the bar, from 1, in the unit of the meter"),
    "pitch": (float, "MIDI number; empty for a rest"),
    "duration": (float, "in quarter notes"),
    "probability": (float, "that the model gave to the note, pitch and duration"),
    "information_content": (float, "-log2 of that probability, in bits"),
    "entropy": (float, "of the distribution from which it came, in bits"),
    "rank": (int, "1 where the note was the likeliest, 2 the next likeliest"),
    "pitch_information_content": (float, "of the pitch, all durations of it together"),
    "pitch_entropy": (float, "of the pitches"),
    "duration_information_content": (float, "of the duration, all pitches of it together"),
    "duration_entropy": (float, "of the durations"),
}
"""Name -> its type, and what it is. What was given and not predicted is empty, or nan; of a number
that counts, 0.
"""

Cell = str | int | float

_NOTHING: list[Cell] = [np.nan, np.nan, np.nan, 0, np.nan, np.nan, np.nan, np.nan]


@dataclass(frozen=True)
class NotesOf:
    """A song, and what was expected of its last tokens."""

    name: str
    song: Song
    figures: NoteFigures
    has_end: bool  # whether the last of them is its end

    def rows(self) -> Iterator[list[Cell]]:
        """By ``COLUMNS``; the end is a row of its own where it was predicted."""
        places = [*_places(self.song), *[_end(self.song)] * self.has_end]
        given = len(places) - len(self.figures["both"].rank)
        for number, place in enumerate(places):
            expected = self._expected(number - given) if number >= given else _NOTHING
            yield [self.name, number + 1, *place, *expected]

    def _expected(self, place: int) -> list[Cell]:
        both = self.figures["both"]
        content = float(both.information_content[place])
        found: list[Cell] = [2.0**-content, content, float(both.entropy[place])]
        found.append(int(both.rank[place]))
        for name in ("pitch", "duration"):
            each = self.figures[name]
            found += [float(each.information_content[place]), float(each.entropy[place])]
        return found


@dataclass(frozen=True, repr=False)
class NoteTable:
    """The notes of several songs, by ``COLUMNS``."""

    songs: Sequence[NotesOf]

    def rows(self) -> Iterator[list[Cell]]:
        for song in self.songs:
            yield from song.rows()

    def to_csv(self) -> str:
        """Text with a line of names, and figures to six digits."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([*map(_written, row, COLUMNS)] for row in self.rows())
        return text.getvalue()

    def to_array(self) -> npt.NDArray[np.void]:
        """A structured array, (notes,), a field a column."""
        kinds = {str: object, int: np.int64, float: np.float64}
        fields = [(name, kinds[kind]) for name, (kind, _) in COLUMNS.items()]
        return np.array([tuple(row) for row in self.rows()], dtype=fields)

    def to_frame(self) -> "pandas.DataFrame":
        """As a frame of pandas. Raises ConfigError where that is not installed."""
        try:
            import pandas
        except ImportError:
            raise ConfigError("a frame needs pandas: pip install pandas") from None
        return pandas.DataFrame(list(self.rows()), columns=list(COLUMNS))

    def __repr__(self) -> str:
        notes = sum(1 for _ in self.rows())
        return f"<NoteTable {len(self.songs)} songs, {notes:,} rows>"


def _places(song: Song) -> Iterator[list[Any]]:
    """Of each note its token, onset, bar, beat, pitch and duration."""
    each = zip(song.notes, to_tokens(song), song.offsets, note_places(song), strict=True)
    for note, token, onset, place in each:
        beat = 1 + place.offset * Fraction(place.meter.unit, 4)
        pitch = float(note.pitch.midi) if note.pitch else np.nan
        yield [token, float(onset), place.bar, float(beat), pitch, float(note.duration)]


def _end(song: Song) -> list[Any]:
    """The same of the end of the song."""
    return [END, float(song.duration), 0, np.nan, np.nan, np.nan]


def _written(value: Cell, column: str) -> str:
    if (column == "rank" and not value) or value != value:  # not a number
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
