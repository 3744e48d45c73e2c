"""What a run had learned before its training began, in a file beside run.json: fingerprints of the
songs, with which a song that is no news to the network is found, though the run has it not; and
what new songs weighed.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from melodyrnn.data.gather import Named
from melodyrnn.data.song_fingerprints import fingerprints
from melodyrnn.errors import RunError
from melodyrnn.files import write_atomically
from melodyrnn.runs.archives import arrays, read_inside
from melodyrnn.sequences.fingerprints import Fingerprints
from melodyrnn.sequences.sampling import Floats
from melodyrnn.tasks.whole_songs.weights import FEATURES

FILE = "pretraining.npz"
_LARGEST = 1_000_000_000


class Pretraining(NamedTuple):
    """What was learned before."""

    known: Fingerprints  # of all songs, those that chose weights among them
    slopes: Floats | None  # ``WholeSongs.slopes`` of the network, (F,), where it has learned them


def keep(path: Path, before: Pretraining) -> Path:
    """Write what the run at ``path`` begins with. Raises FileError."""
    content = io.BytesIO()
    steps = np.diff(before.known.runs, prepend=np.uint16(0))  # modulo 2^16
    found: dict[str, npt.NDArray[Any]] = {
        "low": (steps & 0xFF).astype(np.uint8),  # apart they are a quarter less
        "high": (steps >> 8).astype(np.uint8),
        "sizes": before.known.sizes,
    }
    if before.slopes is not None:
        found["slopes"] = before.slopes
    np.savez_compressed(content, allow_pickle=False, **found)
    return write_atomically(path / FILE, content.getvalue())


def kept(path: Path) -> Pretraining:
    """What ``keep`` wrote. Raises RunError."""
    file = path / FILE
    if not file.is_file():
        raise RunError(f"{file}: is missing; train again")
    data = read_inside(path, file, _LARGEST)
    try:
        found = arrays(data, 20 * len(data))  # five bytes a run, packed to two
        steps = found["high"].astype(np.uint16) << 8 | found["low"]
        sizes = found["sizes"].astype(np.int32)
        if sizes.ndim != 1 or (sizes < 0).any() or sizes.sum(dtype=np.int64) != len(steps):
            raise ValueError("sizes of other fingerprints")
        slopes = found["slopes"].astype(np.float64) if "slopes" in found else None
        if slopes is not None and (slopes.shape != (FEATURES,) or not np.isfinite(slopes).all()):
            raise ValueError("slopes of other features")
        return Pretraining(Fingerprints(np.cumsum(steps, dtype=np.uint16), sizes), slopes)
    except Exception:  # whatever NumPy and zipfile raise on a damaged file
        raise RunError(f"{file}: is damaged; train again") from None


def in_pretraining(path: Path, songs: Sequence[Named]) -> list[bool]:
    """Of each song whether the fine-tuned run at ``path`` had learned a variant of it before.
    Raises RunError.
    """
    return kept(path).known.variants(fingerprints([named.song for named in songs]))
