"""The spines of a piece in **kern -> its parts, bar by bar.

What stands on one line sounds together, so that time is told by whichever spine was sounding until
then. Bar lines, labels and signs of repetition are those of all spines.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from melodyrnn.errors import NotationError
from melodyrnn.formats.humdrum.chords import CHORD_SPINES
from melodyrnn.formats.humdrum.spines import Row, Spine, rows
from melodyrnn.formats.humdrum.tokens import (
    WORD_SPINES,
    read_key,
    read_meter,
    read_name,
    read_signature,
    read_tempo,
    read_token,
)
from melodyrnn.formats.repeats import Repeats
from melodyrnn.formats.written import WrittenBar, WrittenPart
from melodyrnn.music.song import Key, Meter

_MOST_COLUMNS = 256
_LABEL = re.compile(r"\*>([^\[]+)")
_EXPANSION = re.compile(r"\*>([^\[]*)\[(.*)\]")


@dataclass
class KernPiece:
    """A piece as it is written."""

    parts: list[WrittenPart]  # the rightmost spine, the highest on the page, first
    signs: list[Repeats]  # of each bar
    tempi: list[float]
    labels: list[tuple[int, str]]  # (bar that it stands before, label)
    expansions: dict[str, list[str]]  # name of a list, "" for the usual one -> labels in order


def read_piece(lines: Iterable[tuple[int, str]]) -> KernPiece:
    """The piece in these lines, each with its number, which NotationErrors name."""
    reader = _PieceReader()
    for row in rows(lines):
        try:
            reader.feed(row)
        except NotationError as error:
            raise NotationError(f"line {row.number}: {error}") from None
    return reader.piece()


@dataclass
class _Column:
    """One **kern spine and its sub-spines while they are read."""

    part: WrittenPart = field(default_factory=WrittenPart)
    bar: WrittenBar = field(default_factory=WrittenBar)
    signature: Key | None = None  # since the last note
    key: Key | None = None

    def settle_key(self) -> None:
        """A signature and a key at the same place are one key."""
        if key := self.key or self.signature:
            self.bar.keys.append(key)
        self.key = self.signature = None

    def end_bar(self, number: str, length: Fraction) -> None:
        """The bar ends, and the next begins."""
        self.settle_key()
        self.bar.number, self.bar.length = number, length
        self.part.bars.append(self.bar)
        self.bar = WrittenBar()


class _PieceReader:
    """A piece while it is read. Times are in quarter notes from its start."""

    def __init__(self) -> None:
        self.columns: dict[int, _Column] = {}
        self.ends: dict[Spine, Fraction] = {}  # when the last note of each spine stops
        self.now = Fraction(0)  # when the last notes began
        self.start = Fraction(0)  # of the bar
        self.empty = True  # nothing has begun in it
        self.number = ""  # of the bar, as printed
        self.meter = Meter()
        self.signs = [Repeats()]  # of each bar; the last one is of the bar that is being read
        self.tempi: list[float] = []
        self.labels: list[tuple[int, str]] = []
        self.expansions: dict[str, list[str]] = {}
        self.named: dict[str, Key | None] = {}  # kind of a spine -> the key that it names

    def feed(self, row: Row) -> None:
        """The next line. Raises NotationError."""
        kern = [(spine, token) for spine, token in row.tokens if spine.kind == "**kern"]
        spines = [spine for spine, _ in kern]
        for spine in spines:
            if spine.column not in self.columns:
                self._begin(spine)
        first = row.tokens[0][1]
        if first.startswith("*"):
            self._name_keys(row)
            for spine, token in kern:
                self._interpretation(self.columns[spine.column], token, spines)
        elif line := next((token for _, token in kern if token.startswith("=")), ""):
            self._bar_line(line, spines)
        elif not first.startswith("!"):
            self._notes([(spine, token) for spine, token in kern if token not in (".", "")], spines)
            self._chords(row)
            self._words(row)

    def piece(self) -> KernPiece:
        """What has been read."""
        self._end_bar(self._end_of_bar(list(self.ends)))
        parts = [column.part for _, column in sorted(self.columns.items(), reverse=True)]
        return KernPiece(parts, self.signs, self.tempi, self.labels, self.expansions)

    def _begin(self, spine: Spine) -> None:
        """A column, silent in the bars before it. Raises NotationError where it is one too many."""
        if len(self.columns) >= _MOST_COLUMNS:
            raise NotationError(f"more than {_MOST_COLUMNS} **kern spines, too many for a melody")
        others = next(iter(self.columns.values()), _Column())
        self.columns[spine.column] = column = _Column()
        column.part.bars = [WrittenBar(bar.number, bar.length) for bar in others.part.bars]

    def _interpretation(self, column: _Column, token: str, spines: list[Spine]) -> None:
        if expansion := _EXPANSION.fullmatch(token):
            self.expansions.setdefault(expansion[1], expansion[2].split(","))
        elif label := _LABEL.fullmatch(token):
            self._end_bar(self._end_of_bar(spines))
            if (place := (len(self.signs) - 1, label[1])) not in self.labels[-1:]:
                self.labels.append(place)
        elif meter := read_meter(token):
            self._end_bar(self._end_of_bar(spines))
            self.meter = column.bar.meter = meter
        elif name := read_name(token):
            column.part.name = name
        elif tempo := read_tempo(token):
            self.tempi.append(tempo)
        else:
            column.signature = read_signature(token) or column.signature
            column.key = read_key(token) or column.key

    def _notes(self, tokens: list[tuple[Spine, str]], spines: list[Spine]) -> None:
        read = [(spine, read_token(token)) for spine, token in tokens]
        sounding = [(spine, token) for spine, token in read if not token.grace]
        for spine, token in read:
            self.columns[spine.column].bar.graces += token.grace
        if not sounding:
            return
        known = [self.ends[spine] for spine, _ in sounding if spine in self.ends]
        later = [end for spine in spines if (end := self.ends.get(spine, self.now)) > self.now]
        self.now = max(known) if known else min(later, default=self.now)
        self.empty = False
        for spine, token in sounding:
            column = self.columns[spine.column]
            column.settle_key()
            column.bar.heads += [replace(head, onset=self.now - self.start) for head in token.heads]
            self.ends[spine] = self.now + token.length

    def _name_keys(self, row: Row) -> None:
        """The keys, not only signatures, of notes and of numerals (``*?:`` is none)."""
        for spine, token in row.tokens:
            if spine.kind == "**kern" or spine.kind in CHORD_SPINES:
                key = read_key(token)
                if key or token == "*?:":
                    self.named[spine.kind] = key

    def _chords(self, row: Row) -> None:
        """Chord symbols of a spine of their own, which are the first part's."""
        for spine, token in row.tokens:
            if spine.kind in CHORD_SPINES and token not in (".", "") and self.columns:
                first = next(iter(self.columns.values()))
                key = self.named.get(spine.kind, self.named.get("**kern"))
                name = CHORD_SPINES[spine.kind](token, key)
                first.bar.chords.append((self.now - self.start, name))

    def _words(self, row: Row) -> None:
        """Syllables, of the spine to their left."""
        column = None
        for spine, token in row.tokens:
            column = self.columns.get(spine.column, column)
            if column and spine.kind in WORD_SPINES and token not in (".", ""):
                column.bar.syllables += 1

    def _bar_line(self, line: str, spines: list[Spine]) -> None:
        end = self._end_of_bar(spines)
        self._end_bar(end)
        for spine in spines:
            self.ends[spine] = max(self.ends.get(spine, end), end)
        self.number = "".join(re.findall(r"^=+(\d{1,6}[a-z]?)", line)) or self.number
        if re.search(r":[|!]", line) and len(self.signs) > 1:
            self.signs[-2].backward = 1
        self.signs[-1].forward |= bool(re.search(r"[|!]:", line))

    def _end_of_bar(self, spines: list[Spine]) -> Fraction:
        """When what sounds now has ended: the last of it that the meter has room for.

        A note may sound on over a bar line, and a sub-spine may stop short of it.
        """
        if self.empty:
            return self.start
        ends = [end for spine in spines if (end := self.ends.get(spine, self.now)) > self.now]
        room = self.start + self.meter.bar
        within = [end for end in ends if end <= room]
        return max(within) if within else min(ends, default=self.now)

    def _end_bar(self, end: Fraction) -> None:
        """What was read since the last bar is one, if it lasts."""
        length = end - self.start
        if length <= 0:
            return
        pickup = "0" if length < self.meter.bar else "1"
        for column in self.columns.values():
            column.end_bar(self.number or pickup, length)
        self.signs.append(Repeats())
        self.start = self.now = end
        self.empty = True
