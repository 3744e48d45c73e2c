"""Items as ids and back. Only tokenizers know how songs and texts are spelled, and what stands at
their start and end.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial
from typing import TYPE_CHECKING, Generic, Self, TypeVar

import numpy as np
import numpy.typing as npt

from melodyrnn.data.gather import Named
from melodyrnn.errors import VocabularyError
from melodyrnn.models.bar_columns import Lookback, views
from melodyrnn.models.context import Change, SequenceContext
from melodyrnn.models.viewpoints.observer import Observer
from melodyrnn.models.viewpoints.symbols import Symbols
from melodyrnn.models.viewpoints.views import Views
from melodyrnn.models.viewpoints.views import views as viewpoints
from melodyrnn.music.durations import GRID
from melodyrnn.music.notation.text import parse_token
from melodyrnn.music.note_tokens import (
    attributes,
    from_tokens,
    plain_token,
    plain_tokens,
    respelled,
    shifted,
    sort_key,
    to_tokens,
)
from melodyrnn.music.song import Note, Song
from melodyrnn.music.viewpoints import full_bars, meter_class, tonic_above_c
from melodyrnn.sequences.events import NO_TOKEN
from melodyrnn.sequences.vocabulary import END, START, Indices, Vocabulary
from melodyrnn.sequences.windows import windows

if TYPE_CHECKING:  # nine classes, which take as long to make as all of music
    from melodyrnn.models.config import ModelConfig

Item = TypeVar("Item")

Attributes = tuple[tuple[float, ...], ...]
"""Of each token the numbers that describe it, (V, A)."""

_SIXTEENTH = Fraction(1, 4)  # of a quarter note
_FEW = 3
OCTAVE, MOST_MIDI = 12, 127
MODES = ("major", "minor")


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

    def scored(self, ids: Indices, window: int) -> slice:
        """Which of ``ids`` (L,) are predicted and scored: all that a window stands before."""
        return slice(window, len(ids))

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


class NoteTokenizer(Tokenizer[Song]):
    """A song as one token a note."""

    start: int | None = None
    """The id of what stands before each song, where something does."""

    end: int | None = None
    """The id of what stands after each song, where something does."""

    @property
    def opening(self) -> Indices:
        """What stands before the first note, (0,) or (1,)."""
        return np.array([] if self.start is None else [self.start], dtype=np.int32)

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

    def decode(self, ids: Indices, like: Song) -> Song:
        """In meter, key, tempo and pickup as ``like``."""
        return from_tokens(self.vocabulary.decode(self.only_notes(ids)), like)

    def lookback(self) -> Lookback:
        """How tokens look back; what stands at a start or an end takes no time."""
        lengths = [_ticks(note.duration) if note else 0 for note in self.notes]
        return Lookback(lengths, unit=_ticks(_SIXTEENTH))

    def observer(self) -> Observer:
        """What a model of viewpoints sees of these tokens: kinds are durations of notes and of
        rests, heights are pitches.
        """
        parts = [(_ticks(note.duration), note.pitch is not None) for note in self.notes if note]
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
        ticks = [length for length, _ in kinds] + [0] * len(edges)
        return Observer(Symbols(kind, height, ticks, octave=OCTAVE), unit=_ticks(_SIXTEENTH))

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

    @classmethod
    def of(cls, songs: Sequence[Song]) -> Self:
        """The table that all songs ask for by ``codes:``, or the sorted tokens that they use."""
        asked = {song.codes for song in songs}
        if len(asked) == 1 and (codes := asked.pop()):
            return cls(Vocabulary(codes))
        return cls(Vocabulary.of(map(to_tokens, songs), sort_key))

    def tokens(self, item: Song) -> list[str]:
        return to_tokens(item)


class TuneTokenizer(NoteTokenizer):
    """Tunes of a tradition: each pitch in one spelling, between a start and an end."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Raises VocabularyError where ``vocabulary`` has no start or no end."""
        super().__init__(vocabulary)
        self.start, self.end = vocabulary.index(START), vocabulary.index(END)

    @classmethod
    def of(cls, songs: Sequence[Song], transpose: int) -> Self:
        """The tokens of all songs, moved by up to ``transpose`` semitones, and start and end."""
        shifts = range(-transpose, transpose + 1)
        tokens = {token for song in songs for token in plain_tokens(song)}
        moved = {token for plain in tokens for token in map(partial(shifted, plain), shifts)}
        return cls(Vocabulary([*sorted(filter(None, moved), key=sort_key), START, END]))

    @classmethod
    def of_parts(cls, songs: Sequence[Song], transpose: int) -> Self:
        """Every duration of ``songs`` with every pitch from the lowest to the highest, both moved
        by ``transpose`` semitones.
        """
        notes = {note for song in songs for note in song}
        midi = [note.pitch.midi for note in notes if note.pitch]
        low, high = max(min(midi) - transpose, 0), min(max(midi) + transpose, MOST_MIDI)
        tokens = {
            plain_token(pitch, note.duration)
            for note in notes
            for pitch in (range(low, high + 1) if note.pitch else (None,))
        }
        return cls(Vocabulary([*sorted(tokens, key=sort_key), START, END]))

    def tokens(self, item: Song) -> list[str]:
        return [START, *plain_tokens(item), END]

    def decode(self, ids: Indices, like: Song) -> Song:
        """As the key of ``like`` spells each pitch."""
        return respelled(super().decode(ids, like))

    def scored(self, ids: Indices, window: int) -> slice:
        """The end is no note."""
        return slice(window, len(ids) - 1)


