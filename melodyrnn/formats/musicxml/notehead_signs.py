"""The signs at the heads of a bar in MusicXML's words: beams, tuplet brackets, accidentals."""

from fractions import Fraction

from melodyrnn.music.bars import Bar, tuplets
from melodyrnn.music.beams import beam_groups, levels
from melodyrnn.music.song import Key

ACCIDENTALS = {
    -2: "flat-flat",
    -1: "flat",
    0: "natural",
    1: "sharp",
    2: "double-sharp",
}
"""Semitones -> the name of the sign."""


def beams(bar: Bar) -> dict[Fraction, list[str]]:
    """Offset -> the word of each beam there, the outermost first."""
    words: dict[Fraction, list[str]] = {}
    for group in beam_groups(bar):
        if len(group) == 1:
            continue
        depths = [0, *map(levels, group), 0]
        for place, head in enumerate(group, 1):
            before, here, after = depths[place - 1 : place + 2]
            words[head.offset] = [
                _beam(before >= level, after >= level, first=place == 1)
                for level in range(1, here + 1)
            ]
    return words


def _beam(before: bool, after: bool, first: bool) -> str:
    if before and after:
        return "continue"
    if before or after:
        return "end" if before else "begin"
    return "forward hook" if first else "backward hook"


def brackets(bar: Bar) -> dict[Fraction, dict[str, bool]]:
    """Offset -> {"start" or "stop": whether a bracket is drawn}; a beam of its own needs none."""
    marks: dict[Fraction, dict[str, bool]] = {}
    beamed = set(beam_groups(bar))
    for group in tuplets(bar.heads):
        if group[0].value.tuplet:
            bracket = len(group) == 1 or group not in beamed
            marks.setdefault(group[0].offset, {})["start"] = bracket
            marks.setdefault(group[-1].offset, {})["stop"] = bracket
    return marks


def accidentals(bar: Bar, key: Key) -> dict[Fraction, str]:
    """Offset -> the accidental to print, where the signature and the bar so far say otherwise."""
    shown: dict[Fraction, str] = {}
    valid: dict[tuple[str, int], int | None] = {}
    for head in bar.heads:
        if head.pitch is None:
            continue
        step, alter, octave = head.pitch.step, head.pitch.alter, head.pitch.octave
        place = (step, octave)
        if head.tied and place not in valid:
            if alter != key.alter(step):
                valid[place] = None  # tied over the bar line: whatever follows says what it is
        elif valid.get(place, key.alter(step)) != alter:
            shown[head.offset] = ACCIDENTALS[alter]
            valid[place] = alter
    return shown
