"""What songs weigh as wholes, in a file of the run that they were learned for."""

import io
from pathlib import Path

import numpy as np

from melodyrnn.errors import RunError
from melodyrnn.files import write_atomically
from melodyrnn.runs.archives import arrays, read_inside
from melodyrnn.tasks.whole_songs.runs_of_steps import BUCKETS, KINDS, PACKED, KnownRuns, RunRatios
from melodyrnn.tasks.whole_songs.weights import FEATURES, MOST_CANDIDATES, WholeSongs

FILE = "whole_songs.npz"
_LARGEST = 1_000_000


def keep(path: Path, whole_songs: WholeSongs) -> Path:
    """Write what was learned for the run at ``path``. Raises FileError."""
    content = io.BytesIO()
    np.savez_compressed(
        content,
        means=whole_songs.means,
        deviations=whole_songs.deviations,
        weights=whole_songs.weights,
        ratios=whole_songs.ratios.sixteenths,
        known=whole_songs.known.bits,
        every=np.array(whole_songs.known.every),
        candidates=np.array(whole_songs.candidates),
    )
    return write_atomically(path / FILE, content.getvalue())


def kept(path: Path) -> WholeSongs | None:
    """What ``keep`` wrote; None where a run has none. Raises RunError."""
    file = path / FILE
    if not file.is_file():
        return None
    data = read_inside(path, file, _LARGEST)
    try:
        found = arrays(data, _LARGEST)
        means, deviations, weights = (
            found[name].astype(np.float64) for name in ("means", "deviations", "weights")
        )
        ratios, known = found["ratios"].astype(np.int8), found["known"].astype(np.uint8)
        every, candidates = int(found["every"]), int(found["candidates"])
        if {each.shape for each in (means, deviations, weights)} != {(FEATURES,)}:
            raise ValueError("weights of other features")
        if ratios.shape != (KINDS, BUCKETS) or known.shape != (PACKED,):
            raise ValueError("runs of other sizes")
        if not 1 <= candidates <= MOST_CANDIDATES or not 1 <= every <= _LARGEST:
            raise ValueError("numbers of another range")
        if not np.isfinite([means, deviations, weights]).all():
            raise ValueError("no numbers")
        runs = RunRatios(ratios), KnownRuns(known, every)
        return WholeSongs(means, deviations, weights, *runs, candidates)
    except Exception:  # whatever NumPy and zipfile raise on a damaged file
        raise RunError(f"{file}: is damaged; train again, or remove it") from None
