"""Arrays from a run folder that may come from anybody: how much is unpacked is known before.

A zip archive may unpack to a thousand times its size, an array may say that it has more numbers
than there are bytes, a link may lead out of the folder, and an HDF5 file may fetch its numbers from
any other file. All that is refused before anything is read. Nothing here says more than ValueError:
the caller knows what the file was to be.
"""

import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from melodyrnn.errors import RunError
from melodyrnn.files import read_bytes

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENTRIES = 10_000
_KINDS = "biuf"  # of numbers: no objects, texts or records


def read_inside(folder: Path, file: Path, most: int) -> bytes:
    """The bytes of ``file``, at most ``most``. Raises RunError where it is larger, and where a link
    leads out of ``folder``; FileError where it cannot be read.
    """
    place, inside = os.path.realpath(file), os.path.realpath(folder)
    if os.path.commonpath([place, inside]) != inside:
        raise RunError(f"{file}: a link out of the run folder; put the file itself there")
    try:
        size = file.stat().st_size
    except OSError:
        size = 0  # reading says what is wrong
    if size > most:
        raise RunError(
            f"{file}: {size / 1e6:,.0f} MB, and a run such as its run.json says has less than "
            f"{max(1, most / 1e6):,.0f} MB there; train again"
        )
    return read_bytes(file, max(most, size))


def arrays(data: bytes, most: int) -> dict[str, npt.NDArray[Any]]:
    """What ``numpy.savez`` wrote: numbers only, of at most ``most`` bytes together. Raises
    ValueError, and what zipfile raises, for anything else.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = checked_entries(archive, most)
        return {
            entry.filename.removesuffix(".npy"): _array(archive.read(entry)) for entry in entries
        }


def checked_entries(archive: zipfile.ZipFile, most: int) -> list[zipfile.ZipInfo]:
    """Its entries, of at most ``most`` bytes together. Raises ValueError."""
    entries = archive.infolist()
    if len(entries) > _ENTRIES or len({entry.filename for entry in entries}) < len(entries):
        raise ValueError("too many entries, or one twice")
    if any(entry.compress_type not in _METHODS or entry.flag_bits & 1 for entry in entries):
        raise ValueError("an entry that is packed in another way")
    if sum(entry.file_size for entry in entries) > most:
        raise ValueError("it unpacks to more than there can be")
    return entries


def _array(data: bytes) -> npt.NDArray[Any]:
    """One .npy file. Raises ValueError where its numbers are not as many as it says."""
    content = io.BytesIO(data)
    version = np.lib.format.read_magic(content)
    headers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    shape, _, dtype = headers[version](content)
    count = 1
    for side in shape:
        count *= side
    size = len(data) - content.tell()
    if dtype.kind not in _KINDS or min(shape, default=0) < 0 or size != count * dtype.itemsize:
        raise ValueError("an array of no numbers, or of more or fewer than it says")
    array: npt.NDArray[Any] = np.load(io.BytesIO(data), allow_pickle=False)
    return array


def finite(numbers: Iterator[npt.NDArray[Any]]) -> None:
    """Raise ValueError where one is no number, or beyond all numbers."""
    if not all(np.isfinite(each).all() for each in numbers):
        raise ValueError("weights that are not finite")