def context_of(song: Song) -> SequenceContext:
    """Its bars and its key; how many bars it has is not known."""
    changes = (
        Change(_ticks(at), _ticks(meter.bar), meter_class(meter))
        for at, meter in song.meter_changes
    )
    return SequenceContext(
        _ticks(song.meter.bar),
        _ticks(song.pickup),
        meter_class(song.meter),
        tonic_above_c(song),
        MODES.index(song.key.mode),
        changes=tuple(changes),
    )


def _ticks(quarters: Fraction) -> int:
    return int(quarters * GRID)


@dataclass(frozen=True)
class Dataset:
    """Songs as sequences of ids."""

    songs: tuple[Named, ...]
    tokenizer: NoteTokenizer
    sequences: tuple[Indices, ...]  # each (L,)

    @classmethod
    def of(
        cls, songs: Sequence[Named], window: int, tokenizer: NoteTokenizer | None = None
    ) -> Self:
        """``tokenizer`` is that of the songs by themselves where none is given.

        Raises WindowError for a song no longer than ``window``, VocabularyError for a token that
        the tokenizer lacks; both name the song.
        """
        tokenizer = tokenizer or SongTokenizer.of([named.song for named in songs])
        sequences = []
        for named in songs:
            try:
                sequences.append(tokenizer.encode(named.song))
                windows(sequences[-1], window, named.name)
            except VocabularyError as error:
                raise VocabularyError(
                    f"{named.name}: {error}; a model predicts only what it was trained to predict"
                ) from None
        return cls(tuple(songs), tokenizer, tuple(sequences))

    @property
    def vocabulary(self) -> Vocabulary:
        return self.tokenizer.vocabulary

    @property
    def contexts(self) -> tuple[SequenceContext, ...]:
        """What is known of each song."""
        return tuple(context_of(named.song) for named in self.songs)

    def views(self) -> list[Views]:
        """The sequences as a network of viewpoints learns them, told how many bars they have."""
        contexts = [
            context._replace(cycles=full_bars(named.song))
            for named, context in zip(self.songs, self.contexts, strict=True)
        ]
        return viewpoints(self.tokenizer.observer(), self.sequences, contexts)

    def inputs(self, config: "ModelConfig") -> Sequence[Indices]:
        """The sequences as the network of ``config`` sees them: each (L,), or (L, F) with what
        stood bars ago beside each token.
        """
        if not config.spec.lookback:
            return self.sequences
        return views(self.tokenizer.lookback(), self.sequences, self.contexts)


def known_songs(
    songs: Sequence[Named], tokenizer: NoteTokenizer, window: int
) -> tuple[list[Named], list[str]]:
    """The songs of which ``Dataset.of`` takes every one, and of each other why it would not."""
    known, reasons = [], []
    for named in songs:
        tokens = tokenizer.tokens(named.song)
        unknown = [token for token in dict.fromkeys(tokens) if token not in tokenizer.vocabulary]
        if unknown:
            shown = ", ".join(unknown[:_FEW]) + (", …" if len(unknown) > _FEW else "")
            reasons.append(f"{named.name}: tokens that are not in the run's vocabulary: {shown}")
        elif len(tokens) <= window:
            count = f"{len(tokens)} note{'s' * (len(tokens) != 1)}"
            reasons.append(f"{named.name}: no longer than the run's window: {count}")
        else:
            known.append(named)
    return known, reasons
