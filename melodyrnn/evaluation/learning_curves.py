"""How trainings went, from the histories in their run folders."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from melodyrnn.render.pages.comparison_data import TrainingCurve

VALIDATION = ("val_bits", "held_out_bits", "bits")
"""Columns of a history that say how what is new is predicted, in bits: the first that is there. The
others are those of older runs.
"""


def read_history(file: Path) -> list[dict[str, str]]:
    """A row an epoch, of which each column has its name; none where there is no such file."""
    if not file.is_file():  # n-gram models have none
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def curve_of(
    history: Sequence[Mapping[str, str]],
    model: str,
    seed: int | None,
    unit: str = "note",
    measured: str = "validation set",
    best: int | None = None,
) -> TrainingCurve:
    """The curve of one training: ``measured`` in bits per ``unit`` after its epochs, of which those
    of the ``best`` one, where it is to be seen, were kept.
    """
    column = next((name for name in VALIDATION if history and name in history[0]), "")
    return TrainingCurve(
        model,
        seed,
        [int(row["epoch"]) for row in history],
        [float(row["loss"]) for row in history],
        [float(row["accuracy"]) for row in history if "accuracy" in row],
        [(int(row["epoch"]), float(row[column])) for row in history if row.get(column)],
        unit,
        measured,
        best,
    )
