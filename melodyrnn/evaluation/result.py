"""A run measured on songs or texts: what it is given and each next note predicted from that."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from melodyrnn.data.copies import Copied
from melodyrnn.evaluation.measures import Measures, Played, measures_of
from melodyrnn.evaluation.note_scores import NoteScores, Scores
from melodyrnn.evaluation.note_table import NotesOf, NoteTable
from melodyrnn.runs.base import Base
from melodyrnn.sequences.score import total
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
    family: int | None = None  # the same for variants of one tune; None: like no other
    in_pretraining: bool = False  # whether a variant was learned before the training set
    header_bits: float | None = None  # of meter, key and pickup, where the model was told them
    notes: NotesOf | None = None  # of a song, what was expected at each of its notes

    @property
    def is_new(self) -> bool:
        """Whether the run has learned neither it nor, before, a variant of it."""
        return not (self.in_training_set or self.in_pretraining)

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
    targets: tuple[Indices, ...]  # what was to be predicted, each (L,)
    played: tuple[Played, ...] | None  # by a run that learned by heart
    with_short_term: bool
    left_out: tuple[str, ...]  # why, of each item that cannot be read or predicted, its name first
    base: Base | None = None  # what the run was fine-tuned from
    files: tuple[Path, ...] = ()  # written: the table of notes, where it was asked for

    @cached_property
    def measures(self) -> Measures | None:
        """Of all songs together, where they were played."""
        return None if self.played is None else self._measures(range(len(self.items)))

    @cached_property
    def memory(self) -> NoteScores | None:
        """Of the items in the training set."""
        return _scores([item for item in self.items if item.in_training_set])

    @cached_property
    def generalising(self) -> NoteScores | None:
        """Of the items that are new."""
        return _scores([item for item in self.items if item.is_new])

    @property
    def notes(self) -> NoteTable:
        """A row for each note of all songs; none of texts."""
        return NoteTable([item.notes for item in self.items if item.notes])

    @property
    def in_pretraining(self) -> tuple[str, ...]:
        """The names of the items that are in no training set of the run, but a variant of which its
        pretraining had: neither memory nor news, and part of no figure but ``bits``.
        """
        return tuple(
            item.name for item in self.items if item.in_pretraining and not item.in_training_set
        )

    @property
    def bits(self) -> float:
        """Per note or character, over all items, with what the ends of songs cost."""
        return total([item.scores["both"] for item in self.items]).bits

    @property
    def hardly_new(self) -> list[Evaluated]:
        """The new songs of which half or more stands in a training song; most notes first."""
        found = [item for item in self.items if item.is_hardly_new]
        return sorted(found, key=lambda item: -(item.copied.notes if item.copied else 0))

    def header_bits_of(self, in_training_set: bool) -> float | None:
        """Bits per note beside those of the notes, of the songs in the training set or of the new
        ones: what it takes to say meter, key and pickup, where the model was told them.
        """
        kept = [i for i in self.items if (i.in_training_set if in_training_set else i.is_new)]
        return _header_bits(kept)

    def measures_of(self, in_training_set: bool) -> Measures:
        """Of the songs in the training set, or of the others."""
        kept = [i for i, item in enumerate(self.items) if item.in_training_set == in_training_set]
        return self._measures(kept)

    def _measures(self, places: Iterable[int]) -> Measures:
        assert self.played is not None, "a run on a tradition plays no song from memory"
        targets, played, scores = zip(
            *((self.targets[i], self.played[i], self.items[i].scores["both"]) for i in places),
            strict=True,
        )
        return measures_of(self.window, targets, played, scores)

    def __repr__(self) -> str:
        many = f"{len(self.items)} item{'s' * (len(self.items) != 1)}"
        return f"<EvaluateResult {self.model}, {many}, {self.bits:.3f} bits per {self.unit}>"

    def to_json(self) -> dict[str, JSON]:
        return _DOCUMENTS[self.unit](self)


def _scores(items: Sequence[Evaluated]) -> NoteScores | None:
    """None of none."""
    families = [
        (place, None) if item.family is None else (None, item.family)
        for place, item in enumerate(items)
    ]
    return NoteScores.of([item.scores for item in items], families) if items else None


def _of_notes(result: EvaluateResult) -> dict[str, JSON]:
    document: dict[str, JSON] = {
        "model": result.model,
        "with_short_term": result.with_short_term,
        "window": result.window,
        "left_out": list(result.left_out),
        "files": [str(path) for path in result.files],
        "from": None if result.base is None else result.base.to_json(),
        "in_pretraining": list(result.in_pretraining),
    }
    if result.measures:
        tokens = [token for song in result.measures.tokens for token in song]
        document |= result.measures.to_json()
        document["whole_song"] = {**result.measures.whole_song.to_json(), "tokens": tokens}
    document |= _bits(result)
    parts = {"memory": result.memory, "generalising": result.generalising}
    document |= {name: part.to_json() if part else None for name, part in parts.items()}
    songs = [_song(result, place) for place in range(len(result.items))]
    return {**document, "songs": songs}


def _bits(result: EvaluateResult) -> dict[str, JSON]:
    """Of all songs by a run that learned by heart; else of the new ones, if there are any."""
    items = [item for item in result.items if item.is_new]
    if result.played is not None or not items:
        items = list(result.items)
    score, header = total([item.scores["both"] for item in items]), _header_bits(items)
    return {
        **score.to_json(),
        **({} if header is None else {"header_bits_per_note": header}),
    }


def _header_bits(items: Sequence[Evaluated]) -> float | None:
    """Per note; None where the model was told nothing, or there is no item."""
    bits = [item.header_bits for item in items if item.header_bits is not None]
    return sum(bits) / sum(item.scores["both"].all for item in items) if bits else None


def _song(result: EvaluateResult, place: int) -> dict[str, JSON]:
    item = result.items[place]
    document: dict[str, JSON] = {
        "name": item.name,
        "title": item.title,
        "in_training_set": item.in_training_set,
        "in_pretraining": item.in_pretraining,
        "copied": item.copied and item.copied.to_json(),
        "bits": _bits_of(item),
        "unknown_tokens": item.scores["both"].unknown,
    }
    if measures := result.measures:
        whole = measures.whole_songs[place].to_json()
        document["one_step"] = measures.one_steps[place].to_json()
        document["whole_song"] = {**whole, "tokens": measures.tokens[place]}
    return document


def _bits_of(item: Evaluated) -> dict[str, float]:
    """Bits per note: of the notes alone by attribute, and of both with what the end costs."""
    alone = {name: score.bits_without_end for name, score in item.scores.items()}
    return {**alone, "with_end": item.scores["both"].bits}


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
