"""Folds that were predicted, kept: a benchmark that was cut off goes on with the next one.

Each fold is a file in the folder ``folds`` of the output, named by all that its figures depend on:
the melodies learned and predicted, the seed, the rows, and the code. Whatever was kept of other
melodies or by other code is not found.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from melodyrnn.experiments.benchmark.rows import BenchmarkRow, Floats, Fold
from melodyrnn.files import check_free, exists, make_folder, write_atomically
from melodyrnn.system.documents import JSON

Bits = dict[str, list[Floats]]
"""Row -> of each melody of the test, -log2 p of each note, (L,)."""

FOLDER, DOCUMENT = "folds", "benchmark.json"

_PACKAGE = Path(__file__).parents[2]
_PREDICTING = ("experiments/benchmark", "models", "music", "sequences", "tasks", "training")
"""The packages by whose code the rows predict."""


@dataclass(frozen=True)
class KeptFolds:
    """Those in the folder of a benchmark's output."""

    output: Path

    @classmethod
    def begun(cls, plain: Path, output: str | Path | None, overwrite: bool) -> "KeptFolds":
        """Those of ``output``, by default of the first of ``plain``, ``plain-2`` … where one was
        cut off or none has begun. Raises RunError where something else stands at ``output``.
        """
        if output is not None:
            _check(Path(output), overwrite)
            return cls(Path(output))
        number, free = 1, plain
        while exists(free) and not _cut_off(free):
            number += 1
            free = plain.with_name(f"{plain.name}-{number}")
        return cls(free)

    def find(self, rows: Sequence[BenchmarkRow], fold: Fold) -> Bits | None:
        """What was kept of the fold, or None."""
        try:
            content = self._file(rows, fold).read_bytes()
            with np.load(BytesIO(content)) as kept:
                ends = np.cumsum([len(melody.pitches) for melody in fold.test])[:-1]
                return {row.model: np.split(kept[row.model], ends) for row in rows}
        except (OSError, EOFError, ValueError, KeyError, BadZipFile):
            return None

    def keep(self, rows: Sequence[BenchmarkRow], fold: Fold, bits: Bits) -> None:
        """Raises FileError where it cannot be written."""
        file = self._file(rows, fold)
        content = BytesIO()
        arrays = {model: np.concatenate(each) for model, each in bits.items()}
        np.savez_compressed(content, allow_pickle=False, **arrays)
        make_folder(file.parent)
        write_atomically(file, content.getvalue())

    def end(self, document: JSON) -> None:
        """Write benchmark.json beside the folds. Raises FileError."""
        text = json.dumps(document, ensure_ascii=False, indent=2)
        write_atomically(make_folder(self.output) / DOCUMENT, text + "\n")

    def _file(self, rows: Sequence[BenchmarkRow], fold: Fold) -> Path:
        digest = hashlib.blake2b(digest_size=16, key=_code())
        models = [(row.model, row.settings) for row in rows]
        digest.update(repr((models, fold.midi, fold.seed)).encode())
        for part in (fold.train, fold.test):
            digest.update(repr([melody.song.text for melody in part]).encode())
        return self.output / FOLDER / f"{digest.hexdigest()}.npz"


def _cut_off(folder: Path) -> bool:
    """Whether folds were kept there and the benchmark was not ended."""
    return exists(folder / FOLDER) and not exists(folder / DOCUMENT)


def _check(output: Path, overwrite: bool) -> None:
    if not _cut_off(output):
        check_free(
            output,
            DOCUMENT,
            taken="--overwrite replaces it, or choose another --output",
            kind="benchmark",
            overwrite=overwrite,
        )


@cache
def _code() -> bytes:
    """A digest of the code that predicts."""
    digest = hashlib.blake2b(digest_size=32)
    for package in _PREDICTING:
        for file in sorted((_PACKAGE / package).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.digest()
