"""What a run on text knows of other texts."""

import warnings
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from melodyrnn.errors import ConfigError, MelodyWarning, VocabularyError
from melodyrnn.runs import record as runs
from melodyrnn.sequences.score import score_of
from melodyrnn.tasks.texts import read_texts


@dataclass(frozen=True)
class TextMeasure:
    """One text, each character but the first told from those before it."""

    name: str
    heard: bool  # the run was trained on it
    characters: int
    right: int
    bits: float  # mean of -log2 p(next character)


@dataclass(frozen=True)
class EvaluateTextResult:
    """A run measured on texts."""

    model: str
    texts: tuple[TextMeasure, ...]
    left_out: tuple[str, ...]  # why, of each text with a character that the run never read
    source = "text"

    def to_json(self) -> dict[str, Any]:
        characters = [text.characters for text in self.texts]
        bits = float(np.average([text.bits for text in self.texts], weights=characters))
        return {
            "model": self.model,
            "bits_per_character": bits,
            "left_out": list(self.left_out),
            "texts": [asdict(text) for text in self.texts],
        }


def evaluate_text(
    run: Path, record: runs.Record, texts: Iterable[str | Path]
) -> EvaluateTextResult:
    """Measure a run, whose run.json holds ``record``, on text files. Raises MelodyError.

    Of several, those with characters that the run never read are left out, with a MelodyWarning.
    """
    if not (listed := list(texts)):
        raise ConfigError(f"{run}: a run on text; name the texts to measure it on")
    read, sequences, left_out = [], [], []
    for text in read_texts(listed):
        try:
            sequences.append(record.vocabulary.encode(text.characters))
            read.append(text)
        except VocabularyError as error:
            left_out.append(f"{text.name}: {error}; the run never read it")
    if not read:
        raise VocabularyError(left_out[0])
    for line in left_out:
        warnings.warn(f"left out {line}", MelodyWarning, stacklevel=2)
    network = runs.load_network(run, record)
    learned = {song["sha256"] for song in record.songs}
    measures = []
    for text, sequence in zip(read, sequences, strict=True):
        told = score_of(network.logits([sequence])[0], sequence[1:])
        heard = text.record["sha256"] in learned
        measures.append(TextMeasure(text.name, heard, told.all, told.right, told.bits))
    return EvaluateTextResult(record.model.model, tuple(measures), tuple(left_out))
