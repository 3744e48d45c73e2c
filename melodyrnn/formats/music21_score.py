"""A music21 score -> the parts of a piece."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from fractions import Fraction
from io import StringIO
from typing import Any, NamedTuple

from music21 import (
    bar,
    chord,
    harmony,
    instrument,
    key,
    meter,
    note,
    repeat,
    spanner,
    stream,
    tempo,
)

from melodyrnn.errors import MelodyError, NotationError, ScoreError
from melodyrnn.formats.piece import Head, Measure, Part, Piece
from melodyrnn.formats.repeats import Repeats, expand, has_repeats
from melodyrnn.music.song import Key, Meter, Pitch

Music21Object = Any
"""What music21 read; it has types for little of it."""

_JUMPS = {"DaCapo": "start", "DalSegno": "segno"}
"""What the names of music21's signs begin with -> where they send back to."""

_OPENS = {"start", "continue"}
_CLOSES = {"stop", "continue"}
_MINOR = {"minor", "aeolian", "dorian", "phrygian", "locrian"}
"""Modes with a minor third."""


def read_guarded(read: Callable[[bytes, str], Piece], data: bytes, name: str) -> Piece:
    """What ``read``, which uses music21, makes of the bytes of the file ``name``.

    Raises nothing but MelodyError, and says nothing on the terminal.
    """
    try:
        with _silence():
            return read(data, name)
    except NotationError as error:
        raise ScoreError(f"{name}: {error}") from None
    except MelodyError:
        raise
    except Exception as error:  # music21 raises whatever its own code stumbles over
        what = " ".join(str(error).split())[:100]
        raise ScoreError(
            f"{name}: cannot be read as a score ({type(error).__name__}{what and ': '}{what}); "
            "export it again, or as another format"
        ) from None


@contextmanager
def _silence() -> Iterator[None]:
    """Keep what music21 warns of and prints from the user, who can do nothing about it."""
    with warnings.catch_warnings(), redirect_stderr(StringIO()), redirect_stdout(StringIO()):
        warnings.simplefilter("ignore")
        yield


def parts_of(score: Music21Object) -> list[Part]:
    """The parts of a music21 score at sounding pitch, repeats written out."""
    if any(player.transposition for player in score[instrument.Instrument]):
        score.toSoundingPitch(inPlace=True)
    brackets = list(score[spanner.RepeatBracket])
    return [_part(part, brackets) for part in score.getElementsByClass(stream.Part)]


def tempi_of(score: Music21Object) -> list[float]:
    """All tempi in order, in quarter notes per minute; words alone are none."""
    marks = [mark for mark in score[tempo.MetronomeMark] if not mark.numberImplicit]
    return [bpm for mark in marks if (bpm := mark.getQuarterBPM()) is not None]


def _part(score_part: Music21Object, brackets: list[Music21Object]) -> Part:
    part = Part(score_part.partName or "")
    measures = list(score_part.getElementsByClass(stream.Measure)) or [score_part]
    signs = [_signs(measure) for measure in measures]
    order = list(range(len(measures)))
    if has_repeats(signs):
        _endings(brackets, measures, signs)
        order = expand(signs)
        part.expanded = True
    written = [_written(measure) for measure in measures]
    place = Fraction(0)
    for index in order:
        played = written[index]
        part.measures.append(replace(played.measure, offset=place))
        part.heads += [replace(head, onset=place + head.onset) for head in played.heads]
        part.keys += [new for new in played.keys if part.keys[-1:] != [new]]
        place += played.measure.length
    part.graces = sum(measure.graces for measure in written)
    return part


def _signs(measure: Music21Object) -> Repeats:
    left, right = getattr(measure, "leftBarline", None), getattr(measure, "rightBarline", None)
    signs = Repeats()
    if isinstance(left, bar.Repeat):
        signs.forward = left.direction == "start"
    if isinstance(right, bar.Repeat) and right.direction == "end":
        signs.backward = max(1, (right.times or 2) - 1)
    for word in measure[repeat.RepeatExpression]:
        for kind, place in _JUMPS.items():
            if type(word).__name__.startswith(kind):  # DaCapoAlFine is no kind of DaCapo
                signs.jump = place
        signs.segno |= isinstance(word, repeat.Segno)
        signs.coda |= isinstance(word, repeat.Coda)
        signs.fine |= isinstance(word, repeat.Fine)
    return signs


def _endings(
    brackets: list[Music21Object], measures: list[Music21Object], signs: list[Repeats]
) -> None:
    """Enter the brackets of endings into ``signs``."""
    places = {id(measure): index for index, measure in enumerate(measures)}
    for bracket in brackets:
        spanned = [places[id(m)] for m in bracket.getSpannedElements() if id(m) in places]
        for index in spanned:
            signs[index].passes |= frozenset(bracket.numberRange)
        if spanned:
            signs[max(spanned)].closes = True


class _Written(NamedTuple):
    """A measure as it is written, its times from its own start."""

    measure: Measure
    heads: list[Head]
    keys: list[Key]
    graces: int


def _written(measure: Music21Object) -> _Written:
    flat = measure.flatten()
    numbered = isinstance(measure, stream.Measure)
    number = f"{measure.number}{measure.numberSuffix or ''}" if numbered else "1"
    signature = flat.getElementsByClass(meter.TimeSignature).first()
    length = Fraction(flat.highestTime)
    heads, graces = _heads(flat)
    return _Written(
        Measure(number, Fraction(0), length, _meter(signature)), heads, _keys(flat), graces
    )


def _heads(flat: Music21Object) -> tuple[list[Head], int]:
    """The heads of all its notes with a pitch, and how many grace notes are left out."""
    heads: list[Head] = []
    graces = 0
    for element in flat.notes:
        if isinstance(element, harmony.Harmony):  # a chord symbol
            continue
        if element.duration.isGrace:
            graces += 1
            continue
        onset, length = Fraction(element.offset), Fraction(element.quarterLength)
        for member in element.notes if isinstance(element, chord.Chord) else [element]:
            if isinstance(member, note.Note):  # else unpitched percussion
                tie = member.tie or element.tie
                kind = tie.type if tie else ""
                heads.append(
                    Head(onset, length, _pitch(member.pitch), kind in _OPENS, kind in _CLOSES)
                )
    return heads, graces


def _keys(flat: Music21Object) -> list[Key]:
    """The keys in order. A signature and a key of the same place, as in Humdrum, are one."""
    keys: dict[Fraction, Key] = {}
    for signature in flat.getElementsByClass(key.KeySignature):
        if signature.sharps is None or abs(signature.sharps) > 7:
            continue
        mode = getattr(signature, "mode", "major")
        read = Key(signature.sharps, "minor" if mode in _MINOR else "major")
        place = Fraction(signature.offset)
        if place not in keys or isinstance(signature, key.Key):
            keys[place] = read
    return list(keys.values())


def _pitch(spelled: Music21Object) -> Pitch | int:
    """As spelled, or where a song cannot spell it (quarter tones, triple sharps) its MIDI number.

    Raises NotationError beyond the range of pitches.
    """
    step, octave = spelled.step.lower(), spelled.implicitOctave
    alter: float = spelled.alter
    if alter == int(alter) and abs(alter) <= 2:
        return Pitch(step, int(alter), octave)
    return min(max(Pitch(step, 0, octave).midi + round(alter), 0), 127)


def _meter(signature: Music21Object) -> Meter | None:
    if signature is None or signature.numerator is None:
        return None
    try:
        return Meter(signature.numerator, signature.denominator)
    except NotationError:
        return None
