"""A format of files: what it is called, what reads it, what writes it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Protocol, cast

from melodyrnn.errors import ConfigError, FileError, MelodyError, RenderError, ScoreError
from melodyrnn.files import NO_MEMORY
from melodyrnn.formats.deadline import TimeUpError, deadline
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.music.playing import Playing
from melodyrnn.music.song import Song

Tunes = Iterator[tuple[str, Callable[[], Song]]]
"""(label, how to read it) of each tune of a file, as it is asked for. The label identifies the tune
in its file: an ABC tune's number, "" where the file holds one tune."""

Pages = bytes | str | Sequence[bytes | str]
"""The content of a file, or of each file where the song fills several. Text becomes UTF-8."""


PATIENCE = 2.5
"""Seconds of work that any file may take, beside those that one of its size and kind does."""

_REPORT = "which is a fault of melodyrnn; report it, and choose another file"


class _Function(Protocol):
    """What a row names."""

    def __call__(self, *args: object, **options: object) -> object: ...


@dataclass(frozen=True)
class Format:
    """One row of the table of formats.

    The functions are named "module:function", "" for none, and imported when they are called:

    - ``read(data, name)`` gives the Song in the bytes of the file ``name``; of several tunes, the
      first. With ``voices`` it is given ``track=`` and ``grid=`` as well: a voice's name or number
      and a Grid, None where --track and --grid are not given.
    - ``tunes(data, name)``, of files that may hold several tunes, gives ``Tunes``; also with
      ``track=`` and ``grid=`` where the row has ``voices``.
    - ``write(song)`` gives ``Pages``. With ``sounds`` it is given ``program=`` as well: the
      General MIDI number of the instrument, 0 to 127; with ``plays`` also ``playing=``, a Playing.

    Raises ConfigError for a row without a suffix or a function, or with one written otherwise.
    """

    name: str  # what messages call it
    suffixes: tuple[str, ...]  # each with its dot, in lower case
    read: str = ""
    write: str = ""
    tunes: str = ""
    voices: bool = False
    sounds: bool = False
    plays: bool = False
    largest: int = 2_000_000  # bytes of a file that is read
    file_seconds: float = 3e-4  # roughly, to read a file, and
    byte_seconds: float = 3e-6  # each byte of it
    package: str = ""  # the distribution that brought the row; "" for those of this package

    def __post_init__(self) -> None:
        if not self.suffixes or not (self.read or self.write):
            raise ConfigError(f"format {self.name!r}: give it a suffix, and 'read' or 'write'")
        for suffix in self.suffixes:
            if suffix[:1] != "." or suffix != suffix.lower():
                raise ConfigError(
                    f"format {self.name!r}: suffix {suffix!r}; write it with its dot and in lower "
                    "case, such as '.mid'"
                )
        for function in filter(None, (self.read, self.write, self.tunes)):
            if not all(function.partition(":")):
                raise ConfigError(
                    f"format {self.name!r}: function {function!r}; write it as 'module:function'"
                )

    def read_song(self, data: bytes, name: str, track: str | None, grid: Grid | None) -> Song:
        """The song in the bytes of the file ``name``; of several tunes, the first.

        Raises MelodyError where there is none.
        """
        with self._guarded(name, ScoreError, "read", len(data)):
            song = _function(self.read)(data, name, **self._voices(track, grid))
        return _sounding(song, name)

    def read_tunes(self, data: bytes, name: str, track: str | None, grid: Grid | None) -> Tunes:
        """The tunes in the bytes of the file ``name``.

        What is wrong with the file as a whole is raised here, as MelodyError, and what is wrong
        with one tune where that is read.
        """
        if not self.tunes:
            yield "", partial(self.read_song, data, name, track, grid)
            return
        with self._guarded(name, ScoreError, "read", len(data)):
            tunes = cast(Tunes, _function(self.tunes)(data, name, **self._voices(track, grid)))
        while True:
            with self._guarded(name, ScoreError, "read", len(data)):
                found = next(tunes, None)
            if found is None:
                return
            label, read = found
            yield label, partial(self._read_tune, read, name, len(data))

    def _read_tune(self, read: Callable[[], Song], name: str, size: int) -> Song:
        with self._guarded(name, ScoreError, "read", size):
            song = read()
        return _sounding(song, name)

    def pages(
        self, song: Song, program: int, playing: Playing | None = None
    ) -> Sequence[bytes | str]:
        """The content of each file that holds ``song``; ``program`` is what the song sounds like,
        ``playing`` how it is played.

        Raises MelodyError.
        """
        with self._guarded("", RenderError, "written", 0):
            options: dict[str, object] = {"program": program} if self.sounds else {}
            if self.plays:
                options["playing"] = playing
            pages = cast(Pages, _function(self.write)(song, **options))
        return [pages] if isinstance(pages, bytes | str) else pages

    def _voices(self, track: str | None, grid: Grid | None) -> dict[str, object]:
        return {"track": track, "grid": grid} if self.voices else {}

    @contextmanager
    def _guarded(self, name: str, kind: type[MelodyError], done: str, size: int) -> Iterator[None]:
        """Lets nothing but a MelodyError that begins with the file's name out of a function, which
        has the more time the larger the file is.
        """
        place = f"{name}: " if name else ""
        seconds = PATIENCE + 3 * min(self.file_seconds + self.byte_seconds * size, 20)
        try:
            with deadline(seconds):
                yield
        except MelodyError as error:
            words = str(error)
            if words.startswith(name) and not self.package:
                raise
            ours = kind if self.package else type(error)
            raise ours(words if name and words.startswith(name) else place + words) from None
        except MemoryError:
            raise FileError(f"{place}{NO_MEMORY}") from None
        except TimeUpError:
            raise FileError(
                f"{place}not {done} after {seconds:.0f} seconds of work; cut it, or export it again"
            ) from None
        except Exception as error:
            words = " ".join(str(error).split())[:100]
            remedy = f"which the package {self.package} does; update it"
            raise kind(
                f"{place}cannot be {done} as {self.name} ({type(error).__name__}"
                f"{words and ': '}{words}), {remedy if self.package else _REPORT}"
            ) from error


def _function(named: str) -> _Function:
    """The function that "module:function" names."""
    module, _, function = named.partition(":")
    return cast(_Function, getattr(import_module(module), function))


def _sounding(song: object, name: str) -> Song:
    """``song``, if it has notes. Raises ScoreError."""
    if not isinstance(song, Song):
        raise ScoreError(f"{name}: its reader gave a {type(song).__name__}, not a Song; update it")
    if not any(note.pitch for note in song.notes):
        raise ScoreError(f"{name}: there are no notes in it")
    return song
