"""Files that were sent: written piece by piece, bounded, under names of ours."""

import re
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from melodyrnn.errors import FileError
from melodyrnn.files import make_folder, reason
from melodyrnn.studio.answers import RefusedError

MOST = 20_000_000
"""Bytes: no format reads larger files."""

_ID = re.compile(r"[0-9a-f]{12}")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,10}")
_OLD = 30 * 24 * 3600.0  # seconds after which a file that was sent is forgotten


class Uploads:
    """Those in a folder, each in one of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sweep(self) -> None:
        """Forget what is old."""
        for each in self.folder.glob("*"):
            with suppress(OSError):
                if each.stat().st_mtime < time.time() - _OLD:
                    shutil.rmtree(each, ignore_errors=True)

    async def add(self, name: str, chunks: AsyncIterator[bytes]) -> str:
        """Its id. Raises RefusedError for a larger one, FileError; nothing is left then."""
        number = token_hex(6)
        folder = make_folder(self.folder / number)
        try:
            with (folder / safe_name(name)).open("xb") as file:
                async for chunk in chunks:
                    file.write(chunk)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise FileError(f"this file cannot be kept: {reason(error)}") from None
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return number

    def path(self, number: str) -> Path:
        """Where it lies. Raises RefusedError where there is no such one."""
        if _ID.fullmatch(number):
            for path in (self.folder / number).glob("*"):
                return path
        raise RefusedError("this file is not here any more; choose it again", 404)

    def remove(self, number: str) -> None:
        shutil.rmtree(self.path(number).parent, ignore_errors=True)


def safe_name(name: str) -> str:
    """What a file that was sent is called here: its own name without folders, and nothing that a
    file system, a shell or a terminal takes for more than letters.
    """
    last = re.split(r"[\\/]", name)[-1]
    stem, dot, end = last.rpartition(".")
    suffix = f"{dot}{end}".lower()
    plain = re.sub(r"[^\w -]+", "-", stem or end)[:60].strip(" -")
    return (plain or "file") + (suffix if _SUFFIX.fullmatch(suffix) else "")
