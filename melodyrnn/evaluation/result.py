"""A run measured on songs or texts: what it is given and each next note predicted from that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from melodyrnn.data.copies import Copied
from melodyrnn.evaluation.measures import Measures, measures_of
from melodyrnn.evaluation.note_scores import NoteScores, Scores
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.system.documents import JSON

HALF = 0.5
"""The share of a song from which on, where it stands in a training song, it is hardly new."""


@dataclass(frozen=True)
class Evaluated:
    """One song or text."""

    name: str
    title: str | None
    length: int  # notes or characters
    in_training_set: bool
    scores: Scores  # what is predicted -> how well: pitch, duration and both, or a character
    copied: Copied | None = None  # of a song that is new: what a training song has too

    @property
    def is_hardly_new(self) -> bool:
        """Whether half or more of it stands in a training song."""
        return self.copied is not None and self.copied.notes >= HALF * self.length


@dataclass(frozen=True, repr=False)
class EvaluateResult:
    """What a run was trained on and what is new to it are never measured together, but for the
    figures of all songs in ``to_json``, where they stand for a run that learned songs by heart.
    """

    model: str
    unit: str  # what bits are counted per: note or character
    window: int
    items: tuple[Evaluated, ...]
    sequences: tuple[Indices, ...]  # each (L,)
    measures: Measures | None  # of songs learned by heart, and others measured by such a run
    with_short_term: bool
    left_out: tuple[str, ...]  # why, of each item that cannot be read or predicted, its name first

    @cached_property
    def memory(self) -> NoteScores | None:
        """Of the items in the training set."""
        return self._scores(True)

    @cached_property
    def generalising(self) -> NoteScores | None:
        """Of the items that are new."""
        return self._scores(False)

    @property
    def bits(self) -> float:
        """Per note or character, over all items."""
        scores = [item.scores["both"] for item in self.items]
        return float(np.average([s.bits for s in scores], weights=[s.all for s in scores]))

    @property
    def hardly_new(self) -> list[Evaluated]:
        """The new songs of which half or more stands in a training song; most notes first."""
        found = [item for item in self.items if item.is_hardly_new]
        return sorted(found, key=lambda item: -(item.copied.notes if item.copied else 0))

    def measures_of(self, in_training_set: bool) -> Measures:
        """Of the songs in the training set, or of the others."""
        assert self.measures, "a run on a tradition plays no song from memory"
        kept = [i for i, item in enumerate(self.items) if item.in_training_set == in_training_set]
        sequences = [self.sequences[place] for place in kept]
        return measures_of(self.window, sequences, [self.measures.played[p] for p in kept])

    def __repr__(self) -> str:
        many = f"{len(self.items)} item{'s' * (len(self.items) != 1)}"
        return f"<EvaluateResult {self.model}, {many}, {self.bits:.3f} bits per {self.unit}>"

    def to_json(self) -> dict[str, JSON]:
        return _DOCUMENTS[self.unit](self)

    def _scores(self, in_training_set: bool) -> NoteScores | None:
        scores = [i.scores for i in self.items if i.in_training_set == in_training_set]
        return NoteScores.of(scores) if scores else None


def _of_notes(result: EvaluateResult) -> dict[str, JSON]:
    document: dict[str, JSON] = {
        "model": result.model,
        "with_short_term": result.with_short_term,
        "window": result.window,
        "left_out": list(result.left_out),
    }
    if result.measures:
        tokens = [token for song in result.measures.tokens for token in song]
        document |= result.measures.to_json()
        document["whole_song"] = {**result.measures.whole_song.to_json(), "tokens": tokens}
    elif scores := result.generalising or result.memory:
        document["bits_per_note"] = scores.predicted["both"].bits.value
    parts = {"memory": result.memory, "generalising": result.generalising}
    document |= {name: part.to_json() if part else None for name, part in parts.items()}
    songs = [_song(result, place) for place in range(len(result.items))]
    return {**document, "songs": songs}


def _song(result: EvaluateResult, place: int) -> dict[str, JSON]:
    item = result.items[place]
    document: dict[str, JSON] = {
        "name": item.name,
        "title": item.title,
        "in_training_set": item.in_training_set,
        "copied": item.copied and item.copied.to_json(),
        "bits": {name: score.bits for name, score in item.scores.items()},
    }
    if measures := result.measures:
        whole = measures.whole_songs[place].to_json()
        document["one_step"] = measures.one_steps[place].to_json()
        document["whole_song"] = {**whole, "tokens": measures.tokens[place]}
    return document


def _of_characters(result: EvaluateResult) -> dict[str, JSON]:
    texts: list[dict[str, JSON]] = [
        {
            "name": item.name,
            "in_training_set": item.in_training_set,
            "characters": item.scores["both"].all,
            "right": item.scores["both"].right,
            "bits": item.scores["both"].bits,
        }
        for item in result.items
    ]
    return {
        "model": result.model,
        "bits_per_character": result.bits,
        "left_out": list(result.left_out),
        "texts": texts,
    }


_DOCUMENTS: Mapping[str, Callable[[EvaluateResult], dict[str, JSON]]] = {
    "note": _of_notes,
    "character": _of_characters,
}
"""What bits are counted per -> the JSON document."""
