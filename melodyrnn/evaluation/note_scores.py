"""How well the notes of songs are predicted: pitch, duration and both, with their intervals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from melodyrnn.evaluation.note_figures import Expectation, NoteFigures
from melodyrnn.models.predictor import Logits
from melodyrnn.music.note_tokens import attributes
from melodyrnn.sequences.intervals import CONFIDENCE, Families, Interval, intervals
from melodyrnn.sequences.open_vocabulary import OpenVocabulary
from melodyrnn.sequences.sampling import log_softmax
from melodyrnn.sequences.score import Score, score_of
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.system.documents import JSON
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.tokenizer import NoteTokenizer

Groups = Mapping[str, Indices]
"""What is predicted -> of each token the number of its value, (W,): tokens of one pitch share one.
"""

Scores = Mapping[str, Score]
"""What is predicted -> how well."""


_MOST_BITS = 1000.0  # of which 2 to the power is still a number; of two songs the interval is wide


def groups_of(tokenizer: NoteTokenizer, unknown: Sequence[str] | None = None) -> Groups:
    """Both, pitch and duration. Rests are one pitch; start and end are values of their own, and so
    is, where the vocabulary is open, what stands after its ``unknown`` tokens: all others together.
    """
    known = len(tokenizer.note_tokens)
    notes = attributes([*tokenizer.note_tokens, *(unknown or ())])
    ends = len(tokenizer.vocabulary) - known
    values = [*notes[:known], *map(_no_note, range(ends)), *notes[known:]]
    if unknown is not None:
        values.append(_no_note(ends))
    pitch, duration = (np.unique(column, return_inverse=True)[1] for column in np.array(values).T)
    groups = {"both": np.arange(len(values)), "pitch": pitch, "duration": duration}
    return {name: group.astype(np.int32) for name, group in groups.items()}


def _no_note(number: int) -> tuple[float, float]:
    """A pitch and a duration that no note has."""
    return -1.0 - number, -1.0 - number


def values_of(logits: Logits, groups: Groups) -> dict[str, Logits]:
    """Logits (N, W) -> of pitch, duration and both the log-probabilities of their values, (N, G).
    The probability of a value is the sum of those of the tokens that have it.
    """
    p = log_softmax(logits)
    found = {}
    for name, group in groups.items():
        order = np.argsort(group, kind="stable")
        starts = np.searchsorted(group[order], np.arange(group.max() + 1))
        found[name] = np.logaddexp.reduceat(p[:, order], starts, axis=1)
    return found


@dataclass(frozen=True)
class Judged:
    """A song that a model predicted: in all, and token by token."""

    scores: Scores
    figures: NoteFigures

    @classmethod
    def of(
        cls, logits: Logits, came: Indices, groups: Groups, end: int | None = None, known: int = 0
    ) -> Self:
        """Logits (N, W) against the tokens that came, (N,), of which ``end`` is no note and those
        from ``known`` on are unknown.
        """
        unknown = int((came >= known).sum()) if known else 0
        scores, figures = {}, {}
        for name, values in values_of(logits, groups).items():
            group = groups[name]
            last = None if end is None else int(group[end])
            scores[name] = replace(score_of(values, group[came], end=last), unknown=unknown)
            figures[name] = Expectation.of(values, group[came])
        return cls(scores, figures)


def judged(
    logits: Iterable[Logits], dataset: Dataset, vocabularies: Sequence[OpenVocabulary | None]
) -> list[Judged]:
    """Each song. ``logits`` are of the last tokens of each; its vocabulary is None where the
    song was learned, and is open where it is new.
    """
    tokenizer, found = dataset.tokenizer, []
    end, known = tokenizer.end, len(dataset.vocabulary)
    for place, (predicted, vocabulary) in enumerate(zip(logits, vocabularies, strict=True)):
        widened, came, unknown = dataset.scored(place, predicted, vocabulary)
        groups = groups_of(tokenizer, None if vocabulary is None else unknown)
        found.append(Judged.of(widened, came, groups, end, known))
    return found


@dataclass(frozen=True)
class Predicted:
    """One thing predicted of each note: bits per note, and the share that was correct."""

    bits: Interval  # mean of -log2 p
    right: Interval

    @property
    def perplexity(self) -> Interval:
        """Among how many equally likely values the model was as unsure: 2 to the bits."""
        return Interval(*(2 ** min(bits, _MOST_BITS) for bits in self.bits))


@dataclass(frozen=True, repr=False)
class NoteScores:
    """How well a model predicts several songs, all of them in its training set or none."""

    songs: int
    notes: int
    predicted: Mapping[str, Predicted]  # both, pitch, duration: of the notes alone
    with_end: Interval  # bits per note of both, with what the ends of the songs cost
    unknown: int  # notes that the vocabulary lacks

    @classmethod
    def of(cls, scores: Sequence[Scores], families: Families | None = None) -> "NoteScores":
        """``scores`` of each song, of one at least; ``families`` by default one for each."""
        names = list(scores[0])
        notes = [song["both"].all for song in scores]
        bits = [
            [song[name].surprise - song[name].end_surprise for song in scores] for name in names
        ]
        bits.append([song["both"].surprise for song in scores])
        right = [[float(song[name].right) for song in scores] for name in names]
        found = intervals(bits + right, notes, families)
        *alone, with_end = (each.within(0, np.inf) for each in found[: len(bits)])
        correct = [each.within(0, 1) for each in found[len(bits) :]]
        predicted = {
            name: Predicted(*pair) for name, *pair in zip(names, alone, correct, strict=True)
        }
        unknown = sum(song["both"].unknown for song in scores)
        return cls(len(scores), sum(notes), predicted, with_end, unknown)

    @property
    def has_ends(self) -> bool:
        """Whether the ends of songs were predicted too."""
        return self.with_end != self.predicted["both"].bits

    def __repr__(self) -> str:
        bits = self.with_end.value
        return f"<NoteScores {self.songs} songs, {self.notes} notes, {bits:.3f} bits per note>"

    def to_json(self) -> dict[str, JSON]:
        predicted = {
            name: {
                "bits": each.bits._asdict(),
                "perplexity": each.perplexity._asdict(),
                "accuracy": each.right._asdict(),
            }
            for name, each in self.predicted.items()
        }
        counts = {"songs": self.songs, "notes": self.notes, "unknown_tokens": self.unknown}
        bits = {"with_end": {"bits": self.with_end._asdict()}}
        return {**counts, **predicted, **bits, "confidence": CONFIDENCE if self.songs > 1 else None}
