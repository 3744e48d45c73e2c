"""What a training leaves as it goes on: its history, its checkpoint, and the versions it ran on."""

import csv
import io
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from melodyrnn.errors import RunError
from melodyrnn.files import NO_MEMORY, make_folder, write_atomically
from melodyrnn.runs.archives import arrays, read_inside
from melodyrnn.runs.network_files import file_of

HISTORY = "history.csv"
CHECKPOINT = Path("checkpoint") / "state.npz"
_LARGEST = 1_000_000_000


def write_history(path: Path, rows: Sequence[Any], fields: Sequence[str], member: int = 1) -> Path:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(fields)
    writer.writerows(rows)
    return write_atomically(file_of(path, HISTORY, member), text.getvalue())


def write_checkpoint(path: Path, arrays: dict[str, npt.NDArray[Any]], member: int = 1) -> None:
    content = io.BytesIO()
    np.savez(content, **arrays)  # type: ignore[arg-type]  # its stubs take names for options
    file = file_of(path, CHECKPOINT, member)
    make_folder(file.parent)
    write_atomically(file, content.getvalue())


def read_checkpoint(
    path: Path, member: int = 1, most: int = _LARGEST
) -> dict[str, npt.NDArray[Any]] | None:
    """What ``write_checkpoint`` wrote, of at most so many bytes; None where there is none yet.
    Raises RunError.
    """
    file = file_of(path, CHECKPOINT, member)
    if not file.is_file():
        return None
    data = read_inside(path, file, most)
    try:
        return arrays(data, most)
    except MemoryError:
        raise RunError(f"{file}: {NO_MEMORY}") from None
    except Exception:  # whatever NumPy, zipfile and tokenize raise on a damaged file
        raise RunError(f"{file}: is damaged; train again with --overwrite") from None


def versions() -> dict[str, str]:
    """Of what the result depends on."""
    from melodyrnn.models.backend import keras, tf

    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
    }
