"""The page that a training leaves: how it went, what it learned, and what it expects where."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from melodyrnn.evaluation.learning_curves import curve_of, read_history
from melodyrnn.render.pages.comparison_data import Ceiling, TrainingCurve
from melodyrnn.render.pages.training_data import Shown, TrainingReport
from melodyrnn.runs.network_files import file_of
from melodyrnn.runs.record import Record
from melodyrnn.runs.training_files import HISTORY
from melodyrnn.tasks.task import Measurement


def training_report(
    path: Path, unit: str, record: Record, measurement: Measurement, shown: Shown, parameters: int
) -> TrainingReport:
    """What stands on the page of the run at ``path``."""
    model, memory = record.model.model, measurement.held_out is None
    if found := measurement.measures:
        limit = Ceiling(found.window, found.ceiling.right, found.ceiling.all)
        shown = replace(shown, ceiling=limit)
    bits = {model: measurement.bits}
    if measurement.held_out or not measurement.measures:
        held_out = measurement.held_out
        bits = {model: held_out.bits if held_out else measurement.bits}
        bits |= {each.model: each.bits for each in measurement.baselines}
    return TrainingReport(
        shown.title or path.name,
        model,
        list(_facts(record, unit, parameters)),
        _sentence(record, unit, measurement, bits, shown),
        unit,
        bits,
        _figures(measurement),
        list(_curves(path, record, unit, "training set" if memory else "validation set")),
        shown,
        memory=memory,
    )


def _facts(record: Record, unit: str, parameters: int) -> Iterator[str]:
    base = f" fine-tuned from {record.base}" if record.base else ""
    yield f"{record.model.model}{base}"
    yield f"{parameters:,} parameters"
    songs = record.counts
    if unit == "note" and songs["train"] > 1:
        yield f"{songs['train']:,} songs in the training set"
        if songs["held_out"]:
            yield f"{songs['validation']:,} in the validation set, {songs['held_out']:,} held out"
    if record.epochs:
        yield f"{record.epochs:,} epochs, the best one {record.best_epoch:,}"
    yield f"seed {record.training.seed}"


def _sentence(
    record: Record, unit: str, found: Measurement, bits: dict[str, float], shown: Shown
) -> str:
    """What was learned, in words."""
    words = []
    if record.interrupted:
        words.append("Its training was interrupted.")
    if found.measures and shown.played:
        whole = found.measures.whole_song
        if whole.right == whole.all:
            words.append(f"It plays all {whole.all} notes correctly that follow what it is given.")
        else:
            first = min(shown.played.wrong, default=0) if record.counts["train"] == 1 else 0
            of_first = f"; the first wrong one is note {first + 1}" if first else ""
            words.append(f"It plays {whole.right} of {whole.all} notes correctly{of_first}.")
    own, *others = bits.values()
    if found.held_out:
        words.append(f"What it has not seen costs it {own:.2f} bits per {unit}.")
        best = min(bits, key=bits.__getitem__)
        if others and best == record.model.model:
            words.append(f"The best of the simple models needs {min(others) - own:.2f} more.")
        elif others:
            words.append(f"A simple model, {best}, needs {own - bits[best]:.2f} fewer.")
    elif not found.measures:
        words.append(
            f"What it learned by heart costs it {own:.2f} bits per {unit}: this is memory."
        )
    return " ".join(words)


def _figures(found: Measurement) -> dict[str, str]:
    figures: dict[str, Any] = {}
    if found.measures:
        figures = {
            "one step": found.measures.one_step,
            "whole song": found.measures.whole_song,
            "the ceiling": found.measures.ceiling,
            "bits per note": f"{found.measures.bits_per_note:.3f}",
        }
    return {name: str(figure).replace("/", " of ") for name, figure in figures.items()}


def _curves(path: Path, record: Record, unit: str, measured: str) -> Iterator[TrainingCurve]:
    """Of each network of the run; its best epoch is known of the first."""
    for member in range(1, record.model.ensemble + 1):
        if not (history := read_history(file_of(path, HISTORY, member))):
            return
        best = record.best_epoch if member == 1 else None
        yield curve_of(history, record.model.model, record.training.seed, unit, measured, best)
