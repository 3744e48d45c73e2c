"""The three numbers that every model is judged by, and the ceiling beside them."""

from dataclasses import dataclass
from typing import Any

from melodyrnn.networks.evaluation import Evaluator
from melodyrnn.networks.generation import Generator
from melodyrnn.sequences.ngram import Tally, ceiling
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.workflows.dataset import Dataset


@dataclass(frozen=True)
class Played:
    """One song as a model tells it."""

    one_step: Indices  # (L,): the first window, then each next code from the song's own window
    whole_song: Indices  # (L,): the first window, then each next code from its own predictions


@dataclass(frozen=True)
class Measures:
    """What a model gets right of a dataset; ``Tally`` of all songs together, and of each."""

    window: int
    bits_per_note: float
    ceiling: Tally
    one_steps: tuple[Tally, ...]
    whole_songs: tuple[Tally, ...]
    played: tuple[Played, ...]

    @property
    def one_step(self) -> Tally:
        return total(self.one_steps)

    @property
    def whole_song(self) -> Tally:
        return total(self.whole_songs)

    def to_json(self) -> dict[str, Any]:
        return {
            "one_step": self.one_step.to_json(),
            "whole_song": self.whole_song.to_json(),
            "bits_per_note": self.bits_per_note,
            "ceiling": self.ceiling.to_json(),
        }


def measure(model: Any, dataset: Dataset, window: int) -> Measures:
    """One-step accuracy, bits per note and the whole-song test of every song."""
    evaluator, generator = Evaluator(model, dataset.sequences, window), Generator(model, window)
    played = []
    for sequence, logits in zip(dataset.sequences, evaluator.logits(), strict=True):
        one_step = sequence.copy()
        one_step[window:] = logits.argmax(-1)
        played.append(Played(one_step, generator.whole_song(sequence)))
    pairs = list(zip(dataset.sequences, played, strict=True))
    return Measures(
        window,
        evaluator.score().bits,
        ceiling(dataset.sequences, window),
        tuple(agreement(sequence, song.one_step, window) for sequence, song in pairs),
        tuple(agreement(sequence, song.whole_song, window) for sequence, song in pairs),
        tuple(played),
    )


def agreement(song: Indices, told: Indices, window: int) -> Tally:
    """How many codes agree, position by position, after the first window."""
    return Tally(int((song == told)[window:].sum()), len(song) - window)


def total(tallies: tuple[Tally, ...]) -> Tally:
    return Tally(sum(tally.right for tally in tallies), sum(tally.all for tally in tallies))
