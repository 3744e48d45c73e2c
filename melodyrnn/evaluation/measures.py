"""The three numbers by which every model is evaluated, and the ceiling beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from melodyrnn.generation.generate import whole_song
from melodyrnn.models.ngrams.ngram import Tally, ceiling
from melodyrnn.models.predictor import Logits, Predictor
from melodyrnn.sequences.score import Score, score_of
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.system.documents import JSON
from melodyrnn.tasks.dataset import Dataset


@dataclass(frozen=True)
class Played:
    """One song as a model predicts it and plays it."""

    logits: Logits  # (L - window, V): of each next token, given the song's own window
    whole_song: Indices  # (L,): the first window, then each next token from its own predictions
    tokens: list[str]  # of the whole song


@dataclass(frozen=True, repr=False)
class Measures:
    """What a model predicts correctly: a ``Tally`` of all songs together, and of each."""

    window: int
    bits: tuple[float, ...]  # of each song, bits per note
    bits_per_note: float
    ceiling: Tally
    one_steps: tuple[Tally, ...]
    whole_songs: tuple[Tally, ...]
    played: tuple[Played, ...]

    def __repr__(self) -> str:
        return (
            f"<Measures {self.one_step} in one step, {self.whole_song} whole song, "
            f"{self.bits_per_note:.3f} bits per note>"
        )

    @property
    def tokens(self) -> list[list[str]]:
        """Of each song, as the model plays it."""
        return [song.tokens for song in self.played]

    @property
    def one_step(self) -> Tally:
        return total(self.one_steps)

    @property
    def whole_song(self) -> Tally:
        return total(self.whole_songs)

    def to_json(self) -> dict[str, JSON]:
        return {
            "one_step": self.one_step.to_json(),
            "whole_song": self.whole_song.to_json(),
            "bits_per_note": self.bits_per_note,
            "ceiling": self.ceiling.to_json(),
        }


def measure(predictor: Predictor, dataset: Dataset) -> Measures:
    """One-step accuracy, bits per note and the whole-song test of every song, of songs that were
    learned by heart.
    """
    played, window = play(predictor, dataset), predictor.window
    pairs = zip(played, dataset.targets, strict=True)
    scores = [score_of(song.logits, targets[window:]) for song, targets in pairs]
    return measures_of(window, dataset.targets, played, scores)


def play(predictor: Predictor, dataset: Dataset) -> tuple[Played, ...]:
    """Each song as ``predictor`` predicts it and plays it."""
    sequences, contexts = dataset.sequences, dataset.contexts
    predicted = predictor.with_contexts(contexts).logits(sequences)
    return tuple(
        _played(predictor.with_contexts([context]), logits, sequence, dataset)
        for sequence, context, logits in zip(sequences, contexts, predicted, strict=True)
    )


def _played(predictor: Predictor, logits: Logits, sequence: Indices, dataset: Dataset) -> Played:
    played = whole_song(predictor, sequence)
    return Played(logits, played, dataset.vocabulary.decode(played))


def measures_of(
    window: int, targets: Sequence[Indices], played: Sequence[Played], scores: Sequence[Score]
) -> Measures:
    """The measures of songs that were played, from what was to be predicted of each, (L,), and how
    well it was.
    """
    pairs = list(zip(targets, played, strict=True))
    return Measures(
        window,
        tuple(score.bits for score in scores),
        float(np.average([score.bits for score in scores], weights=[s.all for s in scores])),
        ceiling(targets, window),
        tuple(Tally(score.right, score.all) for score in scores),
        tuple(agreement(each, song.whole_song, window) for each, song in pairs),
        tuple(played),
    )


def agreement(song: Indices, played: Indices, window: int) -> Tally:
    """How many tokens agree, position by position, after the first window."""
    return Tally(int((song == played)[window:].sum()), len(song) - window)


def total(tallies: tuple[Tally, ...]) -> Tally:
    return Tally(sum(tally.right for tally in tallies), sum(tally.all for tally in tallies))
