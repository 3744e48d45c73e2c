"""A run as a document: numbers and words in JSON, weights in base64. It is a file of its own, and
what the engine of the page loads (``engine/document.js``).
"""

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from melodyrnn.models.bar_columns import kinds
from melodyrnn.models.networks.plain_weights import parts
from melodyrnn.models.recurrent.cells import CELLS
from melodyrnn.models.types import Floats
from melodyrnn.music.durations import ticks
from melodyrnn.runs.network_files import keras_weights, named_weights, written_networks
from melodyrnn.runs.run import Run
from melodyrnn.tasks.control.form import usual_length
from melodyrnn.tasks.control.last_notes import Endings, LastNotes
from melodyrnn.tasks.control.primer import beginning
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.headers import TuneHeaders
from melodyrnn.tasks.notes import NoteTask
from melodyrnn.tasks.text import LENGTH, opening
from melodyrnn.tasks.tokenizer import NoteTokenizer, TuneTokenizer
from melodyrnn.tasks.whole_songs.weights import WholeSongs

FORMAT = 1

Document = dict[str, Any]


def json_file(run: Run) -> bytes:
    """The document as the content of a file. Raises MelodyError."""
    return json.dumps(document_of(run), ensure_ascii=False).encode()


def document_of(run: Run) -> Document:
    """All that the engine needs of ``run``, a network of this package. docs/export.md says what
    each field is. Raises MelodyError.
    """
    predictor, members, arrays = run.predictor(), written_networks(run.path, run.record), _Arrays()
    config = run.record.model
    network = _viewpoints if config.spec.viewpoints else _network
    return {
        "format": FORMAT,
        "name": run.path.name,
        "model": config.model,
        "task": run.task.name,
        "window": predictor.window,
        "parameters": predictor.parameters,
        "settings": config.to_json(),
        "vocabulary": run.vocabulary.to_json(),
        **network(run, arrays, members),
        **(_songs(run, run.task) if isinstance(run.task, NoteTask) else _text(run)),
        "whole_songs": run.whole_songs and _whole_songs(run.whole_songs, arrays),
        "weights": arrays.encoded(),
    }


class _Arrays:
    """Numbers one after the other, in half precision where that has them exactly, else in single:
    the page is to predict what the run does.
    """

    def __init__(self) -> None:
        self._bytes = bytearray()

    def put(self, array: Floats) -> Document:
        """Where it stands."""
        half = array.astype(np.float16)
        exact = np.array_equal(half.astype(np.float32), array)
        stored = (half if exact else array).astype("<f2" if exact else "<f4")
        return self.put_bytes(stored) | {"half": exact}

    def put_bytes(self, array: npt.NDArray[np.generic]) -> Document:
        """As they are."""
        place = len(self._bytes)
        self._bytes += array.tobytes()
        self._bytes += bytes(-len(self._bytes) % 4)
        return {"at": place, "shape": array.shape}

    def encoded(self) -> str:
        return b64encode(self._bytes).decode()


def _network(run: Run, arrays: _Arrays, members: Sequence[int]) -> Document:
    record, config = run.record, run.record.model
    features = record.features if config.tokenization == "factored" else None
    network = {
        "cell": config.spec.cell,
        "states": CELLS[config.spec.cell].states if config.spec.cell else (),
        "units": config.units,
        "depth": config.depth,
        "stateful": config.spec.stateful,
        "parts": parts(features).tolist() if features else None,
        "columns": kinds(len(run.vocabulary)) if config.spec.lookback else None,
    }
    each = [list(map(arrays.put, keras_weights(run.path, record, member))) for member in members]
    tokenizer = run.tokenizer
    lookback = None
    if config.spec.lookback and isinstance(tokenizer, NoteTokenizer):
        seen = tokenizer.lookback()
        lookback = {"lengths": seen.lengths.tolist(), "unit": seen.unit}
    return {"network": network, "lookback": lookback, "members": each}


def _viewpoints(run: Run, arrays: _Arrays, members: Sequence[int]) -> Document:
    observer = run.task.observer(run.record)
    symbols, layout = observer.symbols, observer.layout
    views = {
        "kind": symbols.kind.tolist(),
        "height": symbols.height.tolist(),
        "ticks": symbols.ticks.tolist(),
        "octave": symbols.octave,
        "origin": layout.origin,
        "unit": observer.unit,
        "heights": layout.heights,
        "span": layout.span,
        "degrees": layout.degrees.tolist(),
        "factors": layout.factors,
        "given": layout.given,
    }
    weights = [named_weights(run.path, run.record, member) for member in members]
    return {"views": views, "members": [_named(each, arrays) for each in weights]}


def _named(weights: Mapping[str, Floats], arrays: _Arrays) -> Document:
    return {name: arrays.put(array) for name, array in weights.items()}


def _whole_songs(found: WholeSongs, arrays: _Arrays) -> Document:
    return {
        "means": found.means.tolist(),
        "deviations": found.deviations.tolist(),
        "weights": found.weights.tolist(),
        "ratios": arrays.put_bytes(found.ratios.sixteenths),
        "known": arrays.put_bytes(found.known.bits),
        "every": found.known.every,
        "candidates": found.candidates,
    }


def _text(run: Run) -> Document:
    return {"text": {"opening": opening(run.record), "length": LENGTH}}


def _songs(run: Run, task: NoteTask) -> Document:
    """What songs are made of, and what is usual among those that were learned."""
    tokenizer, learned = run.tokenizer, run.learned
    assert isinstance(tokenizer, NoteTokenizer), "songs are notes"
    dataset = Dataset.on_demand(learned, tokenizer)
    songs = [named.song for named in learned]
    primer = beginning(None, dataset, run.record.model.window)
    return {
        "title": task.title(run),
        "tokens": {
            "midi": [note.pitch.midi if note and note.pitch else None for note in tokenizer.notes],
            "ticks": [ticks(note.duration) if note else 0 for note in tokenizer.notes],
            "start": tokenizer.start,
            "end": tokenizer.end,
            "respelled": isinstance(tokenizer, TuneTokenizer),
        },
        "songs": {
            "opening": primer.indices.tolist(),
            "meter": str(primer.like.meter),
            "key": str(primer.like.key),
            "tempo": primer.like.tempo,
            "pickup": ticks(songs[0].pickup),
            "first": dataset.sequences[0].tolist(),
            "length": usual_length(songs, tokenizer),
            "headers": TuneHeaders(songs).to_json(),
            "drawn": run.record.model.spec.viewpoints,
            "endings": _endings(dataset.endings, Counter(song.meter for song in songs)),
        },
    }


def _endings(endings: Endings, meters: Iterable[Any]) -> Document:
    """Which last notes are usual in each meter, and in all others (under no name)."""
    found = {str(meter): endings.of(meter) for meter in meters} | {"": endings.in_any_meter}
    return {name: last and _last(last) for name, last in found.items()}


def _last(last: LastNotes) -> Document:
    places = last.places and sorted(map(_ratio, last.places))
    return {"long": _ratio(last.long), "places": places}


def _ratio(number: Fraction) -> tuple[int, int]:
    return number.numerator, number.denominator
