"""One voice of an ABC tune while it is read: what holds from note to note and from bar to bar."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from melodyrnn.errors import NotationError
from melodyrnn.formats.abc.fields import ALTERS, default_unit
from melodyrnn.formats.piece import Head, Measure, Part
from melodyrnn.formats.repeats import MOST_PASSES, Repeats, expand, has_repeats
from melodyrnn.limits import FINENESS, NOTES, VALUE
from melodyrnn.music.song import Key, Meter, Pitch


@dataclass
class AbcBar(Repeats):
    """A bar as it is written."""

    heads: list[Head] = field(default_factory=list)  # their onsets from the start of the bar
    length: Fraction = Fraction(0)  # quarter notes
    meter: Meter | None = None  # if a signature stands here


@dataclass
class AbcVoice:
    """One voice while it is read."""

    name: str = ""
    meter: Meter | None = None
    unit: Fraction | None = None  # quarter notes
    key: Key = field(default_factory=Key)
    extra: dict[str, int] = field(default_factory=dict)  # of the key
    bars: list[AbcBar] = field(default_factory=list)
    bar: AbcBar = field(default_factory=AbcBar)
    keys: list[Key] = field(default_factory=list)
    graces: int = 0
    heads: int = 0  # how many were read
    # Within the bar.
    altered: dict[str, int] = field(default_factory=dict)
    # Between one note and the next.
    last: tuple[int, Fraction, Fraction] | None = None  # its first head, onset and length
    stretch: Fraction = Fraction(1)  # what a broken rhythm leaves for the next
    tuplet: tuple[int, Fraction] = (0, Fraction(1))  # notes left, factor
    tied: dict[tuple[str, int], int] = field(default_factory=dict)  # (step, octave) -> alter

    def length(self, match: re.Match[str], prefix: str = "") -> Fraction:
        return ratio(match, prefix) * (self.unit or default_unit(self.meter))

    def play(self, pitches: list[Pitch], length: Fraction, ties: Iterable[Pitch] = ()) -> None:
        """A note, a chord or (without pitches) a rest comes next."""
        left, factor = self.tuplet
        if left:
            length *= factor
            self.tuplet = left - 1, factor
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
        """A broken rhythm: the last note gains what the next one loses, or the reverse."""
        if self.last is None:
            return
        if self.stretch != 1:
            raise NotationError("two broken rhythms in a row; write one, such as '>>'")
        short = Fraction(1, 2 ** len(mark))
        stretch, self.stretch = (2 - short, short) if mark[0] == ">" else (short, 2 - short)
        first, onset, length = self.last
        for index, head in self._last_heads():
            self.bar.heads[index] = replace(head, length=length * stretch)
        self.last = first, onset, length * stretch
        self.bar.length = onset + length * stretch

    def _last_heads(self) -> list[tuple[int, Head]]:
        first = self.last[0] if self.last else len(self.bar.heads)
        return list(enumerate(self.bar.heads[first:], first))

    def pitch(self, match: re.Match[str]) -> Pitch:
        """Raises NotationError beyond the range of pitches."""
        step = match["step"].lower()
        octave = 4 + match["step"].islower() + match["marks"].count("'") - match["marks"].count(",")
        if match["sign"]:
            alter = self.altered[step] = ALTERS[match["sign"]]
        elif step in self.altered:
            alter = self.altered[step]
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
            self.bars.append(self.bar)
            self.bar = AbcBar()
        if line != ":" and self.bars:  # a single colon is a dotted line
            self.bars[-1].backward += len(before) if stem else len(before) // 2
            self.bars[-1].closes |= len(stem) > 1
        self.bar.forward |= line != ":" and bool(after)
        self.bar.passes |= _numbers(passes or "")
        self.altered.clear()
        self.last = None

    def sign(self, meter: Meter | None) -> None:
        """A time signature, which begins a bar."""
        if self.bar.length:
            self.end_bar()
        self.meter = self.bar.meter = meter

    def part(self) -> Part:
        if self.bar.length:
            self.end_bar()
        bars = self.bars
        part = Part(self.name, keys=self.keys, graces=self.graces, expanded=has_repeats(bars))
        full = bars[0].meter.bar if bars and bars[0].meter else Fraction(4)
        pickup = len(bars) > 1 and bars[0].length < full and bars[1].meter in (None, bars[0].meter)
        place = Fraction(0)
        for index in expand(bars):
            bar = bars[index]
            number = str(index + (0 if pickup else 1))
            part.measures.append(Measure(number, place, bar.length, bar.meter))
            part.heads += [replace(head, onset=place + head.onset) for head in bar.heads]
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
