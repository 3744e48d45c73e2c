"""All rows, and which of them a benchmark has."""

from melodyrnn.experiments.benchmark.network_rows import LSTM, NETWORKS
from melodyrnn.experiments.benchmark.rows import NGRAMS, BenchmarkRow
from melodyrnn.experiments.benchmark.timed_rows import TIMED_WITH_NGRAMS
from melodyrnn.experiments.benchmark.tonic_rows import DEGREE_NETWORKS
from melodyrnn.experiments.benchmark.viewpoint_rows import VIEWPOINTS

PITCH = "pitch"


def _sees_pitch(row: BenchmarkRow) -> bool:
    return row.inputs == PITCH


_LEARNED = (*filter(_sees_pitch, NETWORKS), *DEGREE_NETWORKS)
_TIMED = (*(row for row in NETWORKS if not _sees_pitch(row)), *TIMED_WITH_NGRAMS)

ROWS: tuple[BenchmarkRow, ...] = (*NGRAMS, *VIEWPOINTS, *_LEARNED, *_TIMED)
"""In the order in which they are evaluated and printed."""

PITCH_ALONE: tuple[BenchmarkRow, ...] = (*NGRAMS, *VIEWPOINTS, LSTM, *DEGREE_NETWORKS)
"""Those of the data sets, which learn from nothing but the pitches of a set's own melodies."""
