"""Where a run goes, and under which settings."""

import json
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from melodyrnn.data.gather import Named
from melodyrnn.errors import ConfigError, RunError
from melodyrnn.files import exists, is_empty, make_folder, write_atomically
from melodyrnn.models.config import (
    STREAM_MODEL,
    ModelConfig,
    StreamConfig,
    TrainConfig,
    configure,
)
from melodyrnn.models.registry import MODELS
from melodyrnn.runs import record as runs
from melodyrnn.sequences.vocabulary import Vocabulary
from melodyrnn.tasks.tokenizer import Dataset, attributes_of, default_input

RUNS = Path("runs")
_MOVABLE = ("epochs", "early_stop")  # settings that may change when a run goes on


def slug(name: str) -> str:
    """``name`` without what a folder's name had better not hold: ``22 songs`` -> ``22-songs``."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "song"


def place_of(
    name: str,
    settings: dict[str, Any],
    output: str | Path | None,
    resume: bool,
) -> Path:
    """Where a run goes: ``output`` or, if nothing is said, the name of its songs and its model
    under ``runs/``, to be numbered where one stands there. Raises RunError.
    """
    if output is not None:
        return Path(output)
    path = RUNS / f"{slug(name)}-{settings.get('model') or ModelConfig().model}"
    return newest(path) if resume else path


def newest(plain: Path) -> Path:
    """The run of that name with the highest number. Raises RunError where there is none."""
    numbered = re.compile(re.escape(plain.name) + r"(?:-(\d+))?")
    found = [
        (int(match[1] or 1), path)
        for path in (plain.parent.iterdir() if plain.parent.is_dir() else ())
        if (match := numbered.fullmatch(path.name))
    ]
    if not found:
        raise RunError(f"{plain}: no such run to resume; name it with --output")
    return max(found)[1]


def claim(
    output: str | Path | None,
    plain: Path,
    file: str,
    basis: Any,
    *,
    kind: str,
    overwrite: bool = False,
) -> Path:
    """The folder for many runs: one that was begun on the same ``basis``, or a new one.

    ``file`` in it records the basis, what all its runs share. Without ``output`` it stands at
    ``plain``, numbered where others do. Raises RunError where something else is in the way; what
    such a folder is called is its ``kind``.
    """
    if output is not None:
        path = Path(output)
        begun = exists(path / file)
        if exists(path) and not begun and not is_empty(path):
            raise RunError(f"{path}: stands there and is no {kind}; choose another --output")
        if begun and overwrite:
            shutil.rmtree(path)
        elif begun and read_basis(path / file) != basis:
            raise RunError(
                f"{path}: holds another {kind}; --overwrite replaces it, or choose another --output"
            )
    else:
        path, number = plain, 1
        while exists(path) and read_basis(path / file) != basis:
            number += 1
            path = plain.with_name(f"{plain.name}-{number}")
    make_folder(path)
    if read_basis(path / file) is None:
        write_atomically(path / file, json.dumps({"basis": basis}, ensure_ascii=False))
    return path


def read_basis(file: Path) -> Any:
    """What was recorded as the basis, or None."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))["basis"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def new_record(
    named: Sequence[Named],
    settings: dict[str, Any],
    vocabulary: Vocabulary | None = None,
    validation: Sequence[Named] = (),
    held_out: Sequence[Named] = (),
) -> runs.Record:
    """The record of a run that is to begin. Raises ConfigError, WindowError, VocabularyError."""
    name = settings.get("model", ModelConfig().model)
    complete = {"input": default_input(named, name), **settings}
    model, training = configure(complete, ModelConfig, TrainConfig)
    _check_lookback(model)
    dataset = Dataset.of([*named, *validation, *held_out], model.window, vocabulary)
    return runs.Record(
        model,
        training,
        dataset.vocabulary,
        tuple(song.record for song in named),
        tuple(song.record for song in validation),
        tuple(song.record for song in held_out),
        dataset.features if model.input == "features" else None,
    )


def stream_record(
    source: str,
    settings: dict[str, Any],
    vocabulary_of: Callable[[StreamConfig], Vocabulary],
    songs: Sequence[dict[str, str]],
) -> runs.Record:
    """The record of a run on a stream, of text or of tunes, that is to begin.

    Raises ConfigError, VocabularyError.
    """
    model, training = configure({**STREAM_MODEL, **settings}, ModelConfig, StreamConfig)
    able = MODELS.having(
        lambda each: each.hears_whole_songs and (source != "text" or each.learns_by_gradient)
    )
    if model.model not in able:
        raise ConfigError(
            f"--model {model.model} hears no stream; for {source} choose from {', '.join(able)}"
        )
    _check_lookback(model)
    inputs = ("embedding", "onehot")
    if model.window != 1 or model.input not in inputs:
        raise ConfigError(f"a stream of {source} has --window 1 and --input {' or '.join(inputs)}")
    if source == "text" and model.spec.lookback:
        raise ConfigError("a text has no bars to look back on; choose another --model")
    if source == "text" and (model.tokens != "joint" or training.transpose):
        raise ConfigError("a text has --tokens joint and nothing to --transpose")
    vocabulary = vocabulary_of(training)
    features = attributes_of(vocabulary) if model.tokens == "factored" else None
    return runs.Record(model, training, vocabulary, tuple(songs), features=features, source=source)


def _check_lookback(model: ModelConfig) -> None:
    if model.spec.lookback and model.input != "embedding":
        raise ConfigError(f"--model {model.model} needs --input embedding, not {model.input}")


def resumed_record(
    path: Path, songs: Sequence[dict[str, str]], settings: dict[str, Any]
) -> runs.Record:
    """The record of the run at ``path``, with a new end where ``settings`` has one.

    Raises RunError where the run is of other songs or settings.
    """
    record = runs.read_record(path)
    if [song["sha256"] for song in songs] != [song["sha256"] for song in record.songs]:
        names = ", ".join(song["name"] for song in record.songs)
        raise RunError(f"{path}: was trained on {names} as they then were; resume it with those")
    for name, value in settings.items():
        holder = record.model if hasattr(record.model, name) else record.training
        if name not in _MOVABLE and getattr(holder, name, None) != value:
            raise RunError(
                f"{path}: was trained with {name} {getattr(holder, name, None)}, not {value}; "
                "a resumed run keeps its settings, or train anew with another --output"
            )
    moved = {name: value for name, value in settings.items() if name in _MOVABLE}
    return replace(record, training=replace(record.training, **moved))
