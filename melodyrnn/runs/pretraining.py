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
from melodyrnn.files import read_bytes, write_atomically
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
    try:
        with np.load(io.BytesIO(read_bytes(path / FILE, _LARGEST)), allow_pickle=False) as arrays:
            steps = arrays["high"].astype(np.uint16) << 8 | arrays["low"]
            return Fingerprints(np.cumsum(steps, dtype=np.uint16), arrays["sizes"])
    except Exception:  # whatever NumPy and zipfile raise on a damaged file
        raise RunError(f"{path / FILE}: is missing or damaged; train again") from None


def in_pretraining(path: Path, songs: Sequence[Named]) -> list[bool]:
    """Of each song whether the fine-tuned run at ``path`` had learned a variant of it before.
    Raises RunError.
    """
    return kept(path).variants(fingerprints([named.song for named in songs]))
