"""Songs as symbols: jointly (``g8``), or factored into pitch and duration.

A note token is one note's symbol in the text notation, one entry of a vocabulary.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from melodyrnn.music.notation.reader import parse_token
from melodyrnn.music.notation.tokens import token
from melodyrnn.music.song import Key, Note, Song

_MIDDLE_C = 60


def to_tokens(song: Song) -> list[str]:
    """The symbol of each note, in order."""
    return [token(note) for note in song.notes]


def from_tokens(tokens: Iterable[str], like: Song | None = None) -> Song:
    """The song that ``tokens`` write, in the meter, key, tempo and pickup of ``like``.

    Raises NotationError where one is not one note's symbol.
    """
    song = Song(tuple(map(parse_token, tokens)))
    if like is None:
        return song
    return replace(song, meter=like.meter, key=like.key, tempo=like.tempo, pickup=like.pickup)


def plain_tokens(song: Song) -> list[str]:
    """The symbol of each note, each pitch spelled in one way only, whatever the key."""
    return [plain_token(note.pitch and note.pitch.midi, note.duration) for note in song.notes]


@lru_cache(maxsize=100_000)
def shifted(plain: str, shift: int) -> str | None:
    """A plain token moved by semitones; None where no MIDI number is so low or high."""
    note = parse_token(plain)
    if note.pitch is None:
        return plain
    midi = note.pitch.midi + shift
    return plain_token(midi, note.duration) if 0 <= midi <= 127 else None


@lru_cache(maxsize=100_000)
def plain_token(midi: int | None, duration: Fraction) -> str:
    """The symbol of a MIDI number, or of a rest, in the one spelling."""
    return token(Note(None if midi is None else Key().pitch(midi), duration))


def respelled(song: Song) -> Song:
    """Each pitch spelled as the song's key would."""
    notes = (
        replace(note, pitch=song.key.pitch(note.pitch.midi)) if note.pitch else note
        for note in song.notes
    )
    return replace(song, notes=tuple(notes))


def attributes(tokens: Sequence[str]) -> list[tuple[float, float]]:
    """(pitch as a MIDI number, duration in quarter notes) of each token.

    A rest gets the pitch a semitone below the lowest of the list, so that the network sees a
    number near the others and yet one that no note has. Raises NotationError.
    """
    notes = list(map(parse_token, tokens))
    rest = min((note.pitch.midi for note in notes if note.pitch), default=_MIDDLE_C) - 1
    return [
        (float(note.pitch.midi if note.pitch else rest), float(note.duration)) for note in notes
    ]


def sort_key(symbol: str) -> tuple[Fraction, int, str]:
    """Sorts tokens by duration, then pitch: rests first, then MIDI number, then spelling.

    Raises NotationError where ``symbol`` is not one note's symbol.
    """
    note = parse_token(symbol)
    return note.duration, _height(note), symbol


def _height(note: Note) -> int:
    return note.pitch.midi if note.pitch else -1
