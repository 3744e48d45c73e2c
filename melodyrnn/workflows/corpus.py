"""Collections of songs: which there are, and what is in one."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median_low
from typing import Any

from melodyrnn.data import collections
from melodyrnn.data.file_tunes import FileTune
from melodyrnn.data.gather import Named, Source, gather, gather_all, warn_of
from melodyrnn.data.pack_columns import PackedTune
from melodyrnn.data.reasons import summary, told
from melodyrnn.data.song_families import song_families
from melodyrnn.data.song_packs import is_pack, read_pack, write_pack
from melodyrnn.data.source_files import origin_of
from melodyrnn.errors import ConfigError, warn
from melodyrnn.files import create_folder, exists
from melodyrnn.formats.registry import reader, writer, writers
from melodyrnn.music.notation.tokens import write_pitch
from melodyrnn.music.song import Key, Song
from melodyrnn.render.write import write_song
from melodyrnn.system.progress import Progress, silent

_TITLES = 10


@dataclass(frozen=True)
class Listed:
    """A named corpus."""

    name: str
    tunes: int
    tradition: str
    about: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def listed() -> list[Listed]:
    """The named corpora. Raises MelodyError where music21's files are not there."""
    return [
        Listed(name, collections.count(name), one.tradition, one.about)
        for name, one in collections.COLLECTIONS.items()
    ]


def export(
    sources: Source | Iterable[Source],
    output: str | Path,
    written_in: str,
    *,
    track: str | None = None,
    grid: str | None = None,
    progress: Progress = silent,
) -> list[Path]:
    """Write each song of ``sources`` into the new folder ``output``, by its name and in the format
    of the suffix ``written_in``, without its dot; returns the files, in order.

    Raises MelodyError, ConfigError for a format that is not both read and written; there is no
    such folder then.
    """
    suffix = f".{written_in}"
    if not (reader(suffix) and writer(suffix)):
        known = ", ".join(found[1:] for found in writers() if reader(found))
        raise ConfigError(f"--format {written_in}: no format of songs; choose one of {known}")
    songs = gather(sources, track=track, grid=grid)
    folder, names = Path(output), _file_names(songs, suffix)

    def fill(draft: Path) -> None:
        for number, (name, named) in enumerate(zip(names, songs, strict=True)):
            progress(number, len(songs), "songs")
            write_song(named.song, draft / name)
        progress(len(songs), len(songs), "songs")

    create_folder(folder, names[0], fill, taken="choose another --output", kind="folder of songs")
    return [folder / name for name in names]


def pack(
    sources: Source | Iterable[Source],
    output: str | Path,
    *,
    overwrite: bool = False,
    track: str | None = None,
    grid: str | None = None,
    report: bool = False,
    progress: Progress = silent,
) -> int:
    """Write the songs of ``sources`` into one file, a Parquet table that can be read wherever songs
    are; returns how many. What is left out, a MelodyWarning says, of each tune with ``report``.

    Raises MelodyError, ConfigError where the file is there, or without pyarrow; nothing is written
    then.
    """
    path = Path(output)
    if exists(path) and not overwrite:
        raise ConfigError(
            f"{path}: already exists; --overwrite replaces it, or choose another --output"
        )
    listed = [sources] if isinstance(sources, Source) else sources
    read = partial(gather_all, track=track, grid=grid, progress=progress)

    def rows() -> Iterator[PackedTune]:
        for source in listed:
            if is_pack(source):
                yield from _packed_again(Path(str(source)), report, progress)
                continue
            found = read(source)
            warn_of(found, report)
            named, licence = ("", "") if isinstance(source, Song | Named) else origin_of(source)
            for each in found.songs:
                yield PackedTune(FileTune(each.name, each.song), named, licence)

    return write_pack(path, rows())


def _packed_again(path: Path, report: bool, progress: Progress) -> Iterator[PackedTune]:
    """The songs of a pack, which says itself where they are from."""
    count, left_out = 0, list[str]()
    for row in read_pack(path, progress):
        if row.tune.song:
            count += 1
            yield row
        else:
            left_out.append(row.tune.why)
    for line in told(count, left_out, (), report):
        warn(line)


def _file_names(songs: Iterable[Named], suffix: str) -> list[str]:
    """One for each song; those of one name are numbered."""
    taken: Counter[str] = Counter()
    names = []
    for named in songs:
        stem = re.sub(r'[/\\:*?"<>|]', "_", named.name)
        taken[stem] += 1
        names.append(f"{stem}{f'_{taken[stem]}' if taken[stem] > 1 else ''}{suffix}")
    return names


@dataclass(frozen=True)
class Contents:
    """What some songs hold."""

    tunes: int
    different: int  # variants of one tune counted once
    notes: int  # rests are none
    shortest: int  # notes of a tune
    middle: int
    longest: int
    pitches: dict[int, int]  # MIDI number -> notes, from the lowest
    meters: dict[str, int]  # -> tunes, the most frequent first
    keys: dict[str, int]
    titles: tuple[tuple[str, str], ...]  # (name, title) of the first
    left_out: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def lowest_name(self) -> str:
        return write_pitch(Key().pitch(min(self.pitches)))

    @property
    def highest_name(self) -> str:
        return write_pitch(Key().pitch(max(self.pitches)))

    @property
    def reasons(self) -> str:
        """Why tunes were left out, in few words."""
        return summary(self.left_out)

    def to_json(self, report: bool = False) -> dict[str, Any]:
        """``report`` adds what was decided in reading each tune."""
        document = asdict(self)
        if not report:
            del document["remarks"]
        return document


def contents(
    sources: Source | Iterable[Source],
    *,
    track: str | None = None,
    grid: str | None = None,
    progress: Progress = silent,
) -> Contents:
    """What is in the songs of ``sources``. Raises MelodyError as ``gather`` does."""
    reading = gather_all(sources, track=track, grid=grid, progress=progress)
    songs = [named.song for named in reading.songs]
    lengths = [sum(note.pitch is not None for note in song.notes) for song in songs]
    pitches = Counter(note.pitch.midi for song in songs for note in song.notes if note.pitch)
    return Contents(
        len(songs),
        len(song_families(songs)),
        sum(lengths),
        min(lengths),
        median_low(lengths),
        max(lengths),
        dict(sorted(pitches.items())),
        dict(Counter(str(song.meter) for song in songs).most_common()),
        dict(Counter(str(song.key) for song in songs).most_common()),
        tuple((named.name, named.song.title) for named in reading.songs[:_TITLES]),
        reading.left_out,
        reading.remarks,
    )
