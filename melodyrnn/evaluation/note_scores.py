"""How well the notes of songs are told: pitch, duration and both, with confidence over songs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.intervals import CONFIDENCE, Interval, intervals
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.score import Score, score_of
from melodyrnn.sequences.vocabulary import START, Indices, Vocabulary
from melodyrnn.tasks.tokenizer import attributes_of

Groups = Mapping[str, Indices]
"""What is told -> of each code the number of its value, (V,): codes of one pitch share one."""

Scores = Mapping[str, Score]
"""What is told -> how well."""


def groups_of(vocabulary: Vocabulary) -> Groups:
    """Both, pitch and duration. Rests are one pitch; start and end are values of their own."""
    values = np.array(attributes_of(vocabulary))  # (V, 2)
    pitch, duration = (np.unique(column, return_inverse=True)[1] for column in values.T)
    groups = {"both": np.arange(len(vocabulary)), "pitch": pitch, "duration": duration}
    return {name: group.astype(np.int32) for name, group in groups.items()}


def scores_of(logits: npt.NDArray[Any], told: Indices, groups: Groups) -> Scores:
    """Logits (N, V) against the codes that came, (N,). The probability of a value is the sum of
    those of the codes that have it.
    """
    p = log_softmax(logits)
    found = {}
    for name, group in groups.items():
        order = np.argsort(group, kind="stable")
        starts = np.searchsorted(group[order], np.arange(group.max() + 1))
        found[name] = score_of(np.logaddexp.reduceat(p[:, order], starts, axis=1), group[told])
    return found


def notes_told(
    logits: Sequence[npt.NDArray[Any]], sequences: Sequence[Indices], vocabulary: Vocabulary
) -> list[Scores]:
    """Of each song. ``logits`` are of the last codes of each sequence; an end is no note."""
    groups, ends = groups_of(vocabulary), int(START in vocabulary)
    found = []
    for song, sequence in zip(logits, sequences, strict=True):
        told = sequence[len(sequence) - len(song) :]
        last = len(told) - ends
        found.append(scores_of(song[:last], told[:last], groups))
    return found


@dataclass(frozen=True)
class Told:
    """One thing told of each note: bits a note, and the share told right."""

    bits: Interval  # mean of -log2 p
    right: Interval

    @property
    def perplexity(self) -> Interval:
        """Among how many equally likely values the model was as unsure: 2 to the bits."""
        return Interval(*(2**bits for bits in self.bits))


@dataclass(frozen=True)
class Telling:
    """What a model tells of several songs, all of them heard in training or none."""

    songs: int
    notes: int
    told: Mapping[str, Told]  # both, pitch, duration

    @classmethod
    def of(cls, scores: Sequence[Scores]) -> "Telling":
        """``scores`` of each song, of one at least."""
        names = list(scores[0])
        notes = [song["both"].all for song in scores]
        bits = [[song[name].bits * song[name].all for song in scores] for name in names]
        right = [[float(song[name].right) for song in scores] for name in names]
        found = intervals(bits + right, notes)
        pairs = zip(found[: len(names)], found[len(names) :], strict=True)
        told = {name: Told(*pair) for name, pair in zip(names, pairs, strict=True)}
        return cls(len(scores), sum(notes), told)

    def to_json(self) -> dict[str, Any]:
        told = {
            name: {
                "bits": each.bits._asdict(),
                "perplexity": each.perplexity._asdict(),
                "accuracy": each.right._asdict(),
            }
            for name, each in self.told.items()
        }
        counts = {"songs": self.songs, "notes": self.notes}
        return {**counts, **told, "confidence": CONFIDENCE if self.songs > 1 else None}
