"""The model card of a run: what it is, what it learned, how well, and how to make it again.

After Mitchell et al. (2019), Model cards for model reporting. All of it stands in the run's record.
"""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from melodyrnn.data.collections import COLLECTIONS
from melodyrnn.models.config import ModelConfig
from melodyrnn.models.recurrent.cells import CELLS
from melodyrnn.models.registry import MODELS
from melodyrnn.runs.record import Record
from melodyrnn.tasks.task import Task

FIGURES = {
    "one_step": "notes predicted correctly, each from the song itself; this is memory",
    "whole_song": "notes predicted correctly, each from those it played; this is memory",
    "ceiling": "the best in one step of any predictor that sees the window only",
    "bits_per_note": "cross-entropy{of}; 0 is certainty",
    "bits_per_note_without_end": "the same, the ends of songs left out",
    "header_bits_per_note": "beside it: what it takes to say meter, key and pickup",
    "right": "notes predicted correctly, each given those before",
    "unknown_tokens": "notes measured whose tokens the training set lacks",
    "learned_notes": "notes of the training set",
    "held_out_notes": "notes that were only measured",
    "learned_characters": "characters of the training set",
    "held_out_characters": "characters that chose the weights and were measured",
    "bits_per_character": "cross-entropy; 0 is certainty",
    "unigram_bits_per_character": "the same, by how often each character stands",
    "unknown_characters": "characters measured that the training set lacks",
}
"""What the record measured -> what it is, in the order of the card."""


OF = {"right": "measured_notes"}
"""Figure that counts -> the one that says of how many."""


def model_card(name: str, task: Task[Any, Any], record: Record, parameters: int) -> str:
    """In Markdown, of the run ``name``, which learned ``task``."""
    sections = {
        "Data": _data(record),
        "Split": _split(task, record),
        "Settings": _settings(record),
        "Figures": _figures(record, task.unit),
        "Licence of the data": _licence(record),
        "How to make it again": _again(name, task, record),
        "How to use it elsewhere": _elsewhere(name, record),
    }
    model = record.model.spec
    about = model.about[0].upper() + model.about[1:]
    lines = [f"# {name}", "", f"{about} (`{record.model.model}`)."]
    facts = f"{parameters:,} parameters, {len(record.vocabulary):,} tokens"
    if record.epochs:
        facts += f", {record.epochs:,} epochs, the best one {record.best_epoch:,}"
    lines += ["", f"{facts}. Its training is {record.status}."]
    if record.base:
        lines += ["", f"Fine-tuned from {record.base}: {record.base.songs:,} songs learned before."]
    for title, section in sections.items():
        lines += ["", f"## {title}", "", *section]
    return "\n".join(lines) + "\n"


def _data(record: Record) -> Iterator[str]:
    if collections := _collections(record):
        yield f"Collections: {', '.join(collections)}."
        yield ""
    for song in (*record.songs, *record.validation, *record.held_out):
        yield f"- {song['name']}, SHA-256 `{song['sha256']}`"
    asked = (("track", record.track), ("grid", record.grid))
    if read_as := [f"`--{name} {value}`" for name, value in asked if value]:
        yield ""
        yield f"Files were read with {' '.join(read_as)}."


def _split(task: Task[Any, Any], record: Record) -> Iterator[str]:
    if not task.of_notes:
        held_out = getattr(record.training, "held_out", 0)
        yield f"The end of each text, {held_out:g} of it, chose the best weights and was measured."
        return
    counts = record.counts
    if not counts["held_out"]:
        yield f"Nothing is held out: {_songs(counts['train'])} learned by heart."
        return
    yield f"- training set: {_songs(counts['train'])}, to which weights were fitted"
    yield f"- validation set: {_songs(counts['validation'])}, by which the best epoch was chosen"
    yield f"- held out: {_songs(counts['held_out'])}, only measured"
    yield ""
    yield "Variants of one tune stand on one side; which songs are held out depends on them alone."


def _songs(count: int) -> str:
    return f"{count:,} song{'s' * (count != 1)}"


