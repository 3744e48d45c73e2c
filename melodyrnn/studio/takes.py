"""The takes that are kept: each a text of notes that any editor opens, in a folder of the user's.

takes/3f9c0a17b2de.txt    the notes, with title, meter and key: all that a take is
takes/3f9c0a17b2de.json   when it was kept and where it came from; the text holds without it
"""

import json
import os
import re
import sys
import time
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

from melodyrnn.files import make_folder, sweep_drafts, write_atomically
from melodyrnn.studio.answers import RefusedError

_ID = re.compile(r"[0-9a-f]{12}")
_MOST = 10_000
_TITLE = re.compile(r"^title: (.*)$", re.MULTILINE)


def user_folder() -> Path:
    """Where a user's programs keep what the user made. MELODYRNN_STUDIO names another folder."""
    if given := os.environ.get("MELODYRNN_STUDIO"):
        return Path(given)
    if sys.platform == "win32" and (given := os.environ.get("APPDATA")):
        return Path(given) / "melodyrnn"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "melodyrnn"
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "melodyrnn"


class KeptTakes:
    """Those in a folder. What is written is a song's document, as the helpers make it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> list[dict[str, Any]]:
        """The last kept first."""
        sweep_drafts(self.folder)
        names = (path.stem for path in self.folder.glob("*.txt"))
        found = [self._read(name) for name in names if _ID.fullmatch(name)]
        takes = [take for take in found if take is not None]
        return sorted(takes, key=lambda take: take["created"], reverse=True)

    def add(self, song: dict[str, Any], origin: object) -> dict[str, Any]:
        """Raises RefusedError where there are too many, FileError where none can be written."""
        make_folder(self.folder)
        if sum(1 for _ in self.folder.glob("*.txt")) >= _MOST:
            raise RefusedError(f"{_MOST:,} takes are kept; delete some first")
        return self._write(token_hex(6), song, {"created": time.time(), "from": origin})

    def text(self, name: str) -> str:
        """Raises RefusedError where there is no such take."""
        return str(self._known(name)["text"])

    def change(self, name: str, song: dict[str, Any]) -> dict[str, Any]:
        """Raises RefusedError where there is no such take."""
        known = self._known(name)
        return self._write(name, song, {"created": known["created"], "from": known["from"]})

    def remove(self, name: str) -> None:
        """Raises RefusedError where there is no such take."""
        self._known(name)
        for suffix in (".txt", ".json"):
            with suppress(FileNotFoundError):
                (self.folder / f"{name}{suffix}").unlink()

    def _known(self, name: str) -> dict[str, Any]:
        if not _ID.fullmatch(name) or (take := self._read(name)) is None:
            raise RefusedError("no such take is kept; it may have been deleted elsewhere", 404)
        return take

    def _write(self, name: str, song: dict[str, Any], about: dict[str, Any]) -> dict[str, Any]:
        about["notes"] = song["notes"]
        write_atomically(self.folder / f"{name}.txt", song["text"])
        write_atomically(self.folder / f"{name}.json", json.dumps(about, ensure_ascii=False))
        return {"id": name, "title": song["title"], "text": song["text"], **about}

    def _read(self, name: str) -> dict[str, Any] | None:
        """None where it is gone, or no text."""
        path = self.folder / f"{name}.txt"
        try:
            text, changed = path.read_text(encoding="utf-8"), path.stat().st_mtime
        except (OSError, ValueError):
            return None
        about: dict[str, Any] = {"created": changed, "from": None, "notes": None}
        with suppress(OSError, ValueError, TypeError):
            kept = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            about |= {"created": float(kept["created"]), "from": kept.get("from")}
            if path.with_suffix(".json").stat().st_mtime >= changed:  # else the text is newer
                about["notes"] = kept.get("notes")
        title = _TITLE.search(text)
        return {"id": name, "title": title[1].strip() if title else "", "text": text, **about}
