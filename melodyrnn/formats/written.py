"""The bars of a score as they are written, and the parts that are played from them.

A repeat, an ending or a jump holds for all parts, in whichever of them it stands.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from melodyrnn.formats.melody.assembly import LONGEST
from melodyrnn.formats.piece import Head, Measure, Part
from melodyrnn.music.song import Key, Meter


@dataclass
class WrittenBar:
    """A bar of one part."""

    number: str = ""  # as printed
    length: Fraction = Fraction(0)  # quarter notes
    meter: Meter | None = None  # if a time signature stands here
    heads: list[Head] = field(default_factory=list)  # their onsets from the start of the bar
    keys: list[Key] = field(default_factory=list)  # in order
    graces: int = 0  # grace notes left out
    syllables: int = 0  # sung words left out: so many notes have some
    chords: list[tuple[Fraction, str]] = field(default_factory=list)  # (place in the bar, symbol)


@dataclass
class WrittenPart:
    """One staff or spine."""

    name: str = ""
    bars: list[WrittenBar] = field(default_factory=list)

    def played(self, order: Sequence[int], *, expanded: bool) -> Part:
        """The part with its bars in this order; ``expanded`` says whether that writes out repeats.

        What would be longer than any melody is not gone on with.
        """
        part = Part(
            self.name,
            expanded=expanded,
            graces=sum(bar.graces for bar in self.bars),
            syllables=sum(bar.syllables for bar in self.bars),
        )
        place = Fraction(0)
        times: Counter[int] = Counter()
        for index in order:
            if index >= len(self.bars) or place > LONGEST:  # others may have more bars
                continue
            bar = self.bars[index]
            part.measures.append(Measure(bar.number, place, bar.length, bar.meter))
            times[index] += 1
            part.heads += [
                replace(head, onset=place + head.onset)
                for head in bar.heads
                if not head.passes or times[index] in head.passes
            ]
            part.chords += [(place + offset, name) for offset, name in bar.chords]
            part.keys += [new for new in bar.keys if part.keys[-1:] != [new]]
            place += bar.length
        return part