def _settings(record: Record) -> Iterator[str]:
    yield "| setting | value |"
    yield "| --- | --- |"
    of_others = {name for row in MODELS.own for name in row.settings}
    of_others -= set(record.model.spec.settings)
    for name, value in (record.model.to_json() | record.training.to_json()).items():
        if name not in of_others and value is not None:
            yield f"| {name} | {value} |"
    versions = ", ".join(f"{name} {version}" for name, version in record.versions.items())
    if versions:
        yield ""
        yield f"Versions: {versions}."


def _figures(record: Record, unit: str) -> Iterator[str]:
    metrics = dict(record.metrics)
    metrics["measured_notes"] = metrics.get("held_out_notes") or metrics.get("learned_notes")
    yield "| figure | value | what it is |"
    yield "| --- | --- | --- |"
    for name, about in FIGURES.items():
        if name in metrics:
            of = f" of {metrics[OF[name]]:,}" if name in OF else ""
            about = about.format(of=_measured(metrics))
            yield f"| {name} | {_value(metrics[name])}{of} | {about} |"
    if isinstance(held_out := metrics.get("held_out"), dict):
        yield f"| held out: one_step | {_value(held_out['one_step'])} | of songs held out |"
        bits = held_out["bits_per_note"]
        yield f"| held out: bits_per_note | {bits:.4f} | cross-entropy of songs held out |"
    for each in metrics.get("baselines", ()):
        bits = f"{each['bits_per_note']:.4f}"
        yield f"| {each['model']} | {bits} | bits per {unit}, an n-gram model of the same songs |"


def _measured(metrics: Mapping[str, Any]) -> str:
    """Of what the bits are."""
    new = metrics.get("held_out_notes") and "one_step" not in metrics
    return " of the notes held out" if new else " of the training set: this is memory"


def _value(figure: Any) -> str:
    if isinstance(figure, dict):
        return f"{figure['right']} of {figure['all']}"
    return f"{figure:.4f}" if isinstance(figure, float) else f"{figure:,}"


def _collections(record: Record) -> list[str]:
    named = record.songs[0].get("collections", "") if record.songs else ""
    return [each for each in named.split(", ") if each]


def _licence(record: Record) -> Iterator[str]:
    collections = _collections(record)
    known = [name for name in collections if name in COLLECTIONS]
    for licence in dict.fromkeys(COLLECTIONS[name].licence for name in known):
        names = (name for name in known if COLLECTIONS[name].licence == licence)
        yield f"- {', '.join(names)}: {licence}."
    if not known or len(known) < len(collections):
        yield "Not recorded: that of the files it was trained on, which whoever named them knows."


def _again(name: str, task: Task[Any, Any], record: Record) -> Iterator[str]:
    more = "" if task.of_notes else " TEXT…"
    yield f"    melodyrnn reproduce {shlex.quote(name)}{more}"
    yield ""
    yield "trains it again from this folder alone, and says whether the figures agree."
    if record.command:
        yield "It was asked for by"
        yield ""
        yield f"    {record.command}"


def _elsewhere(name: str, record: Record) -> Iterator[str]:
    model = record.model
    if not model.spec.learns_by_gradient:
        yield "It is the songs that it counts, and has no weights."
        return
    if model.spec.viewpoints:
        yield "`weights.npz` is read by `numpy.load`."
    elif _is_stock(model):
        yield "`model.keras` has stock layers only:"
        yield '`keras.saving.load_model("model.keras")`.'
    else:
        yield "`model.keras` has layers of melodyrnn, which are imported before"
        yield '`keras.saving.load_model("model.keras")`:'
        yield "`import melodyrnn.models.networks.layers, melodyrnn.models.recurrent.keras_cells`."
    yield ""
    export = f"melodyrnn export {shlex.quote(name)} --to keras"
    yield f"`{export}`, `onnx` or `json` writes it for other programs, or"
    yield "says why it cannot."


def _is_stock(model: ModelConfig) -> bool:
    plain = model.tokenization != "factored" and not model.spec.lookback
    return plain and (not model.spec.cell or CELLS[model.spec.cell].stock)
