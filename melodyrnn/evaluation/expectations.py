"""What a model expects at each note of a song, given the notes before it."""

import numpy as np

from melodyrnn.models.predictor import Logits
from melodyrnn.render.pages.training_data import Expected, Likely
from melodyrnn.sequences.open_vocabulary import OpenVocabulary
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.tasks.dataset import Dataset

LIKELIEST = 5
OTHERS = "another"
"""All tokens together that neither the vocabulary nor the song has."""


def expectations(
    dataset: Dataset, place: int, logits: Logits, vocabulary: OpenVocabulary | None = None
) -> list[Expected | None]:
    """Of each note of the song at ``place`` the likeliest tokens and, last where it is none of
    them, the one that came; None for the notes of the first window.

    ``logits``, (N, V), are of the last N tokens; ``vocabulary`` is that of a new song.
    """
    widened, targets, unknown = dataset.scored(place, logits, vocabulary)
    names = [*dataset.vocabulary.symbols, *unknown, OTHERS]
    shares = np.exp(log_softmax(widened))
    order = np.argsort(-shares, axis=1, kind="stable")[:, :LIKELIEST]
    found: list[Expected | None] = []
    for row, best, target in zip(shares, order.tolist(), targets.tolist(), strict=True):
        ids = best if target in best else [*best, target]
        found.append([Likely(names[n], float(row[n]), n == target) for n in ids])
    notes = len(dataset.songs[place].song)
    ends = dataset.tokenizer.end is not None
    found = found[: len(found) - ends]
    return [None] * (notes - len(found)) + found[-notes:]
