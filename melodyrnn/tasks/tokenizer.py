"""Items as ids and back. Only tokenizers know how songs and texts are spelled, and what stands at
their start and end.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property, partial
from math import log2
from typing import Generic, Self, TypeVar

import numpy as np
import numpy.typing as npt

from melodyrnn.data.gather import Named
from melodyrnn.models.bar_columns import Lookback
from melodyrnn.models.viewpoints.observer import Observer
from melodyrnn.models.viewpoints.symbols import Symbols
from melodyrnn.music.durations import ticks
from melodyrnn.music.notation.text import parse_token
from melodyrnn.music.note_tokens import (
    PLAIN_PITCHES,
    SPELLED_PITCHES,
    attributes,
    from_tokens,
    nearest_token,
    plain_token,
    plain_tokens,
    respelled,
    shifted,
    sort_key,
    spelling_bits,
    spellings,
    to_tokens,
)
from melodyrnn.music.song import Note, Song
from melodyrnn.sequences.events import NO_TOKEN
from melodyrnn.sequences.open_vocabulary import OpenVocabulary, unknown_rate
from melodyrnn.sequences.vocabulary import END, START, Indices, Vocabulary

Item = TypeVar("Item")

Attributes = tuple[tuple[float, ...], ...]
"""Of each token the numbers that describe it, (V, A)."""

_SIXTEENTH = Fraction(1, 4)  # of a quarter note
CODE_POINT_BITS = log2(0x110000)
"""What a character costs where all of Unicode is alike."""

OCTAVE, MOST_MIDI = 12, 127


class Tokenizer(ABC, Generic[Item]):
    """A vocabulary, and the way between items and sequences of its ids."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    @abstractmethod
    def tokens(self, item: Item) -> list[str]:
        """The tokens of an item, which the vocabulary need not have."""

    @abstractmethod
    def decode(self, ids: Indices, like: Item) -> Item:
        """The item that ``ids`` (L,) spell; in all that tokens do not say it is as ``like``."""

    def encode(self, item: Item) -> Indices:
        """The ids of an item, (L,). Raises VocabularyError for a token that is not known."""
        return self.vocabulary.encode(self.tokens(item))

    def read(self, item: Item, unknown: dict[str, int]) -> tuple[Indices, Indices]:
        """What a model sees of an item and what it is to predict, (L,) both.

        They are the ids, but for tokens that the vocabulary lacks: in place of each the model sees
        the nearest one, and is to predict a number from V on, which ``unknown`` has or is given.
        """
        tokens = self.tokens(item)
        known = len(self.vocabulary)
        seen = np.empty(len(tokens), dtype=np.int32)
        targets = np.empty(len(tokens), dtype=np.int32)
        for place, token in enumerate(tokens):
            if token in self.vocabulary:
                seen[place] = targets[place] = self.vocabulary.index(token)
            else:
                seen[place] = self.nearest(token)
                targets[place] = known + unknown.setdefault(token, len(unknown))
        return seen, targets

    @abstractmethod
    def nearest(self, token: str) -> int:
        """The id that a model sees in place of a token that the vocabulary lacks."""

    @abstractmethod
    def spelling_bits(self, token: str) -> float:
        """-log2 q'(token), q' a distribution over everything that can be written."""

    def written(self) -> Sequence[str]:
        """The tokens of the vocabulary that are written; not what stands at a start or an end."""
        return self.vocabulary.symbols

    def opened(self, unknown_rate: float) -> OpenVocabulary:
        """The vocabulary, and what is paid for other tokens where they are so frequent."""
        taken = sum(2 ** -self.spelling_bits(token) for token in self.written())
        return OpenVocabulary(unknown_rate, taken)

    @property
    def attributes(self) -> Attributes | None:
        """Of each token, (V, A); None where tokens have none."""
        return None


class CharacterTokenizer(Tokenizer[str]):
    """A text as its characters, Unicode code points."""

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        return cls(Vocabulary.of(texts))

    def tokens(self, item: str) -> list[str]:
        return list(item)

    def decode(self, ids: Indices, like: str = "") -> str:
        return "".join(self.vocabulary.decode(ids))

    def nearest(self, token: str) -> int:
        """By its code point."""
        symbols = self.vocabulary.symbols
        return min(range(len(symbols)), key=lambda place: abs(ord(symbols[place]) - ord(token)))

    def spelling_bits(self, token: str) -> float:
        """All code points alike."""
        return CODE_POINT_BITS


