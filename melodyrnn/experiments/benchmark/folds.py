"""Folds predicted by all rows: n-gram models here, networks in processes of their own, one thread
each, so that figures do not depend on how many run at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from melodyrnn.experiments.benchmark.all_rows import ROWS
from melodyrnn.experiments.benchmark.kept_folds import Bits, KeptFolds
from melodyrnn.experiments.benchmark.rows import BenchmarkRow, Distributions, Floats, Fold, Prepared
from melodyrnn.system.place import Place
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import listed
from melodyrnn.system.sharing import AGAIN, share_out


def _lost(task: "FoldTask") -> str:
    return (
        f"a fold's work ({', '.join(task.rows)}) was killed {AGAIN + 1} times, perhaps for want of "
        "memory; --fast takes less"
    )


class FoldTask(NamedTuple):
    """For a worker. Rows go by their names, for what they hold cannot be sent."""

    rows: tuple[str, ...]
    fold: Fold


def predict_folds(
    rows: Sequence[BenchmarkRow],
    folds: Sequence[Fold],
    progress: Progress,
    kept: KeptFolds | None = None,
    place: Place | None = None,
) -> dict[str, list[list[Floats]]]:
    """Row -> of each fold, of each melody of its test, -log2 p of each note, (L,).

    ``progress`` is called with (steps done, all, what is being done). Each fold predicted is
    ``kept``, and one that was is not predicted again. Raises MelodyError.
    """
    place = place or Place()
    bits: dict[int, Bits] = {}
    if kept:
        found = ((number, kept.find(rows, fold)) for number, fold in enumerate(folds))
        bits = {number: each for number, each in found if each}
    missing = {number: fold for number, fold in enumerate(folds) if number not in bits}

    def after_fold(number: int, found: Bits) -> None:
        bits[number] = found
        if kept:
            kept.keep(rows, folds[number], found)

    if missing and (place.cluster or any(row.alone for row in rows)):
        _in_workers(rows, missing, len(folds), after_fold, progress, place)
    else:
        for number, fold in missing.items():
            progress(len(bits), len(folds), f"steps, fold {number + 1}")
            after_fold(number, _predict(rows, fold))
    return {row.model: [bits[number][row.model] for number in range(len(folds))] for row in rows}


def _in_workers(
    rows: Sequence[BenchmarkRow],
    missing: Mapping[int, Fold],
    count: int,
    after: Callable[[int, Bits], None],
    progress: Progress,
    place: Place,
) -> None:
    """Predict those of ``count`` folds that are ``missing``, and call ``after`` with each;
    ``progress`` also says who is at work, where there is something to say.
    """
    preparing = [row.model for row in rows if row.prepare]
    steps = len(preparing) + count
    prepared: dict[str, Prepared] = {}
    done = count - len(missing)
    doing, at_work = "folds", ""

    def hear(words: str | None = None) -> None:
        nonlocal at_work
        at_work = at_work if words is None else words
        progress(len(prepared) + done, steps, listed("steps", doing, at_work))

    def after_preparing(number: int, made: Prepared) -> None:
        prepared[preparing[number]] = made
        hear()

    def after_fold(number: int, found: Bits) -> None:
        nonlocal done
        after(number, found)
        done += 1
        hear()

    if preparing:
        doing = "other traditions"
    hear()
    any_fold = next(iter(missing.values()))
    first = {number: FoldTask((name,), any_fold) for number, name in enumerate(preparing)}
    share_out(prepare, first, place, after_preparing, _lost, hear=hear)
    doing = "folds"
    names = tuple(row.model for row in rows)
    tasks = {
        number: FoldTask(names, replace(fold, prepared=prepared))
        for number, fold in missing.items()
    }
    share_out(predict, tasks, place, after_fold, _lost, hear=hear)


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
