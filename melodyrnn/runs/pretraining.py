"""What a run had learned before its training began: fingerprints of the songs, in a file beside
run.json, with which a song that is no news to the network is found, though the run has it not.
"""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from melodyrnn.data.gather import Named
from melodyrnn.data.song_fingerprints import fingerprints
from melodyrnn.errors import RunError
from melodyrnn.files import write_atomically
from melodyrnn.runs.archives import arrays, read_inside
from melodyrnn.sequences.fingerprints import Fingerprints

FILE = "pretraining.npz"
_LARGEST = 1_000_000_000


def keep(path: Path, known: Fingerprints) -> Path:
    """Write what the run at ``path`` begins with. Raises FileError."""
    content = io.BytesIO()
    steps = np.diff(known.runs, prepend=np.uint16(0))  # modulo 2^16
    low, high = (steps & 0xFF).astype(np.uint8), (steps >> 8).astype(np.uint8)
    np.savez_compressed(content, low=low, high=high, sizes=known.sizes)  # a quarter less so
    return write_atomically(path / FILE, content.getvalue())


def kept(path: Path) -> Fingerprints:
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
        return Fingerprints(np.cumsum(steps, dtype=np.uint16), sizes)
    except Exception:  # whatever NumPy and zipfile raise on a damaged file
        raise RunError(f"{file}: is damaged; train again") from None


def in_pretraining(path: Path, songs: Sequence[Named]) -> list[bool]:
    """Of each song whether the fine-tuned run at ``path`` had learned a variant of it before.
    Raises RunError.
    """
    return kept(path).variants(fingerprints([named.song for named in songs]))