class NoteTokenizer(Tokenizer[Song]):
    """A song as one token a note."""

    start: int | None = None
    """The id of what stands before each song, where something does."""

    end: int | None = None
    """The id of what stands after each song, where something does."""

    pitches: int = PLAIN_PITCHES
    """How many names of pitches can be written."""

    @property
    def opening(self) -> Indices:
        """What stands before the first note, (0,) or (1,)."""
        return np.array([] if self.start is None else [self.start], dtype=np.int32)

    def length(self, song: Song) -> int:
        """How many tokens it is."""
        return len(self.opening) + len(song) + (self.end is not None)

    @cached_property
    def notes(self) -> tuple[Note | None, ...]:
        """Of each token its note; None for what stands at a start or an end."""
        ends = (self.start, self.end)
        symbols = enumerate(self.vocabulary.symbols)
        return tuple(None if place in ends else parse_token(symbol) for place, symbol in symbols)

    @cached_property
    def note_tokens(self) -> list[str]:
        """The tokens that are notes."""
        pairs = zip(self.vocabulary.symbols, self.notes, strict=True)
        return [symbol for symbol, note in pairs if note]

    def nearest(self, token: str) -> int:
        return self.vocabulary.index(self.note_tokens[nearest_token(token, self.note_tokens)])

    def spelling_bits(self, token: str) -> float:
        return spelling_bits(token, self.pitches)

    def written(self) -> Sequence[str]:
        return self.note_tokens

    def alike(self, token: str) -> Sequence[str]:
        """The tokens, known or not, that stand for the same sound or end as this one."""
        return (token,)

    def unknown_rate(self, songs: Sequence[Named], transpose: int = 0) -> float:
        """How often a token of a new song is one that neither songs like these nor they moved by
        up to ``transpose`` semitones have.
        """
        first = len(self.opening)
        tokens = (self.tokens(named.song)[first:] for named in songs)
        return unknown_rate(tokens, partial(self.covered, semitones=transpose))

    def covered(self, token: str, semitones: int) -> list[str]:
        """A token and, but for an end, those that are it moved by up to so many semitones."""
        return [token]

    @property
    def attributes(self) -> Attributes:
        """Pitch and duration of each token, (V, 2); of start and end, numbers of their own."""
        notes = self.note_tokens
        ends = [(-1.0 - n, -1.0 - n) for n in range(len(self.vocabulary) - len(notes))]
        return (*attributes(notes), *ends)

    def only_notes(self, ids: Indices) -> Indices:
        """``ids`` (L,) without what stands at the start and at the end."""
        ends = [each for each in (self.start, self.end) if each is not None]
        return ids[~np.isin(ids, ends)] if ends else ids

    def duration(self, ids: Indices) -> Fraction:
        """How long ``ids`` (L,) last, in quarter notes."""
        notes = (self.notes[token] for token in ids)
        return sum((note.duration for note in notes if note), Fraction(0))

    def decode(self, ids: Indices, like: Song) -> Song:
        """In meter, key, tempo and pickup as ``like``."""
        return from_tokens(self.vocabulary.decode(self.only_notes(ids)), like)

    def lookback(self) -> Lookback:
        """How tokens look back; what stands at a start or an end takes no time."""
        lengths = [ticks(note.duration) if note else 0 for note in self.notes]
        return Lookback(lengths, unit=ticks(_SIXTEENTH))

    def observer(self) -> Observer:
        """What a model of viewpoints sees of these tokens: kinds are durations of notes and of
        rests, heights are pitches.
        """
        parts = [(ticks(note.duration), note.pitch is not None) for note in self.notes if note]
        kinds = sorted(set(parts))
        places = {kind: place for place, kind in enumerate(kinds)}
        midi = [note.pitch.midi for note in self.notes if note and note.pitch]
        found = iter(parts)
        kind = [places[next(found)] if note else -1 for note in self.notes]
        edges = [place for place, note in enumerate(self.notes) if note is None]
        for number, place in enumerate(edges, len(kinds)):
            kind[place] = number
        height = [
            note.pitch.midi - min(midi) if note and note.pitch else NO_TOKEN for note in self.notes
        ]
        lengths = [length for length, _ in kinds] + [0] * len(edges)
        symbols = Symbols(kind, height, lengths, octave=OCTAVE, lowest=min(midi, default=0))
        return Observer(symbols, unit=ticks(_SIXTEENTH))

    def moved(self, semitones: int) -> npt.NDArray[np.int32]:
        """Of each shift from -``semitones`` to ``semitones`` and each token, the token moved so,
        (2 N + 1, V); -1 where there is none.
        """
        table = np.full((2 * semitones + 1, len(self.vocabulary)), -1, dtype=np.int32)
        for row, shift in zip(table, range(-semitones, semitones + 1), strict=True):
            for place, symbol in enumerate(self.vocabulary.symbols):
                token = shifted(symbol, shift) if self.notes[place] else symbol
                if token is not None and token in self.vocabulary:
                    row[place] = self.vocabulary.index(token)
        return table


