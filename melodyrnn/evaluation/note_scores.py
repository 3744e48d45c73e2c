"""How well notes are predicted: pitch, duration and both, with confidence over songs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from melodyrnn.models.predictor import Logits
from melodyrnn.sequences.intervals import CONFIDENCE, Interval, intervals
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.score import Score, score_of
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.system.documents import JSON
from melodyrnn.tasks.tokenizer import NoteTokenizer

Groups = Mapping[str, Indices]
"""What is predicted -> of each token the number of its value, (V,): tokens of one pitch share one.
"""

Scores = Mapping[str, Score]
"""What is predicted -> how well."""


def groups_of(tokenizer: NoteTokenizer) -> Groups:
    """Both, pitch and duration. Rests are one pitch; start and end are values of their own."""
    values = np.array(tokenizer.attributes)  # (V, 2)
    pitch, duration = (np.unique(column, return_inverse=True)[1] for column in values.T)
    groups = {"both": np.arange(len(values)), "pitch": pitch, "duration": duration}
    return {name: group.astype(np.int32) for name, group in groups.items()}


def scores_of(logits: Logits, targets: Indices, groups: Groups) -> Scores:
    """Logits (N, V) against the tokens that came, (N,). The probability of a value is the sum of
    those of the tokens that have it.
    """
    p = log_softmax(logits)
    found = {}
    for name, group in groups.items():
        order = np.argsort(group, kind="stable")
        starts = np.searchsorted(group[order], np.arange(group.max() + 1))
        values = np.logaddexp.reduceat(p[:, order], starts, axis=1)
        found[name] = score_of(values, group[targets])
    return found


def note_scores(
    logits: Sequence[Logits], sequences: Sequence[Indices], tokenizer: NoteTokenizer
) -> list[Scores]:
    """Of each song. ``logits`` are of the last tokens of each sequence; an end is no note."""
    groups = groups_of(tokenizer)
    found = []
    for predicted, ids in zip(logits, sequences, strict=True):
        targets = ids[tokenizer.scored(ids, len(ids) - len(predicted))]
        found.append(scores_of(predicted[: len(targets)], targets, groups))
    return found


@dataclass(frozen=True)
class Predicted:
    """One thing predicted of each note: bits per note, and the share that was correct."""

    bits: Interval  # mean of -log2 p
    right: Interval

    @property
    def perplexity(self) -> Interval:
        """Among how many equally likely values the model was as unsure: 2 to the bits."""
        return Interval(*(2**bits for bits in self.bits))


@dataclass(frozen=True)
class NoteScores:
    """How well a model predicts several songs, all of them in its training set or none."""

    songs: int
    notes: int
    predicted: Mapping[str, Predicted]  # both, pitch, duration

    @classmethod
    def of(cls, scores: Sequence[Scores]) -> "NoteScores":
        """``scores`` of each song, of one at least."""
        names = list(scores[0])
        notes = [song["both"].all for song in scores]
        bits = [[song[name].bits * song[name].all for song in scores] for name in names]
        right = [[float(song[name].right) for song in scores] for name in names]
        found = intervals(bits + right, notes)
        pairs = zip(found[: len(names)], found[len(names) :], strict=True)
        predicted = {name: Predicted(*pair) for name, pair in zip(names, pairs, strict=True)}
        return cls(len(scores), sum(notes), predicted)

    def to_json(self) -> dict[str, JSON]:
        predicted = {
            name: {
                "bits": each.bits._asdict(),
                "perplexity": each.perplexity._asdict(),
                "accuracy": each.right._asdict(),
            }
            for name, each in self.predicted.items()
        }
        counts = {"songs": self.songs, "notes": self.notes}
        return {**counts, **predicted, "confidence": CONFIDENCE if self.songs > 1 else None}
