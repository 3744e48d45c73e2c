"""A file of the text notation -> Song."""

from melodyrnn.errors import NotationError
from melodyrnn.music.notation.text import parse
from melodyrnn.music.song import Song


def read_notation(data: bytes, name: str) -> Song:
    """The song in the bytes of the text file ``name``. Raises NotationError."""
    try:
        return parse(data.decode(), name)
    except UnicodeDecodeError as error:
        raise NotationError(
            f"{name}: byte {error.start} is not UTF-8 text; save it as UTF-8"
        ) from None
