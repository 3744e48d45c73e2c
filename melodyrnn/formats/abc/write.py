"""A song as a tune in ABC notation (the standard 2.1), as text.

What ABC cannot say: a tempo is rounded to six digits, the lengths of adjacent rests to those
that bar lines leave, and a song's ``codes`` are not in it.
"""

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from melodyrnn.music.bars import Bar, Written, bars, tuplets
from melodyrnn.music.beams import beam_groups
from melodyrnn.music.durations import COMMON_TUPLETS, tuplet_ratio
from melodyrnn.music.song import Key, Meter, Note, Pitch, Song

ACCIDENTALS = {-2: "__", -1: "_", 0: "=", 1: "^", 2: "^^"}
UNIT = Fraction(1, 2)
"""The length of a note without a number (``L:1/8``), in quarter notes."""

_BARS_A_LINE = 4
_TUPLET_SIZE = 9  # what ``(3:2:9`` can count with one digit; a longer group becomes several


def abc(song: Song) -> str:
    """The song as one ABC tune: headers, then four bars a line."""
    laid = _bars(song)
    chords = {place: f'"{name}"' for place, name in song.chords}
    changes = {offset for offset, _ in song.meter_changes}
    written = [_bar(bar, song.key, chords, bar.offset in changes) for bar in laid]
    ends = ["|" for _ in written[:-1]] + ["|]" for _ in written[-1:]]
    measures = [f"{text} {end}" for text, end in zip(written, ends, strict=True)]
    # A pickup stands on the line of the first full bar.
    first = _BARS_A_LINE + (1 if song.pickup else 0)
    starts = [0, *range(first, len(measures), _BARS_A_LINE)]
    stops = [*starts[1:], len(measures)]
    lines = [" ".join(measures[a:b]) for a, b in zip(starts, stops, strict=True)]
    return "\n".join([*_headers(song), *filter(None, lines)]) + "\n"


def _headers(song: Song) -> Iterator[str]:
    yield "%abc-2.1"
    yield "X:1"
    yield f"T:{_text(song.title)}"
    if song.composer:
        yield f"C:{_text(song.composer)}"
    yield f"M:{song.meter}"
    yield f"L:{UNIT / 4}"
    if song.tempo is not None:
        yield _tempo(song.tempo, song.meter)
    yield f"K:{_key(song.key)}"


def _text(text: str) -> str:
    """``text`` with what would start a comment or an escape escaped."""
    for mark in "\\%&":
        text = text.replace(mark, f"\\{mark}")
    return text


def _tempo(tempo: float, meter: Meter) -> str:
    """In beats per minute where that is a short number, else in quarter notes."""
    beats = f"{tempo / float(meter.beat):.6g}"
    if float(beats) * float(meter.beat) == tempo:
        beat = meter.beat / 4
        return f"Q:{beat.numerator}/{beat.denominator}={beats}"
    return f"Q:1/4={tempo:.6g}"


def _key(key: Key) -> str:
    step, alter = key.tonic
    return f"{step.upper()}{'#' * alter}{'b' * -alter}{'m' if key.mode == 'minor' else ''}"


def _bars(song: Song) -> list[Bar]:
    """The song in bars. A note over which a chord symbol stands is split there, ABC's only way."""
    notes: list[Note] = []
    cuts: set[Fraction] = set()  # where a note goes on
    places = deque(place for place, _ in song.chords)
    for note, start in zip(song.notes, song.offsets, strict=True):
        end = start + note.duration
        while places and places[0] < end:
            if (place := places.popleft()) > start:
                notes.append(replace(note, duration=place - start))
                cuts |= {place} if note.pitch else set()
                start = place
        notes.append(replace(note, duration=end - start))
    laid = list(bars(replace(song, notes=tuple(notes), codes=()) if song.chords else song))
    return [_joined(bar, cuts) for bar in laid] if cuts else laid


def _joined(bar: Bar, cuts: Collection[Fraction]) -> Bar:
    """The bar, its heads that end at one of the cuts tied to the next."""
    ends = [head.offset + head.value.duration for head in bar.heads]
    heads = (
        replace(head, tie=head.tie or end in cuts)
        for head, end in zip(bar.heads, ends, strict=True)
    )
    return replace(bar, heads=tuple(heads))


def _bar(bar: Bar, key: Key, chords: Mapping[Fraction, str], change: bool) -> str:
    """The bar's heads, those under one beam written together."""
    signs = _accidentals(bar, key)
    opened = _tuplet_marks(bar)
    groups = [
        "".join(
            opened.get(head, "") + chords.get(head.offset, "") + signs.get(head, "") + _head(head)
            for head in group
        )
        for group in beam_groups(bar)
    ]
    return " ".join([f"[M:{bar.meter}]"] * change + groups)


def _accidentals(bar: Bar, key: Key) -> dict[Written, str]:
    """Head -> its accidental, where it needs one.

    Readers differ in whether an accidental holds for its octave or for all of them, and in
    whether a tie carries it over the bar line: one is written wherever any of them needs it.
    """
    signs: dict[Written, str] = {}
    here: dict[tuple[str, int], int] = {}
    anywhere: dict[str, int] = {}
    for head in bar.heads:
        if head.pitch is None:
            continue
        step, alter, octave = head.pitch.step, head.pitch.alter, head.pitch.octave
        signed = key.alter(step)
        if here.get((step, octave), signed) != alter or anywhere.get(step, signed) != alter:
            signs[head] = ACCIDENTALS[alter]
            here[step, octave] = anywhere[step] = alter
    return signs


def _tuplet_marks(bar: Bar) -> dict[Written, str]:
    """First head of a tuplet -> what opens it: ``(3``, or ``(3:2:n`` for n notes of any values."""
    marks: dict[Written, str] = {}
    for group in tuplets(bar.heads):
        if not (word := _tuplet(group[0])):
            continue
        actual, normal = tuplet_ratio(word)
        for start in range(0, len(group), _TUPLET_SIZE):
            count = len(group[start : start + _TUPLET_SIZE])
            short = count == actual and word in COMMON_TUPLETS
            marks[group[start]] = f"({actual}" if short else f"({actual}:{normal}:{count}"
    return marks


def _tuplet(head: Written) -> str:
    """That in which a head stands; one of more notes than a digit can count is told by lengths."""
    word = head.value.tuplet
    return word if tuplet_ratio(word)[0] <= _TUPLET_SIZE else ""


def _head(head: Written) -> str:
    actual, normal = tuplet_ratio(_tuplet(head))
    name = _pitch(head.pitch) if head.pitch else "z"
    return name + _length(head.value.duration * actual / normal / UNIT) + "-" * head.tie


def _pitch(pitch: Pitch) -> str:
    if pitch.octave >= 5:
        return pitch.step + "'" * (pitch.octave - 5)
    return pitch.step.upper() + "," * (4 - pitch.octave)


def _length(units: Fraction) -> str:
    """``""``, ``3``, ``/2`` or ``3/2``."""
    above = "" if units.numerator == 1 else str(units.numerator)
    return above + (f"/{units.denominator}" if units.denominator > 1 else "")
