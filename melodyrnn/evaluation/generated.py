"""Songs that were generated: figures of them beside those of the songs they came from, and how
much of them is copied.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import fmean, median, pstdev
from typing import NamedTuple

import numpy as np

from melodyrnn.data.copies import Copied, Copies
from melodyrnn.data.gather import Named
from melodyrnn.errors import warn
from melodyrnn.generation.loops import Loop, closing_loop
from melodyrnn.music.note_tokens import to_tokens
from melodyrnn.music.song import Song
from melodyrnn.music.statistics import FIGURES, durations, intervals, shares
from melodyrnn.system.documents import JSON
from melodyrnn.system.progress import Progress, silent


class Average(NamedTuple):
    """One figure over several songs."""

    mean: float
    deviation: float  # the standard deviation among the songs
    songs: int  # those long enough to have it

    @classmethod
    def of(cls, values: Iterable[float | None]) -> "Average | None":
        """None where no song has it."""
        known = [value for value in values if value is not None]
        return cls(fmean(known), pstdev(known), len(known)) if known else None


@dataclass(frozen=True)
class MeasuredSong:
    """One song by itself."""

    name: str
    figures: dict[str, float | None]  # name in FIGURES -> value
    loop: Loop | None  # the round in which it ends, if it does
    copied: Copied | None  # what a training song has too; of a training song None

    def to_json(self) -> dict[str, JSON]:
        return {
            "name": self.name,
            **self.figures,
            "loop": self.loop and self.loop._asdict(),
            "copied": self.copied and self.copied.to_json(),
        }


@dataclass(frozen=True)
class MeasuredSongs:
    """Several songs together."""

    songs: tuple[MeasuredSong, ...]
    intervals: dict[int, float]  # semitones upwards -> share, the most frequent first
    durations: dict[str, float]  # quarter notes, such as "1/2" -> share, the most frequent first

    @property
    def averages(self) -> dict[str, Average | None]:
        """Name of a figure -> its average."""
        return {name: Average.of(song.figures[name] for song in self.songs) for name in FIGURES}

    @property
    def loops(self) -> int:
        """How many songs end in a loop."""
        return sum(song.loop is not None for song in self.songs)

    @property
    def copies(self) -> tuple[int, ...]:
        """Of each song the notes copied in a row; () for training songs."""
        return tuple(song.copied.notes for song in self.songs if song.copied)

    def to_json(self) -> dict[str, JSON]:
        copies = self.copies
        return {
            "count": len(self.songs),
            "figures": {name: a and a._asdict() for name, a in self.averages.items()},
            "loops": self.loops,
            "intervals": {str(interval): share for interval, share in self.intervals.items()},
            "durations": self.durations,
            "copied": {"median": median(copies), "mean": fmean(copies), "most": max(copies)}
            if copies
            else None,
        }


@dataclass(frozen=True)
class GeneratedFigures:
    """Generated songs beside those they came from, and beside songs that people made."""

    generated: MeasuredSongs
    training: MeasuredSongs
    held_out: MeasuredSongs | None

    @property
    def units(self) -> dict[str, str]:
        """Name of a figure -> what it is counted in, "" for a share or a number."""
        return {name: figure.unit for name, figure in FIGURES.items()}

    @property
    def sets(self) -> dict[str, MeasuredSongs]:
        """Those that there are."""
        sets = {"generated": self.generated, "training": self.training, "held_out": self.held_out}
        return {name: songs for name, songs in sets.items() if songs}

    def to_json(self) -> dict[str, JSON]:
        document: dict[str, JSON] = {"held_out": None}
        document |= {name: songs.to_json() for name, songs in self.sets.items()}
        return {**document, "songs": [song.to_json() for song in self.generated.songs]}


def figures_beside(
    generated: Sequence[Named],
    training: Sequence[Named],
    held_out: Sequence[Named] = (),
    progress: Progress = silent,
) -> GeneratedFigures:
    """Figures of songs, and what is copied in those that are not ``training``'s own."""
    copies = Copies(training)
    sets = [(generated, copies), (training, None), (held_out, copies)]
    measured = _measured(sets, progress)
    _warn_of_leaks(held_out, measured[2])
    return GeneratedFigures(measured[0], measured[1], measured[2] if held_out else None)


def _measured(
    sets: Sequence[tuple[Sequence[Named], Copies | None]], progress: Progress
) -> list[MeasuredSongs]:
    done, all_ = 0, sum(len(songs) for songs, _ in sets)
    found = []
    for songs, copies in sets:
        measured = []
        for named in songs:
            measured.append(_measure(named, copies))
            progress(done := done + 1, all_, "songs")
        melodies = [named.song for named in songs]
        found.append(
            MeasuredSongs(
                tuple(measured),
                shares(chain.from_iterable(map(intervals, melodies))),
                shares(str(length) for song in melodies for length in durations(song)),
            )
        )
    return found


def _measure(named: Named, copies: Copies | None) -> MeasuredSong:
    song = named.song
    figures = {name: figure.of(song) for name, figure in FIGURES.items()}
    return MeasuredSong(named.name, figures, _loop(song), copies.longest(song) if copies else None)


def _loop(song: Song) -> Loop | None:
    numbers: dict[str, int] = {}
    tokens = [numbers.setdefault(token, len(numbers)) for token in to_tokens(song)]
    return closing_loop(np.array(tokens, dtype=np.int32))


def _warn_of_leaks(held_out: Sequence[Named], measured: MeasuredSongs) -> None:
    """A yardstick that is itself a copy measures nothing."""
    whole = [
        f"{named.name} ({song.copied.song})"
        for named, song in zip(held_out, measured.songs, strict=True)
        if song.copied and song.copied.notes == len(named.song)
    ]
    if whole:
        more = f" and {len(whole) - 1} more" if len(whole) > 1 else ""
        warn(f"held out, yet whole in a training song: {whole[0]}{more}; leave such songs out")