class SongTokenizer(NoteTokenizer):
    """Songs that are learned by heart: each pitch as it is spelled, and nothing but notes."""

    pitches = SPELLED_PITCHES

    @classmethod
    def of(cls, songs: Sequence[Song]) -> Self:
        """The table that all songs ask for by ``codes:``, or the sorted tokens that they use."""
        asked = {song.codes for song in songs}
        if len(asked) == 1 and (codes := asked.pop()):
            return cls(Vocabulary(codes))
        return cls(Vocabulary.of(map(to_tokens, songs), sort_key))

    def tokens(self, item: Song) -> list[str]:
        return to_tokens(item)

    def alike(self, token: str) -> Sequence[str]:
        return spellings(token)


class TuneTokenizer(NoteTokenizer):
    """Tunes of a tradition: each pitch in one spelling, between a start and an end."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Raises VocabularyError where ``vocabulary`` has no start or no end."""
        super().__init__(vocabulary)
        self.start, self.end = vocabulary.index(START), vocabulary.index(END)

    @classmethod
    def of(cls, songs: Sequence[Song], transpose: int) -> Self:
        """The tokens of all songs, moved by up to ``transpose`` semitones, and start and end."""
        tokens = {token for song in songs for token in plain_tokens(song)}
        moved = {each for token in tokens for each in _moved(token, transpose)}
        return cls(Vocabulary([*sorted(moved, key=sort_key), START, END]))

    def tokens(self, item: Song) -> list[str]:
        return [START, *plain_tokens(item), END]

    def covered(self, token: str, semitones: int) -> list[str]:
        return [token] if token == END else _moved(token, semitones)

    def decode(self, ids: Indices, like: Song) -> Song:
        """As the key of ``like`` spells each pitch."""
        return respelled(super().decode(ids, like))


class PartsTokenizer(TuneTokenizer):
    """Tunes for a model that predicts duration and pitch one after the other: it knows every
    duration with every pitch.
    """

    @classmethod
    def of(cls, songs: Sequence[Song], transpose: int) -> Self:
        """Every duration of ``songs`` with every pitch from the lowest to the highest, both moved
        by ``transpose`` semitones.
        """
        midi = [note.pitch.midi for song in songs for note in song if note.pitch]
        return cls.between(
            songs, max(min(midi) - transpose, 0), min(max(midi) + transpose, MOST_MIDI)
        )

    @classmethod
    def between(cls, songs: Sequence[Song], lowest: int, highest: int) -> Self:
        """Every duration of ``songs`` with every pitch between two MIDI numbers."""
        tokens = {
            plain_token(pitch, note.duration)
            for note in {note for song in songs for note in song}
            for pitch in (range(lowest, highest + 1) if note.pitch else (None,))
        }
        return cls(Vocabulary([*sorted(tokens, key=sort_key), START, END]))

    def unknown_rate(self, songs: Sequence[Named], transpose: int = 0) -> float:
        """How often a new song has a duration, of a note or of a rest, that these lack: where it
        is known, hardly a pitch is not.
        """
        kinds = ([*((note.duration, note.is_rest) for note in named.song), END] for named in songs)
        return unknown_rate(kinds)


def _moved(token: str, semitones: int) -> list[str]:
    """A plain token moved by up to so many semitones, as far as MIDI numbers go."""
    moved = (shifted(token, shift) for shift in range(-semitones, semitones + 1))
    return [each for each in moved if each is not None]
