"""Runs whose networks never learned: with random weights, no training is waited for."""

import io
import zipfile
from collections import Counter

import h5py
import numpy as np

from melodyrnn import parse
from melodyrnn.data.gather import Named
from melodyrnn.data.split import Split
from melodyrnn.models.bar_columns import SYMBOLS, kinds
from melodyrnn.models.networks.plain_weights import parts, with_none
from melodyrnn.models.recurrent.cells import CELLS
from melodyrnn.runs.network_files import save_weights
from melodyrnn.runs.run import Run
from tests.conftest import ROOT

_MARK_WIDTH = 8
_FIXED = {"index": lambda size: np.arange(size)[:, None] / (size - 1), "onehot": np.eye}


def songs_named(*names):
    """A ``Split`` that trains on these songs of ``songs/``."""
    texts = {name: (ROOT / "songs" / f"{name}.txt").read_text(encoding="utf-8") for name in names}
    return Split(tuple(Named(name, parse(text)) for name, text in texts.items()), (), ())


def random_run(path, task, items, settings):
    """A run at ``path`` of ``task`` with ``items``, a ``Split``."""
    run = Run.begin(path, task.record(items, settings), items, fresh=False, overwrite=False)
    write_random_weights(run)
    return run


def write_random_weights(run):
    random = np.random.default_rng(0)
    if run.record.model.spec.viewpoints:
        save_weights(run.path, _named(run, random))
        return
    for member in range(1, run.record.model.ensemble + 1):
        name = f"model-{member}.keras" if member > 1 else "model.keras"
        (run.path / name).write_bytes(_archive(_layers(run.record, random)))


def _layers(record, random):
    """The name and the weights of each layer, as Keras would have them."""
    config, size = record.model, len(record.vocabulary)

    def drawn(*shape):
        return random.normal(0, 0.5, shape).astype(np.float32)

    ids = parts(record.features) if config.tokenization == "factored" else None
    total = size if ids is None else int((ids.max(axis=0) + 1).sum())
    if config.spec.lookback:
        marks = kinds(size)[SYMBOLS:]
        seen = with_none(size, ids)
        table = drawn(int((seen.max(axis=0) + 1).sum()), config.embedding)
        entering = SYMBOLS * seen.shape[1] * config.embedding + len(marks) * _MARK_WIDTH
        yield "lookback_embedding", (table, drawn(sum(marks), _MARK_WIDTH))
    elif config.input == "embedding":
        entering = config.embedding * (1 if ids is None else ids.shape[1])
        name = "embedding" if ids is None else "factored_embedding"
        yield name, (drawn(total, config.embedding),)
    else:
        table = _FIXED[config.input](size).astype(np.float32)
        entering = table.shape[1]
        yield "embedding", (table,)
    units = config.units
    if cell := config.spec.cell and CELLS[config.spec.cell]:
        for _ in range(config.depth):
            width = cell.gates * units
            others = (drawn(*(n * units for n in each.shape)) for each in cell.others)
            yield (
                cell.keras_name,
                (drawn(entering, width), drawn(units, width), drawn(width), *others),
            )
            entering = units
    else:
        entering *= config.window
        for _ in range(config.depth):
            yield "dense", (drawn(entering, units), drawn(units))
            entering = units
    yield "dense" if ids is None else "factored_logits", (drawn(entering, total), drawn(total))


def _named(run, random):
    """The weights of a network of viewpoints by name, with vectors as wide as it has them."""
    layout, units = run.task.observer(run.record).layout, run.record.model.units
    last, factor, hidden, distances, beyond = 24, 8, 64, 49, 11
    entering = last + factor * len(layout.factors)
    seen = units + entering + factor * len(layout.given)
    above = seen + hidden
    heads = layout.kinds, layout.ends, layout.kind_candidates
    heights = layout.heights, distances, beyond, layout.height_candidates
    kind_names = "kind", "kind_end", "kind_candidate"
    height_names = "height", "height_distance", "height_beyond", "height_candidate"
    shapes = {
        "last": (layout.heights + 1, last),
        "factors": (sum(layout.factors), factor),
        "kernel": (entering, 4 * units),
        "recurrent_kernel": (units, 4 * units),
        "bias": (4 * units,),
        "given": (sum(layout.given), factor),
        **{n: (units + entering, width) for n, width in zip(kind_names, heads, strict=True)},
        "kind_bias": (sum(heads),),
        "mixing": (seen, hidden),
        "mixing_bias": (hidden,),
        **{n: (above, width) for n, width in zip(height_names, heights, strict=True)},
        "height_bias": (sum(heights),),
        "end_degree": (layout.ends, layout.octave),
    }
    return {n: random.normal(0, 0.2, shape).astype(np.float32) for n, shape in shapes.items()}


def _archive(layers):
    """model.keras, as far as a run reads it."""
    content, seen = io.BytesIO(), Counter()
    recurrent = {CELLS[name].keras_name for name in CELLS}
    with h5py.File(content, "w") as file:
        for name, weights in layers:
            numbered = f"{name}_{seen[name]}" if seen[name] else name
            seen[name] += 1
            inside = "cell/vars" if name in recurrent else "vars"
            for place, array in enumerate(weights):
                file[f"layers/{numbered}/{inside}/{place}"] = array
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as entries:
        entries.writestr("model.weights.h5", content.getvalue())
    return archive.getvalue()
