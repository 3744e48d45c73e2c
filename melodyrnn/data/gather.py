"""What a person names as songs, read: files, folders, globs, corpora, tunes, Songs in hand.
Imports no numpy.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from melodyrnn import errors
from melodyrnn.data.reasons import summary, told
from melodyrnn.errors import ConfigError, MelodyError, ScoreError, warn
from melodyrnn.files import exists, shown
from melodyrnn.formats.read import PACKED, Corpus, read_song
from melodyrnn.music.notation import text as notation
from melodyrnn.music.song import Song
from melodyrnn.system.attended import if_attended, verb
from melodyrnn.system.machine import uncollected
from melodyrnn.system.progress import Progress, silent

if TYPE_CHECKING:
    from melodyrnn.data.file_tunes import FileTune
    from melodyrnn.data.source_files import SourceFile


@dataclass(frozen=True, slots=True)
class Named:
    """A song, and what to call it in messages and files."""

    name: str
    song: Song

    @classmethod
    def in_hand(cls, song: Song) -> Self:
        """A song that no file names."""
        return cls(song.title or "song", song)

    @property
    def text(self) -> str:
        """The canonical text."""
        return notation.format(self.song)

    @property
    def record(self) -> dict[str, str]:
        """What a run remembers of the song."""
        from hashlib import sha256  # OpenSSL: only who remembers a song waits for it

        digest = sha256(self.text.encode()).hexdigest()
        return {"name": self.name, "sha256": digest, "text": self.text}

    @classmethod
    def of_record(cls, record: dict[str, str]) -> Self:
        """Raises NotationError where the text was damaged."""
        return cls(record["name"], notation.parse(record["text"], record["name"]))


Source = str | Path | Corpus | Song | Named
"""A file, a folder, a glob, a named corpus, a tune of one, or a song in hand. A text is what
exists of that name, or else a corpus or a tune; a Corpus is one always."""


class ReadAs(NamedTuple):
    """What a person said of how files are read."""

    track: str | None = None  # chooses among several voices
    grid: str | None = None  # quantises performed timing


class Songs(list[Named]):
    """Songs, what to call them together, ``nabiya``, ``kinder``, ``22 songs``, and how they were
    read. ``collections``: the folders and corpora that they are, if they are nothing else.
    ``sources``: what was named, if none of it was a song in hand.
    """

    def __init__(
        self,
        songs: Iterable[Named],
        name: str,
        read_as: ReadAs = ReadAs(),  # noqa: B008 - it is immutable
        collections: Sequence[str] = (),
        sources: Sequence[str] = (),
    ) -> None:
        super().__init__(songs)
        self.name = name
        self.read_as = read_as
        self.collections = tuple(collections)
        self.sources = tuple(sources)


@dataclass(frozen=True)
class Gathered:
    """The songs of some sources, and what is to be said of them."""

    songs: Songs
    left_out: tuple[str, ...]  # why, of each tune that is no song, its place first
    remarks: tuple[str, ...]  # what was decided in reading, each with its place


def gather_one(source: Source, *, track: str | None = None, grid: str | None = None) -> Named:
    """Read the song of one file, one tune's name or Song object. Raises MelodyError, of a folder
    too.
    """
    if isinstance(source, Named):
        return source
    if isinstance(source, Song):
        return Named.in_hand(source)
    if isinstance(source, Corpus) or is_corpus(source):
        raise ConfigError(
            f"{source}: a corpus, and this takes one song; 'melodyrnn corpus show {source}' "
            "shows its songs"
        )
    if exists(Path(source)) or Path(source).suffix:
        return Named(shown(Path(source).stem), read_song(source, track=track, grid=grid))
    return _tune(str(source), track, grid)


def _tune(name: str, track: str | None, grid: str | None) -> Named:
    """The tune of a corpus that is called so; it alone is read. Raises MelodyError."""
    from melodyrnn.data.source_files import no_such
    from melodyrnn.data.tune_names import find_tune

    if not (found := find_tune(name)):
        raise no_such(Path(name))
    song = read_song(found.path, track=track or found.track, grid=grid, tune=found.label)
    return Named(name, song)


def is_tune(source: str | Path) -> bool:
    """Whether it names a tune of a corpus; what is a file does not."""
    if exists(Path(source)):
        return False
    from melodyrnn.data.tune_names import find_tune  # what one song alone is spared

    return find_tune(str(source)) is not None


def is_corpus(source: str | Path) -> bool:
    """Whether it names a corpus or a pack of songs; what is another file does not."""
    if exists(Path(source)):
        return Path(source).suffix.lower() == PACKED
    from melodyrnn.data.collections import COLLECTIONS  # what one song alone is spared

    return str(source) in COLLECTIONS


@verb("reading")
def gather(
    sources: Source | Iterable[Source],
    *,
    track: str | None = None,
    grid: str | None = None,
    report: bool = False,
    progress: Progress = if_attended,
) -> Songs:
    """The songs of files, folders, globs, named corpora and Songs in hand, in order.

    They are called together by the name of the one song or source that they are, if they are one.
    Of a folder, a glob, a corpus or an ABC file of many tunes, what cannot be read is left out; a
    MelodyWarning says how much and why, or, with ``report``, one says so of each. Raises
    MelodyError where a file named itself cannot be read, and where there is no song.
    """
    found = gather_all(sources, track=track, grid=grid, progress=progress)
    warn_of(found, report)
    return found.songs


@uncollected()
def gather_all(
    sources: Source | Iterable[Source],
    *,
    track: str | None = None,
    grid: str | None = None,
    progress: Progress = silent,
) -> Gathered:
    """As ``gather``, with what was left out as a value. Raises MelodyError as it does."""
    from melodyrnn.data.reading import read
    from melodyrnn.data.song_packs import is_pack
    from melodyrnn.data.source_files import source_files  # what one song alone is spared

    listed = [sources] if isinstance(sources, Source) else list(sources)
    files = [[] if isinstance(s, Song | Named) else source_files(s) for s in listed]
    everything = [place for some in files for place in some if not is_pack(place.file)]
    tunes = iter(read(everything, track=track, grid=grid, progress=progress))
    songs: list[Named] = []
    left_out: list[str] = []
    remarks: list[str] = []
    for source, some in zip(listed, files, strict=True):
        if isinstance(source, Song | Named):
            songs.append(gather_one(source))
            continue
        before, out = len(songs), len(left_out)
        for place in some:
            for name, tune in _named_tunes(place, tunes, progress):
                remarks += tune.remarks
                if tune.song:
                    songs.append(Named(name, tune.song))
                else:
                    left_out.append(tune.why)
        if len(songs) == before:
            raise ScoreError(f"{source}: no song in it: {summary(left_out[out:])}")
    if not songs:
        raise ConfigError("no song was given; name a file, such as songs/nabiya.txt")
    gathered = sources if isinstance(sources, Songs) else None
    name = gathered.name if gathered is not None else _together(listed, songs)
    collections = gathered.collections if gathered is not None else _collections(listed, songs)
    named = gathered.sources if gathered is not None else _sources(listed)
    together = Songs(songs, name, ReadAs(track, grid), collections, named)
    return Gathered(together, tuple(left_out), tuple(remarks))


def _together(sources: Sequence[Source], songs: Sequence[Named]) -> str:
    """What to call the ``songs`` of ``sources``."""
    if len(songs) == 1:
        return songs[0].name
    named = _named(sources[0]) if len(sources) == 1 else None
    return named or f"{len(songs)} songs"


def _named(source: Source) -> str | None:
    from melodyrnn.data.source_files import name_of

    return name_of(source) if isinstance(source, str | Path | Corpus) else None


def _sources(sources: Sequence[Source]) -> list[str]:
    """What was named; nothing where one is a song in hand."""
    if any(isinstance(source, Song | Named) for source in sources):
        return []
    return [s.name if isinstance(s, Corpus) else str(s) for s in sources]


def _collections(sources: Sequence[Source], songs: Sequence[Named]) -> list[str]:
    """The names of ``sources``, none where one has no name or where each is a song."""
    names = [name for source in sources if (name := _named(source))]
    return names if len(names) == len(sources) < len(songs) else []


def warn_of(reading: Gathered, report: bool = False) -> None:
    """Say, as MelodyWarnings, what is to be said of a reading; with ``report``, all of it."""
    for line in told(len(reading.songs), reading.left_out, reading.remarks, report):
        warn(line)


def _named_tunes(
    place: "SourceFile", found: Iterator[list["FileTune"]], progress: Progress
) -> Iterator[tuple[str, "FileTune"]]:
    """The tunes of a file and what they are called: of a pack those in it, of any other file those
    which were ``found`` in it. Raises MelodyError where it was named itself and cannot be read.
    """
    from melodyrnn.data.song_packs import is_pack

    if is_pack(place.file):
        for tune in _unpacked(place, progress):
            yield tune.label, tune
        return
    for tune in next(found):
        _require(place, tune)
        yield _name(place, tune), tune


def _unpacked(place: "SourceFile", progress: Progress) -> Iterator["FileTune"]:
    """The songs of a pack, or why there are none, which is an error where it was named itself."""
    from melodyrnn.data.file_tunes import left_out
    from melodyrnn.data.song_packs import read_pack

    try:
        yield from (packed.tune for packed in read_pack(Path(place.file), progress))
    except MelodyError as error:
        if place.named:
            raise
        yield left_out(error)


def _name(place: "SourceFile", tune: "FileTune") -> str:
    stem = shown(place.stem)
    return f"{stem}-{tune.label}" if tune.label else stem


def _require(place: "SourceFile", tune: "FileTune") -> None:
    """Raises the error of a file that was named itself and is one tune."""
    if place.named and tune.label == place.tune and not tune.song:
        kind: type[MelodyError] = getattr(errors, tune.error)
        raise kind(tune.why)
