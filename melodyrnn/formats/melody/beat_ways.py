"""All ways to divide each quarter note so that played onsets fall on places of a pattern."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from melodyrnn.formats.melody.beat_patterns import PARTS
from melodyrnn.formats.melody.pattern_tree import Branch, Division, Place

_TOGETHER = 9.0
"""Two notes at one place, of which one is left out: the log-odds against it."""
_UNLIKELY = 24 * 0.06**2
"""How much more than others the squares of the deviations of a quarter note's notes may sum to."""
_HOPELESS = 16.0
"""Log-odds by which a way is less probable than others at first, to be given up …"""
_FIRST = 0.03
"""… if notes deviate by so much of a quarter note."""
_WAYS = 32
"""So many ways to begin a quarter note are followed up …"""
_DEVIATION = 0.04
"""… the likeliest if notes deviate by so much of a quarter note."""

_Begun = tuple[float, float, float, Place, "_Begun | None"]
"""Of the best way to a branch: the log-odds against its notes, for which the smallest counts; the
squares of their deviations; the log-odds against notes at the place of the one before; the place
of the last note, and the same without that note. (A tuple, for there are thousands.)"""


class Way(NamedTuple):
    """The notes of one quarter note, from ``start`` up to ``stop``, at the places of a pattern."""

    start: int
    stop: int
    pattern: Branch
    squares: float  # of the deviations, beyond those from the nearest places
    crowded: float  # the log-odds against notes at the place of the one before
    odds: float  # its log-odds if notes deviate by _FIRST, and before the melody is known
    begun: _Begun  # how the pattern came about

    def places(self) -> list[Place]:
        """Of each note, the last first."""
        found: list[Place] = []
        begun = self.begun
        while begun[4] is not None:
            found.append(begun[3])
            begun = begun[4]
        return found


class Onsets:
    """Played onsets, those whose places are ``known``, and the patterns there are (a ``tree``).

    Lengths are in 24ths of a pattern's, of which ``quarter`` are a quarter note. A note is played
    within ``reach`` of its place, which is one of ``slots``.
    """

    def __init__(
        self,
        played: Sequence[float],
        known: Sequence[Place | None],
        tree: Branch,
        slots: Sequence[int],
        reach: float,
        quarter: float,
    ) -> None:
        self.played, self.known, self.reach = played, known, reach
        self.tree, self.slots = tree, slots
        self.others: dict[Division, Branch] = {}  # divisions that are in no tree
        self.spans = [self._beats(note) for note in range(len(played))]
        self.beats = sorted({beat for span in self.spans for beat in span})
        self.nearest = self._nearest()
        self.unlikely = _UNLIKELY * quarter**2
        self.precision = 1 / (2 * (_DEVIATION * quarter) ** 2)
        self.first_precision = 1 / (2 * (_FIRST * quarter) ** 2)

    def ways(self) -> list[list[Way]]:
        """Of each of ``beats``, the quarter notes that may have notes, by the first of its notes.

        Those that are far less probable than another from the same note to the same are not among
        them.
        """
        ways: list[list[Way]] = []
        starts = {0}
        for beat, after in zip(self.beats, [*self.beats[1:], None], strict=True):
            found = [way for start in sorted(starts) for way in self._ways(start, beat, after)]
            starts = {way.stop for way in found}
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
            least = 0.0
            if place is None:
                in_beat = onset % PARTS
                above = bisect_right(slots, in_beat)  # the first slot is 0, and the last beyond
                least = min(in_beat - slots[above - 1], slots[above] - in_beat)
            sums.append(sums[-1] + least**2)
        return sums

    def _ways(self, start: int, beat: int, after: int | None) -> Iterator[Way]:
        """Ways to place notes from ``start`` on in ``beat``, ``after`` the next that has any."""
        begun: dict[Branch, _Begun] = {self.tree: (0.0, 0.0, 0.0, -1, None)}
        count = len(self.played)
        note = start
        while begun:
            if note == count or (after is not None and self.spans[note][-1] >= after):
                yield from self._ended(start, note, begun)
            if note == count:
                break
            begun = self._longer(note, beat, begun)
            note += 1

    def _ended(self, start: int, stop: int, begun: dict[Branch, _Begun]) -> Iterator[Way]:
        """Those of the ways that may end at a note, without what is out of the question."""
        whole = [each for each in begun.items() if each[0].is_whole]
        if not whole:
            return
        most = min(way[1] for _, way in whole) + self.unlikely
        done = [
            (branch.odds - self.first_precision * way[1] - way[2], branch, way)
            for branch, way in whole
            if way[1] <= most
        ]
        least = max(odds for odds, _, _ in done) - _HOPELESS
        beside = self.nearest[stop] - self.nearest[start]
        nearer = self.first_precision * beside
        for odds, branch, way in done:
            if odds > least:
                yield Way(start, stop, branch, way[1] - beside, way[2], odds + nearer, way)

    def _longer(self, note: int, beat: int, begun: dict[Branch, _Begun]) -> dict[Branch, _Begun]:
        """The best way to each branch, with a note more."""
        place = self.known[note]
        if place is not None:
            return self._with_known(place - beat * PARTS, begun)
        onset = self.played[note] - beat * PARTS
        slots = self.slots
        low, high = bisect_left(slots, onset - self.reach), bisect_right(slots, onset + self.reach)
        near = [(slot, (onset - slot) ** 2) for slot in slots[low:high]]
        longer: dict[Branch, _Begun] = {}
        for branch, way in begun.items():
            _, before, crowded, last, _ = way
            further = branch.longer if branch.in_tree else self._others(branch, slots[low:high])
            for slot, square in near:
                if slot in further:
                    squares = before + square
                    cost = squares * self.precision + crowded
                    after = further[slot]
                    if after not in longer or cost < longer[after][0]:
                        longer[after] = (cost, squares, crowded, slot, way)
            if last >= 0 and abs(onset - last) <= self.reach:
                squares, more = before + float(onset - last) ** 2, crowded + _TOGETHER
                cost = squares * self.precision + more
                if branch not in longer or cost < longer[branch][0]:
                    longer[branch] = (cost, squares, more, last, way)
        if len(longer) > _WAYS:
            return dict(sorted(longer.items(), key=lambda each: each[1][0])[:_WAYS])
        return longer

    def _with_known(self, place: Place, begun: dict[Branch, _Begun]) -> dict[Branch, _Begun]:
        """The best way to each branch, with a note more whose place is known."""
        longer: dict[Branch, _Begun] = {}
        for branch, way in begun.items():
            cost, squares, crowded, last, _ = way
            if not (0 <= place < PARTS and last <= place):
                continue
            together = _TOGETHER if place == last else 0.0
            after = branch if together else self._other(branch, place)
            if after not in longer or cost + together < longer[after][0]:
                longer[after] = (cost + together, squares, crowded + together, place, way)
        return longer

    def _others(self, branch: Branch, slots: Sequence[int]) -> dict[Place, Branch]:
        """What a division that is in no tree may become by a note at one of the slots."""
        last = branch.division[-1]
        return {slot: self._other(branch, slot) for slot in slots if slot > last}

    def _other(self, branch: Branch, place: Place) -> Branch:
        """The branch with a note more, in the tree if a pattern begins so."""
        if place in branch.longer:
            return branch.longer[place]
        division = (*branch.division, place)
        if division not in self.others:
            self.others[division] = Branch(division, in_tree=False, is_whole=True)
        return self.others[division]
