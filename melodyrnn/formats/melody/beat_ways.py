"""All ways to divide each quarter note so that played onsets fall on places of a pattern."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from melodyrnn.formats.melody.beat_patterns import PARTS

TOGETHER = 9.0
"""Two notes at one place, of which one is left out: the log-odds against it."""
_UNLIKELY = 24 * 0.06**2
"""How much more than others the squares of the deviations of a quarter note's notes may sum to."""
_WAYS = 32
"""So many ways to begin a quarter note are followed up …"""
_DEVIATION = 0.04
"""… the likeliest if notes deviate by so much of a quarter note."""

Place = int | Fraction
"""From the start of a pattern, in 24ths of its length."""
Division = tuple[Place, ...]
"""A pattern, or what stands in its stead where places are known."""


class Way(NamedTuple):
    """The notes of one quarter note, up to ``stop``, at the places of a pattern."""

    stop: int
    pattern: Division
    squares: float  # of the deviations, beyond those from the nearest places
    shared: int  # notes at the place of the one before
    places: Division  # of each note


Ways = dict[int, list[Way]]
"""Of a quarter note, the number of its first note -> ways to place it and those that follow."""


class Onsets:
    """Played onsets, those whose places are ``known``, and the patterns there are.

    Lengths are in 24ths of a pattern's, of which ``quarter`` are a quarter note. A note is played
    within ``reach`` of its place.
    """

    def __init__(
        self,
        played: Sequence[float],
        known: Sequence[Place | None],
        patterns: Iterable[tuple[int, ...]],
        reach: float,
        quarter: float,
    ) -> None:
        self.played, self.known, self.reach = played, known, reach
        self.whole: set[Division] = set(patterns)
        self.begun: set[Division] = {each[:end] for each in self.whole for end in range(len(each))}
        self.begun |= self.whole
        self.slots = sorted({int(place) for pattern in self.whole for place in pattern})
        self.spans = [self._beats(note) for note in range(len(played))]
        self.beats = sorted({beat for span in self.spans for beat in span})
        self.nearest = self._nearest()
        self.unlikely = _UNLIKELY * quarter**2
        self.precision = 1 / (2 * (_DEVIATION * quarter) ** 2)

    def ways(self) -> list[Ways]:
        """Of each of ``beats``, the quarter notes that may have notes."""
        ways: list[Ways] = []
        starts = {0}
        for beat, after in zip(self.beats, [*self.beats[1:], None], strict=True):
            found = {start: self._ways(start, beat, after) for start in sorted(starts)}
            starts = {way.stop for some in found.values() for way in some}
            ways.append(found)
        return ways

    def _beats(self, note: int) -> range:
        """The quarter notes to which a note may belong."""
        if (place := self.known[note]) is not None:
            return range(int(place // PARTS), int(place // PARTS) + 1)
        onset = self.played[note]
        first, last = (onset - self.reach) // PARTS, (onset + self.reach) // PARTS
        return range(max(0, int(first)), int(last) + 1)

    def _nearest(self) -> list[float]:
        """The sums of the squares of all deviations up to each note, from any place at all."""
        sums = [0.0]
        slots = [*self.slots, PARTS]
        for onset, place in zip(self.played, self.known, strict=True):
            least = 0.0 if place is not None else min(abs(onset % PARTS - slot) for slot in slots)
            sums.append(sums[-1] + least**2)
        return sums

    def _ways(self, start: int, beat: int, after: int | None) -> list[Way]:
        """Ways to place notes from ``start`` on in ``beat``, ``after`` the next that has any."""
        found: list[Way] = []
        begun: Mapping[Division, Way] = {(): Way(start, (), 0.0, 0, ())}
        count = len(self.played)
        note = start
        while begun:
            if note == count or (after is not None and self.spans[note][-1] >= after):
                found += self._ended(start, note, begun)
            if note == count:
                break
            begun = self._longer(note, beat, begun)
            note += 1
        return found

    def _ended(self, start: int, stop: int, begun: Mapping[Division, Way]) -> Iterable[Way]:
        """Those of the ways that may end at a note, without what is out of the question."""
        done = [way for pattern, way in begun.items() if self._may_end(pattern)]
        beside = self.nearest[stop] - self.nearest[start]
        most = min((way.squares for way in done), default=0.0) + self.unlikely
        return [way._replace(squares=way.squares - beside) for way in done if way.squares <= most]

    def _may_end(self, pattern: Division) -> bool:
        return pattern in self.whole or pattern not in self.begun

    def _longer(self, note: int, beat: int, begun: Mapping[Division, Way]) -> dict[Division, Way]:
        """The best way to each pattern that is begun, with a note more."""
        first = beat * PARTS
        known = self.known[note]
        onset = self.played[note] - first
        low = bisect_left(self.slots, onset - self.reach)
        slots = self.slots[low : bisect_right(self.slots, onset + self.reach)]
        longer: dict[Division, Way] = {}
        for pattern, way in begun.items():
            last = pattern[-1] if pattern else -1
            if known is not None:
                place = known - first
                options: list[Place] = [place] if 0 <= place < PARTS and last <= place else []
            else:
                options = [slot for slot in slots if slot > last]
                if pattern and abs(onset - last) <= self.reach:
                    options.append(last)
            for place in options:
                shared = place == last
                after = pattern if shared else (*pattern, place)
                if known is None and after not in self.begun and pattern in self.begun:
                    continue
                squares = way.squares if known is not None else way.squares + (onset - place) ** 2
                further = Way(note + 1, after, squares, way.shared + shared, (*way.places, place))
                old = longer.get(after)
                if old is None or self._cost(further) < self._cost(old):
                    longer[after] = further
        if len(longer) > _WAYS:
            likeliest = sorted(longer.values(), key=self._cost)[:_WAYS]
            return {way.pattern: way for way in likeliest}
        return longer

    def _cost(self, way: Way) -> float:
        """The log-odds against a way, of its notes alone."""
        return way.squares * self.precision + TOGETHER * way.shared
