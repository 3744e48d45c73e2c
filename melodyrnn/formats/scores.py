"""Scores -> Song: MusicXML and Humdrum by music21, ABC by a reader of our own.

The formats meet in one ``Piece`` (``score_piece.py``), where a melody is taken out of it.
"""

from collections.abc import Callable

from melodyrnn.errors import MelodyError, NotationError, ScoreError
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.formats.piece import Piece, song_of
from melodyrnn.music.song import Song


def parse_score(
    data: bytes, suffix: str, name: str, *, track: str | None = None, grid: Grid | None = None
) -> Song:
    """The melody in the bytes of the score ``name``, of the format that ``suffix`` names.

    ``track`` chooses among its parts (see ``voices``); ``grid`` rounds its timing (see
    ``quantise``), without which a duration that no song can hold is an error. MelodyWarnings say
    what was chosen or left out. Raises MelodyError.
    """
    return song_of(READERS[suffix](data, name), name, track, grid)


def _abc(data: bytes, name: str) -> Piece:
    from melodyrnn.formats.abc.read import read_abc

    return read_abc(data, name)


def _musicxml(data: bytes, name: str) -> Piece:
    from melodyrnn.formats.musicxml.read import read_musicxml  # music21: 0.4 s

    return _guarded(read_musicxml, data, name)


def _compressed(data: bytes, name: str) -> Piece:
    from melodyrnn.formats.musicxml.read import read_compressed

    return _guarded(read_compressed, data, name)


def _humdrum(data: bytes, name: str) -> Piece:
    from melodyrnn.formats.humdrum import read_humdrum

    return _guarded(read_humdrum, data, name)


def _guarded(reader: Callable[[bytes, str], Piece], data: bytes, name: str) -> Piece:
    """What a reader by music21 gives, with nothing but MelodyErrors raised."""
    from melodyrnn.formats.music21_score import silence

    try:
        with silence():
            return reader(data, name)
    except NotationError as error:
        raise ScoreError(f"{name}: {error}") from None
    except MelodyError:
        raise
    except Exception as error:  # music21 raises whatever its own code stumbles over
        what = " ".join(str(error).split())[:100]
        raise ScoreError(
            f"{name}: cannot be read as a score ({type(error).__name__}{what and ': '}{what}); "
            "export it again, or as another format"
        ) from None


READERS: dict[str, Callable[[bytes, str], Piece]] = {
    ".musicxml": _musicxml,
    ".xml": _musicxml,
    ".mxl": _compressed,
    ".abc": _abc,
    ".krn": _humdrum,
}
"""Suffix -> reader of a file's bytes, which errors call by the name given."""
