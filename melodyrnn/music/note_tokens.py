"""Songs as symbols: jointly (``g8``), or factored into pitch and duration.

A note token is one note's symbol in the text notation, one entry of a vocabulary.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import log2

from melodyrnn.music.durations import COMMON_WRITTEN, WRITTEN, is_common, spell
from melodyrnn.music.notation.reader import parse_token
from melodyrnn.music.notation.tokens import token
from melodyrnn.music.pitch import SEMITONES, Pitch
from melodyrnn.music.song import Key, Note, Song

_MIDDLE_C = 60
_PITCHES = range(128)
"""As MIDI numbers them."""

PLAIN_PITCHES = len(_PITCHES) + 1
"""Names of pitches, each in one spelling only, and the rest."""

SPELLED_PITCHES = 1 + sum(
    12 * octave + semitones + alter in _PITCHES
    for octave, semitones, alter in product(range(-1, 12), SEMITONES.values(), range(-2, 3))
)
"""Names of pitches, double sharps and double flats among them, and the rest."""


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
    """Each pitch spelled as the song's key would. Notes that are one object stay one."""
    spelled = {
        address: replace(note, pitch=song.key.pitch(note.pitch.midi)) if note.pitch else note
        for address, note in {id(note): note for note in song.notes}.items()
    }
    return replace(song, notes=tuple(spelled[id(note)] for note in song.notes))


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


@lru_cache(maxsize=100_000)
def spellings(symbol: str) -> tuple[str, ...]:
    """The tokens that sound as this one does: every spelling of its pitch. Raises NotationError."""
    note = parse_token(symbol)
    if note.pitch is None:
        return (symbol,)
    found = []
    for (step, semitones), alter in product(SEMITONES.items(), range(-2, 3)):
        octave, apart = divmod(note.pitch.midi - semitones - alter, 12)
        if not apart:
            found.append(token(replace(note, pitch=Pitch(step, alter, octave - 1))))
    return tuple(found)


@lru_cache(maxsize=100_000)
def spelling_bits(symbol: str, pitches: int) -> float:
    """The bits that spell a token where nothing is known of it: one of ``pitches`` names, then its
    note heads, each a value and whether another is tied to it. Two shortest values tied, which
    are written as one, announce values in tuplets of 5, 7 or 9. Raises NotationError.
    """
    duration = parse_token(symbol).duration
    heads = len(spell(duration))
    if is_common(duration):
        return log2(pitches) + heads * log2(2 * COMMON_WRITTEN)
    return log2(pitches) + 2 * log2(2 * COMMON_WRITTEN) + heads * log2(2 * WRITTEN)


def nearest_token(symbol: str, tokens: Sequence[str]) -> int:
    """The place of the token that sounds most like ``symbol``: an octave is as far as three
    halvings of the duration, and nothing is further from a note than a rest. Raises NotationError.
    """
    *known, asked = (parse_token(each) for each in (*tokens, symbol))
    distances = [_distance(note, asked) for note in known]
    return distances.index(min(distances))


def _distance(note: Note, other: Note) -> float:
    lengths = 4 * abs(log2(note.duration / other.duration))
    if note.pitch is None or other.pitch is None:
        return lengths + (_REST_FROM_NOTE if note.pitch is not other.pitch else 0)
    return lengths + abs(note.pitch.midi - other.pitch.midi)


_REST_FROM_NOTE = 1000


def sort_key(symbol: str) -> tuple[Fraction, int, str]:
    """Sorts tokens by duration, then pitch: rests first, then MIDI number, then spelling.

    Raises NotationError where ``symbol`` is not one note's symbol.
    """
    note = parse_token(symbol)
    return note.duration, _height(note), symbol


def _height(note: Note) -> int:
    return note.pitch.midi if note.pitch else -1
