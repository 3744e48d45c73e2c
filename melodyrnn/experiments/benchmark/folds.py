"""Folds predicted by all rows: n-gram models here, networks in processes of their own, one thread
each, so that figures do not depend on how many run at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from melodyrnn.experiments.benchmark.all_rows import ROWS
from melodyrnn.experiments.benchmark.kept_folds import Bits, KeptFolds
from melodyrnn.experiments.benchmark.rows import BenchmarkRow, Distributions, Floats, Fold, Prepared
from melodyrnn.experiments.carry_out import carry_out
from melodyrnn.system.place import Place
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import listed, template
from melodyrnn.system.sharing import AGAIN


class FoldTask(NamedTuple):
    """For a worker, too: rows go by their names, for what they hold cannot be sent."""

    rows: tuple[str, ...]
    fold: Fold
    number: int = 0  # of the fold


def predict_folds(
    rows: Sequence[BenchmarkRow],
    folds: Sequence[Fold],
    progress: Progress,
    kept: KeptFolds | None = None,
    place: Place | None = None,
) -> dict[str, list[list[Floats]]]:
    """Row -> of each fold, of each melody of its test, -log2 p of each note, (L,).

    ``progress`` is called with (steps done, all, what is being done and who is at work). Each fold
    predicted is ``kept``, and one that was is not predicted again. Raises MelodyError.
    """
    place = place or Place()
    known = [kept.find(rows, fold) if kept else None for fold in folds]
    missing = [fold for fold, bits in zip(folds, known, strict=True) if bits is None]
    where = place if place.cluster or any(row.alone for row in rows) else None
    preparing = [row.model for row in rows if row.prepare and missing and where]
    steps = len(preparing) + len(folds)

    def keep(task: FoldTask, bits: Bits) -> Bits:
        if kept:
            kept.keep(rows, task.fold, bits)
        return bits

    made = carry_out(
        prepare,
        [FoldTask((name,), missing[0]) for name in preparing],
        where,
        _part_of(progress, len(folds) - len(missing), steps),
        unit=template("other traditions"),
        finished=lambda task: None,
        keep=lambda task, found: found,
        lost=_lost,
    )
    prepared = dict(zip(preparing, made, strict=True))
    names = tuple(row.model for row in rows)
    bits = carry_out(
        predict if where else lambda task: _predict(rows, task.fold),
        [FoldTask(names, replace(fold, prepared=prepared), n) for n, fold in enumerate(folds)],
        where,
        _part_of(progress, len(preparing), steps),
        unit=template("folds"),
        finished=lambda task: known[task.number],
        keep=keep,
        lost=_lost,
    )
    return {model: [found[model] for found in bits] for model in names}


def _part_of(progress: Progress, before: int, steps: int) -> Progress:
    """Progress of a part of the ``steps``, of which so many others are done ``before``."""

    def told(done: int, total: int, words: str = "") -> None:
        if total:
            progress(before + done, steps, listed("steps", words))

    return told


def _lost(task: FoldTask) -> str:
    return (
        f"a fold's work ({', '.join(task.rows)}) was killed {AGAIN + 1} times, perhaps for want of "
        "memory; --fast takes less"
    )


def prepare(task: FoldTask) -> Prepared:
    """What a worker does before the folds: what a row makes for all of them."""
    (row,) = _named(task.rows)
    assert row.prepare, f"{row.model} prepares nothing"
    return row.prepare((*task.fold.train, *task.fold.test), task.fold.seed)


def predict(task: FoldTask) -> Bits:
    """What a worker does with a fold."""
    return _predict(_named(task.rows), task.fold)


def _predict(rows: Sequence[BenchmarkRow], fold: Fold) -> Bits:
    found: dict[str, Distributions] = {}
    for row in rows:
        found[row.model] = row.predict(fold, found)
    return {model: _bits(fold, each) for model, each in found.items()}


def _bits(fold: Fold, found: Distributions) -> list[Floats]:
    return [
        -np.log2(p[np.arange(len(p)), melody.pitches])
        for melody, p in zip(fold.test, found, strict=True)
    ]


def _named(names: Sequence[str]) -> list[BenchmarkRow]:
    table: Mapping[str, BenchmarkRow] = {row.model: row for row in ROWS}
    return [table[name] for name in names]
