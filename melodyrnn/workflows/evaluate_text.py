"""What a run on text knows of other texts."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from melodyrnn.errors import ConfigError, VocabularyError
from melodyrnn.networks import run as runs
from melodyrnn.sequences.measuring import score_of
from melodyrnn.workflows.texts import read_texts


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
    source = "text"

    def to_json(self) -> dict[str, Any]:
        characters = [text.characters for text in self.texts]
        bits = float(np.average([text.bits for text in self.texts], weights=characters))
        return {
            "model": self.model,
            "bits_per_character": bits,
            "texts": [asdict(text) for text in self.texts],
        }


def evaluate_text(
    run: Path, record: runs.Record, texts: Iterable[str | Path]
) -> EvaluateTextResult:
    """Measure a run, whose run.json holds ``record``, on text files. Raises MelodyError."""
    if not (listed := list(texts)):
        raise ConfigError(f"{run}: a run on text; name the texts to measure it on")
    read = read_texts(listed)
    sequences = []
    for text in read:
        try:
            sequences.append(record.vocabulary.encode(text.characters))
        except VocabularyError as error:
            raise VocabularyError(f"{text.name}: {error}; the run never read it") from None
    network = runs.load_network(run, record)
    learned = {song["sha256"] for song in record.songs}
    measures = []
    for text, sequence in zip(read, sequences, strict=True):
        told = score_of(network.logits([sequence])[0], sequence[1:])
        heard = text.record["sha256"] in learned
        measures.append(TextMeasure(text.name, heard, told.all, told.right, told.bits))
    return EvaluateTextResult(record.model.model, tuple(measures))
