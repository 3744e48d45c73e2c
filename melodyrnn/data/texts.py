"""Texts as networks see them: characters, one index each. Imports no numpy."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from melodyrnn.errors import ConfigError, MelodyError
from melodyrnn.files import read_bytes

LARGEST_TEXT = 200_000_000
"""Bytes; a shelf of books."""
_OPENING = 200
"""Characters that a run remembers, to begin from."""


@dataclass(frozen=True)
class Text:
    """A text, and what to call it in messages and files."""

    name: str
    characters: str  # Unicode code points, NFC: a syllable of Korean is one

    @classmethod
    def of(cls, name: str, content: str) -> "Text":
        """Line ends as one character, and composed: what looks the same is the same."""
        return cls(name, normalize("NFC", content.replace("\r\n", "\n").replace("\r", "\n")))

    @property
    def record(self) -> dict[str, str]:
        """What a run remembers of the text."""
        digest = hashlib.sha256(self.characters.encode()).hexdigest()
        return {"name": self.name, "sha256": digest, "text": self.characters[:_OPENING]}


def read_texts(paths: str | Path | Iterable[str | Path]) -> list[Text]:
    """Read UTF-8 texts. Raises MelodyError where one is missing, empty or no text."""
    listed = [paths] if isinstance(paths, str | Path) else list(paths)
    if not listed:
        raise ConfigError("no text was given; name a file, such as book.txt")
    return [_read(Path(path)) for path in listed]


def _read(path: Path) -> Text:
    data = read_bytes(path, LARGEST_TEXT)
    try:
        text = Text.of(path.stem, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise MelodyError(
            f"{path}: byte {error.start} is not UTF-8 text; save it as UTF-8"
        ) from None
    if len(text.characters) < 2:
        count = len(text.characters)
        raise MelodyError(
            f"{path}: a text of {count} character{'s' * (count != 1)}; "
            "what comes next is learned from at least 2"
        )
    return text
