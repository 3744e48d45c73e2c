"""A music21 score -> the parts of a piece."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from fractions import Fraction
from io import StringIO
from typing import Any

from music21 import chord, harmony, instrument, key, meter, note, repeat, spanner, stream, tempo

from melodyrnn.errors import NotationError
from melodyrnn.music.score_piece import Head, Measure, Part
from melodyrnn.music.song import Key, Meter, Pitch

_OPENS = {"start", "continue"}
_CLOSES = {"stop", "continue"}
_MINOR = {"minor", "aeolian", "dorian", "phrygian", "locrian"}
"""Modes with a minor third."""


@contextmanager
def silence() -> Iterator[None]:
    """Keep what music21 warns of and prints from the user, who can do nothing about it."""
    with warnings.catch_warnings(), redirect_stderr(StringIO()), redirect_stdout(StringIO()):
        warnings.simplefilter("ignore")
        yield


def parts_of(score: Any, decided: list[str]) -> list[Part]:
    """The parts of a music21 score at sounding pitch, repeats written out.

    Adds to ``decided`` what should be said of it.
    """
    if any(player.transposition for player in score[instrument.Instrument]):
        score.toSoundingPitch(inPlace=True)
    return [_part(part, decided) for part in score.getElementsByClass(stream.Part) or [score]]


def tempi_of(score: Any) -> list[float]:
    """All tempi in order, in quarter notes per minute; words alone are none."""
    marks = [mark for mark in score[tempo.MetronomeMark] if not mark.numberImplicit]
    return [bpm for mark in marks if (bpm := mark.getQuarterBPM()) is not None]


def _part(score_part: Any, decided: list[str]) -> Part:
    part = Part(score_part.partName or "")
    if _repeats(score_part):
        try:
            score_part = score_part.expandRepeats()
            part.expanded = True
        except (repeat.ExpanderException, spanner.SpannerException):
            text = "repeats that do not match are not played; write them out to hear them"
            if text not in decided:
                decided.append(text)
    measures = list(score_part.getElementsByClass(stream.Measure)) or [score_part]
    place = Fraction(0)
    for measure in measures:
        flat = measure.flatten()
        length = Fraction(flat.highestTime)
        signature = flat.getElementsByClass(meter.TimeSignature).first()
        number = (
            f"{measure.number}{measure.numberSuffix or ''}" if measure is not score_part else "1"
        )
        part.measures.append(Measure(number, place, length, _meter(signature)))
        for signature in flat.getElementsByClass(key.KeySignature):
            read = _key(signature)
            if read and part.keys[-1:] != [read]:
                part.keys.append(read)
        _read_heads(flat, place, part)
        place += length
    return part


def _repeats(part: Any) -> bool:
    marks = (repeat.RepeatMark, repeat.RepeatExpression, spanner.RepeatBracket)
    return any(bool(part[kind]) for kind in marks) or any(
        isinstance(line, repeat.RepeatMark)
        for measure in part.getElementsByClass(stream.Measure)
        for line in (measure.leftBarline, measure.rightBarline)
    )


def _read_heads(flat: Any, place: Fraction, part: Part) -> None:
    for element in flat.notes:
        if isinstance(element, harmony.Harmony) or element.style.noteSize == "cue":
            continue
        if element.duration.isGrace:
            part.graces += 1
            continue
        members = element.notes if isinstance(element, chord.Chord) else [element]
        for member in members:
            if not isinstance(member, note.Note):  # unpitched percussion
                continue
            tie = (member.tie or element.tie).type if (member.tie or element.tie) else ""
            part.heads.append(
                Head(
                    place + Fraction(element.offset),
                    Fraction(element.quarterLength),
                    _pitch(member.pitch),
                    tie in _OPENS,
                    tie in _CLOSES,
                )
            )


def _pitch(pitch: Any) -> Pitch | int:
    """As spelled, or where we cannot spell it (quarter tones, triple sharps) its MIDI number."""
    try:
        if pitch.alter == int(pitch.alter):
            return Pitch(pitch.step.lower(), int(pitch.alter), pitch.implicitOctave)
    except NotationError:
        pass
    return int(min(max(round(pitch.ps), 0), 127))


def _meter(signature: Any) -> Meter | None:
    if signature is None or signature.numerator is None:
        return None
    try:
        return Meter(signature.numerator, signature.denominator)
    except NotationError:
        return None


def _key(signature: Any) -> Key | None:
    if signature.sharps is None or abs(signature.sharps) > 7:
        return None
    mode = getattr(signature, "mode", "major")
    return Key(signature.sharps, "minor" if mode in _MINOR else "major")
