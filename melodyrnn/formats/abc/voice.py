"""One voice of an ABC tune while it is read: what holds from note to note and from bar to bar."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Self

from melodyrnn.errors import NotationError
from melodyrnn.formats.abc.fields import ALTERS, default_unit
from melodyrnn.formats.abc.parts import played
from melodyrnn.formats.abc.sounding import Sounding
from melodyrnn.formats.piece import Head, Measure, Part
from melodyrnn.formats.repeats import MOST_PASSES, Repeats, has_repeats
from melodyrnn.limits import FINENESS, NOTES, VALUE
from melodyrnn.music.chord_symbols import transpose_chord
from melodyrnn.music.pitch import transposed
from melodyrnn.music.song import Key, Meter, Pitch

_INVISIBLE = "[|]"
"""A bar line that is not drawn, and ends nothing but its bar."""


@dataclass
class AbcBar(Repeats):
    """A bar as it is written."""

    heads: list[Head] = field(default_factory=list)  # their onsets from the start of the bar
    length: Fraction = Fraction(0)  # quarter notes
    meter: Meter | None = None  # if a signature stands here
    chords: list[tuple[Fraction, str]] = field(default_factory=list)  # (place, symbol)


@dataclass
class AbcVoice:
    """One voice while it is read."""

    name: str = ""
    meter: Meter | None = None
    unit: Fraction | None = None  # quarter notes
    key: Key = field(default_factory=Key)
    extra: dict[str, int] = field(default_factory=dict)  # of the key
    sounding: Sounding = field(default_factory=Sounding)
    propagation: str = "pitch"  # how far accidentals hold: "not", "octave" or "pitch"
    bars: list[AbcBar] = field(default_factory=list)
    bar: AbcBar = field(default_factory=AbcBar)
    parts: dict[int, str] = field(default_factory=dict)  # index of a bar -> the part it begins
    keys: list[Key] = field(default_factory=list)  # as they sound
    graces: int = 0
    heads: int = 0  # how many were read
    # Within the bar.
    altered: dict[tuple[str, int], int] = field(default_factory=dict)  # (step, octave or 0)
    # Between one note and the next.
    last: tuple[int, Fraction, Fraction] | None = None  # its first head, onset and length
    stretch: Fraction = Fraction(1)  # what a broken rhythm leaves for the next
    broken: tuple[AbcBar, int, Fraction, Fraction] | None = None  # the last, as it was before
    unequal: int = 0  # broken rhythms left out
    tuplet: tuple[int, Fraction] = (0, Fraction(1))  # notes left, factor
    tied: dict[tuple[str, int], int] = field(default_factory=dict)  # (step, octave) -> alter
    tied_to_endings: dict[tuple[str, int], int] = field(default_factory=dict)  # from before them

    def begun(self, sounding: Sounding) -> Self:
        """A voice that begins as this one stands, and sounds so."""
        higher = sounding.semitones - self.sounding.semitones
        return replace(
            self,
            sounding=sounding,
            bars=[],
            bar=AbcBar(meter=self.meter),
            parts=dict(self.parts),
            keys=[key.transpose(higher) for key in self.keys],
            altered={},
            tied={},
            tied_to_endings={},
        )

    def length(self, match: re.Match[str], prefix: str = "") -> Fraction:
        return ratio(match, prefix) * (self.unit or default_unit(self.meter))

    def play(self, pitches: list[Pitch], length: Fraction, ties: Iterable[Pitch] = ()) -> None:
        """A note, a chord or (without pitches) a rest comes next."""
        left, factor = self.tuplet
        if left:
            length *= factor
            self.tuplet = left - 1, factor
        if self.broken and self.broken[-1] != length:
            self._mend(*self.broken)
        self.broken = None
        length *= self.stretch
        self.stretch = Fraction(1)
        onset = self.bar.length
        self.last = len(self.bar.heads), onset, length
        self.heads += len(pitches)
        NOTES.check(self.heads, "", NotationError)
        for pitch in pitches:
            ends = (pitch.step, pitch.octave) in self.tied
            self.bar.heads.append(Head(onset, length, pitch, pitch in ties, ends))
        self.tied = {(pitch.step, pitch.octave): pitch.alter for pitch in ties}
        self.bar.length = _fine(onset + length)

    def tie(self) -> None:
        """Tie the last note, or all of the last chord, to the next."""
        for index, head in self._last_heads():
            self.bar.heads[index] = replace(head, starts_tie=True)
            if isinstance(head.pitch, Pitch):
                self.tied[head.pitch.step, head.pitch.octave] = head.pitch.alter

    def breaks(self, mark: str) -> None:
        """A broken rhythm: the last note gains what the next one loses, or the reverse.

        Between notes of unequal lengths the standard does not define it, and none is meant: bars
        that have such add up as they are written.
        """
        if self.last is None:
            return
        if self.stretch != 1:
            raise NotationError("two broken rhythms in a row; write one, such as '>>'")
        short = Fraction(1, 2 ** len(mark))
        stretch, self.stretch = (2 - short, short) if mark[0] == ">" else (short, 2 - short)
        first, onset, length = self.last
        self.broken = self.bar, *self.last
        for index, head in self._last_heads():
            self.bar.heads[index] = replace(head, length=length * stretch)
        self.last = first, onset, length * stretch
        self.bar.length = onset + length * stretch

    def _mend(self, bar: AbcBar, first: int, onset: Fraction, length: Fraction) -> None:
        """The last note, wherever its bar is by now, becomes as long as it is written."""
        bar.heads[first:] = [replace(head, length=length) for head in bar.heads[first:]]
        bar.length = onset + length
        self.stretch = Fraction(1)
        self.unequal += 1

    def _last_heads(self) -> list[tuple[int, Head]]:
        first = self.last[0] if self.last else len(self.bar.heads)
        return list(enumerate(self.bar.heads[first:], first))

    def pitch(self, match: re.Match[str]) -> Pitch:
        """Raises NotationError beyond the range of pitches."""
        step = match["step"].lower()
        octave = 4 + match["step"].islower() + match["marks"].count("'") - match["marks"].count(",")
        place = step, octave if self.propagation == "octave" else 0
        if match["sign"]:
            alter = ALTERS[match["sign"]]
            if self.propagation != "not":
                self.altered[place] = alter
        elif place in self.altered:
            alter = self.altered[place]
        else:
            alter = self.tied.get((step, octave), self.extra.get(step, self.key.alter(step)))
        return Pitch(step, alter, octave)

    def end_bar(self, line: str = "", passes: str | None = None) -> None:
        """``line`` is the sign of the bar line, "" for none; an ending for ``passes`` follows."""
        stem = line.strip(":")
        before, after = (
            (line, line) if line and not stem else line.split(stem) if stem else ("", "")
        )
        if self.bar.length:
            self._complete()
        if line != ":" and self.bars:  # a single colon is a dotted line
            self.bars[-1].backward += len(before) if stem else len(before) // 2
            self.bars[-1].closes |= len(stem) > 1 and stem != _INVISIBLE
            self.bars[-1].double |= len(stem) > 1 and stem != _INVISIBLE
        self.bar.forward |= line != ":" and bool(after)
        if passes:
            self._begin_ending(_numbers(passes))
        self.altered.clear()
        self.last = None

    def _complete(self) -> None:
        """The bar is at its end, and its pitches become those that sound."""
        semitones = self.sounding.semitones
        if semitones:
            key = self.key.transpose(semitones)
            fifths = key.fifths - self.key.fifths
            self.bar.heads = [
                replace(head, pitch=transposed(head.pitch, semitones, fifths, key))
                for head in self.bar.heads
                if isinstance(head.pitch, Pitch)
            ]
            self.bar.chords = [
                (place, transpose_chord(name, semitones, fifths, key))
                for place, name in self.bar.chords
            ]
        self.bars.append(self.bar)
        self.bar = AbcBar()

    def may_begin_ending(self, passes: str) -> bool:
        """Whether this may be the first ending, or another behind one that is repeated."""
        follows = bool(self.bars) and self.bars[-1].backward > 0
        return not self.bar.length and (1 in _numbers(passes) or follows)

    def _begin_ending(self, passes: frozenset[int]) -> None:
        """What was tied to the first ending is tied to the others too."""
        if 1 in passes:
            self.tied_to_endings = dict(self.tied)
        else:
            self.tied = dict(self.tied_to_endings)
        self.bar.passes |= passes

    def begin_part(self, name: str) -> None:
        """A part of that name begins here."""
        if self.bar.length:
            self.end_bar()
        self.parts[len(self.bars)] = name

    def sign_key(self, key: Key, extra: dict[str, int]) -> None:
        """A key signature."""
        self.key, self.extra = key, extra
        heard = key.transpose(self.sounding.semitones)
        if self.keys[-1:] != [heard]:
            self.keys.append(heard)

    def sign(self, meter: Meter | None) -> None:
        """A time signature, which begins a bar."""
        if self.bar.length:
            self.end_bar()
        self.meter = self.bar.meter = meter

    def part(self, order: Sequence[str], parts: Mapping[int, str], name: str) -> Part:
        """All of it as it is played, by the order of the parts (see ``played``).

        ``parts`` are those of the voice that has any. Raises ScoreError.
        """
        if self.bar.length:
            self.end_bar()
        bars = self.bars
        parts = self.parts or parts
        expanded = has_repeats(bars) or bool(order and parts)
        part = Part(self.name, keys=self.keys, graces=self.graces, expanded=expanded)
        full = bars[0].meter.bar if bars and bars[0].meter else Fraction(4)
        pickup = len(bars) > 1 and bars[0].length < full and bars[1].meter in (None, bars[0].meter)
        place = Fraction(0)
        for index in played(bars, parts, order, name):
            bar = bars[index]
            number = str(index + (0 if pickup else 1))
            part.measures.append(Measure(number, place, bar.length, bar.meter))
            part.heads += [replace(head, onset=place + head.onset) for head in bar.heads]
            part.chords += [(place + offset, name) for offset, name in bar.chords]
            place = _fine(place + bar.length)
            NOTES.check(len(part.heads), "", NotationError)
        return part


def _fine(place: Fraction) -> Fraction:
    """``place``, in quarter notes. Raises NotationError where its fraction has grown."""
    FINENESS.check(place.denominator, "", NotationError)
    return place


def ratio(match: re.Match[str], prefix: str) -> Fraction:
    """The number behind a note: ``3/2``, ``/4``, ``//``."""
    times = int(match[f"{prefix}times"] or 1)
    slashes, over = match[f"{prefix}slashes"], match[f"{prefix}over"]
    below = int(over) if over and slashes else 2 ** min(len(slashes), 12)
    if not times or not below:
        raise NotationError(f"a length of '{match[0]}' units; lengths are greater than 0")
    return Fraction(times, below)


def _numbers(passes: str) -> frozenset[int]:
    """``1,3-5`` -> 1, 3, 4, 5."""
    numbers: set[int] = set()
    for span in re.finditer(r"(\d{1,3})(?:-(\d{1,3}))?", passes[: VALUE.most]):
        first, last = map(int, span.groups(span[1]))
        numbers.update(range(first, min(last, first + MOST_PASSES) + 1))
    return frozenset(numbers)
