"""Songs as the networks see them: one vocabulary, one sequence of indices a song."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Self

from melodyrnn.data.gather import Named
from melodyrnn.errors import VocabularyError
from melodyrnn.models.bar_columns import Cycle, Lookback, views
from melodyrnn.models.registry import MODELS
from melodyrnn.music.durations import GRID
from melodyrnn.music.notation.text import parse_token
from melodyrnn.music.note_tokens import attributes, plain_tokens, shifted, sort_key, to_tokens
from melodyrnn.music.song import Song
from melodyrnn.sequences.vocabulary import END, START, Indices, Vocabulary
from melodyrnn.sequences.windows import windows

if TYPE_CHECKING:  # nine classes, which take as long to make as all of music
    from melodyrnn.models.config import ModelConfig

_SIXTEENTH = Fraction(1, 4)  # of a quarter note


@dataclass(frozen=True)
class Dataset:
    """Songs with their vocabulary and index sequences."""

    songs: tuple[Named, ...]
    vocabulary: Vocabulary
    sequences: tuple[Indices, ...]  # each (L,)

    @classmethod
    def of(cls, songs: Sequence[Named], window: int, vocabulary: Vocabulary | None = None) -> Self:
        """``vocabulary`` is that of the songs (``vocabulary_of``) where none is given.

        Raises WindowError for a song no longer than ``window``, VocabularyError for a code that
        ``vocabulary`` lacks; both name the song.
        """
        vocabulary = vocabulary or vocabulary_of([named.song for named in songs])
        sequences = []
        for named in songs:
            try:
                sequences.append(vocabulary.encode(_codes(named.song, vocabulary)))
                windows(sequences[-1], window, named.name)
            except VocabularyError as error:
                raise VocabularyError(
                    f"{named.name}: {error}; a model tells only what it was trained to tell"
                ) from None
        return cls(tuple(songs), vocabulary, tuple(sequences))

    @property
    def cycles(self) -> tuple[Cycle, ...]:
        """The bars of each song."""
        return tuple(cycle_of(named.song) for named in self.songs)

    def seen(self, config: "ModelConfig") -> Sequence[Indices]:
        """The sequences as the network of ``config`` sees them: each (L,), or (L, F) with what
        stood bars ago beside each code.
        """
        if not config.spec.lookback:
            return self.sequences
        return views(lookback_of(self.vocabulary), self.sequences, self.cycles)

    @property
    def features(self) -> tuple[tuple[float, ...], ...]:
        """Pitch and duration of each code, (V, 2)."""
        return attributes_of(self.vocabulary)


def _codes(song: Song, vocabulary: Vocabulary) -> list[str]:
    """A song's codes; between start and end where the vocabulary has them."""
    return [START, *plain_tokens(song), END] if START in vocabulary else to_tokens(song)


def tellable(
    songs: Sequence[Named], window: int, vocabulary: Vocabulary
) -> tuple[list[Named], list[str]]:
    """The songs of which ``Dataset.of`` takes every one, and of each other why it would not."""
    able, reasons = [], []
    for named in songs:
        codes = _codes(named.song, vocabulary)
        unknown = list(dict.fromkeys(code for code in codes if code not in vocabulary))
        if unknown:
            shown = ", ".join(unknown[:_FEW]) + (", …" if len(unknown) > _FEW else "")
            reasons.append(f"{named.name}: codes that the run never learned: {shown}")
        elif len(codes) <= window:
            count = f"{len(codes)} note{'s' * (len(codes) != 1)}"
            reasons.append(f"{named.name}: no longer than the run's window: {count}")
        else:
            able.append(named)
    return able, reasons


_FEW = 3


def tunes_vocabulary(songs: Sequence[Song], transpose: int) -> Vocabulary:
    """The codes of all songs, moved by up to ``transpose`` semitones, and start and end."""
    shifts = range(-transpose, transpose + 1)
    codes = {code for song in songs for code in plain_tokens(song)}
    moved = {code for plain in codes for code in map(partial(shifted, plain), shifts) if code}
    return Vocabulary([*sorted(moved, key=sort_key), START, END])


def attributes_of(vocabulary: Vocabulary) -> tuple[tuple[float, ...], ...]:
    """Pitch and duration of each code, (V, 2); of start and end, numbers of their own."""
    codes = [symbol for symbol in vocabulary.symbols if symbol not in (START, END)]
    ends = [(-1.0 - n, -1.0 - n) for n in range(len(vocabulary) - len(codes))]
    return (*attributes(codes), *ends)


def cycle_of(song: Song) -> Cycle:
    """The bars of the meter that the song begins in."""
    return Cycle(_ticks(song.meter.bar), _ticks(song.pickup))


def lookback_of(vocabulary: Vocabulary) -> Lookback:
    """How codes look back; start and end take no time."""
    lengths = [
        0 if symbol in (START, END) else _ticks(parse_token(symbol).duration)
        for symbol in vocabulary.symbols
    ]
    return Lookback(lengths, unit=_ticks(_SIXTEENTH))


def _ticks(quarters: Fraction) -> int:
    return int(quarters * GRID)


def vocabulary_of(songs: Sequence[Song]) -> Vocabulary:
    """The table that all songs ask for by ``codes:``, or the sorted codes that they use."""
    asked = {song.codes for song in songs}
    if len(asked) == 1 and (codes := asked.pop()):
        return Vocabulary(codes)
    return Vocabulary.of(map(to_tokens, songs), sort_key)


def default_input(songs: Sequence[Named], model: str) -> str:
    """How codes enter the network where nothing is said: the courses' plain index for one song,
    learned vectors for several, whose codes are too many for one number to tell apart, and for the
    model ``lookback``, which sees several codes at once.
    """
    several = len(songs) > 1 or (model in MODELS and MODELS[model].lookback)
    return "embedding" if several else "index"
