"""The measures of a MusicXML part -> its staves, bar by bar.

A measure is read as it stands: notes move on, ``<backup>`` and ``<forward>`` move, and where the
furthest of its voices ends is how long it is.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from xml.etree import ElementTree as ET

from melodyrnn.errors import NotationError
from melodyrnn.formats.musicxml.harmony import chord_in
from melodyrnn.formats.musicxml.lengths import Step, looks_like, number, number_in, unrounded
from melodyrnn.formats.musicxml.measure import MeasureRead, Sound
from melodyrnn.formats.musicxml.measure_repeats import MeasureRepeats
from melodyrnn.formats.musicxml.signs import passes_in
from melodyrnn.formats.musicxml.transposing import Transposition
from melodyrnn.formats.piece import Head
from melodyrnn.formats.written import WrittenBar, WrittenPart
from melodyrnn.limits import SCORE_NOTES
from melodyrnn.music.chord_symbols import transpose_chord
from melodyrnn.music.song import Key, Meter

_MOST_STAVES = 64
_TIES = ("tie", "notations/tied")
_MINOR = {"minor", "aeolian", "dorian", "phrygian", "locrian"}
"""Modes with a minor third."""


def read_measures(part: ET.Element) -> list[MeasureRead]:
    """Each measure of a part. Raises NotationError, which names the bar."""
    reader, repeats = _PartReader(), MeasureRepeats()
    measures: list[MeasureRead] = []
    sounds = 0
    for element in part.iterfind("measure"):
        measure = reader.read(element)
        for staff, back in repeats.at(element):
            if back <= len(measures):
                measure.repeat(measures[-back], staff)
        sounds += len(measure.sounds)
        SCORE_NOTES.check(sounds, "", NotationError)
        measures.append(measure)
    return measures


def fill(parts: Iterable[list[MeasureRead]]) -> None:
    """Make measures that are not full as long as those of other parts, and empty ones full.

    Beside a pickup other parts may have rests of any length.
    """
    parts = list(parts)
    for index in range(max(map(len, parts), default=0)):
        together = [part[index] for part in parts if index < len(part)]
        counted = [measure for measure in together if measure.sounds or not measure.implicit]
        longest = max((measure.length for measure in counted), default=Fraction(0))
        for measure in together:
            if measure.length != measure.full:
                measure.length = max(measure.length, longest) or measure.full


def staves(name: str, measures: Iterable[MeasureRead]) -> list[WrittenPart]:
    """A part by its staves. A voice that moves between them is one line, and stays with one."""
    measures = list(measures)
    homes = _homes(measures)
    places = {sound.staff for measure in measures for sound in measure.sounds} or {1}
    parts = {place: WrittenPart(name) for place in sorted(places)}
    for measure in measures:
        for place, part in parts.items():
            meters = [meter for staff, meter in measure.meters if staff in (0, place)]
            part.bars.append(
                WrittenBar(
                    measure.number,
                    measure.length,
                    meters[0] if meters else None,
                    keys=[key for staff, key in measure.keys if staff in (0, place)],
                    graces=measure.graces[place],
                    syllables=measure.syllables[place],
                )
            )
        first = next(iter(parts.values()))
        first.bars[-1].chords = measure.chords
        for sound in measure.sounds:
            parts[homes.get(sound.voice, sound.staff)].bars[-1].heads.append(sound.head)
    return list(parts.values())


def _homes(measures: Iterable[MeasureRead]) -> dict[str, int]:
    """Voice -> the staff where it stands longest, of voices that never sound on two at once."""
    stands: defaultdict[str, defaultdict[int, Fraction]] = defaultdict(
        lambda: defaultdict(Fraction)
    )
    many: set[str] = set()
    for measure in measures:
        lines: dict[str, Sound] = {}
        for sound in sorted(measure.sounds, key=lambda sound: sound.head.onset):
            if sound.in_chord:
                continue
            stands[sound.voice][sound.staff] += sound.head.length
            last = lines.get(sound.voice, sound)
            if last.staff != sound.staff and sound.head.onset < last.head.onset + last.head.length:
                many.add(sound.voice)
            lines[sound.voice] = sound
    return {
        voice: max(sorted(lengths), key=lambda staff: lengths[staff])
        for voice, lengths in stands.items()
        if voice not in many
    }


@dataclass
class _Item:
    """A note, chord, rest or gap, and the sounds of it; their times are yet to be found."""

    step: Step
    stays: bool  # within the bar: a gap or a rest of whole bars makes none longer than its meter
    sounds: list[Sound] = field(default_factory=list)


class _PartReader:
    """One part while it is read: what holds from bar to bar."""

    def __init__(self) -> None:
        self.divisions = Fraction(1)
        self.meter: Meter | None = None
        self.key = Key()
        self.transpositions: dict[int, Transposition] = {}  # by staff, 0 for all
        # Within the measure, times as durations say them.
        self.measure = MeasureRead("")
        self.start = self.place = Fraction(0)  # of the items that follow each other, and after them
        self.items: list[_Item] = []
        self.exact: dict[Fraction, Fraction] = {}  # a time -> without rounding

    def read(self, element: ET.Element) -> MeasureRead:
        """The next measure. Raises NotationError."""
        number = element.get("number", "")
        implicit = number == "0" or element.get("implicit") == "yes"
        self.measure = MeasureRead(number, implicit)
        self.start = self.place = Fraction(0)
        self.exact = {}
        try:
            for child in element:
                if read := _CHILDREN.get(child.tag):
                    read(self, child)
        except NotationError as error:
            raise NotationError(f"bar {self.measure.number}: {error}") from None
        self._settle()
        self.measure.full = self._full
        self.measure.chords = [
            (self.exact.get(place, place), name) for place, name in self.measure.chords
        ]
        return self.measure

    @property
    def _full(self) -> Fraction:
        return (self.meter or Meter()).bar

    def _settle(self) -> None:
        """Give the items since the last move their times."""
        onset = self.exact.get(self.start, self.start)
        lengths = unrounded([item.step for item in self.items], self._full - onset)
        said = self.start
        for item, length in zip(self.items, lengths, strict=True):
            for sound in item.sounds:
                own = length if sound.head.length == item.step.length else sound.head.length
                if own > 0:
                    sound.head = replace(sound.head, onset=onset, length=own)
                    self.measure.sounds.append(sound)
            onset, said = onset + length, said + item.step.length
            self.exact[said] = onset
            end = min(onset, self._full) if item.stays else onset
            self.measure.length = max(self.measure.length, end)
        self.items = []

    def _attributes(self, attributes: ET.Element) -> None:
        if attributes.find("divisions") is not None:
            self.divisions = number_in(attributes, "divisions")
            if self.divisions <= 0:
                raise NotationError("<divisions> is not greater than 0; export it again")
        for transpose in attributes.iterfind("transpose"):
            self.transpositions[_staff(transpose.get("number"))] = Transposition.of(transpose)
        for key in attributes.iterfind("key"):
            fifths = round(number_in(key, "fifths", 99))
            if abs(fifths) <= 7:
                staff = _staff(key.get("number"))
                mode = "minor" if (key.findtext("mode") or "").strip() in _MINOR else "major"
                self.key = self._transposition(staff).key(fifths, mode)
                self.measure.keys.append((staff, self.key))
        for time in attributes.iterfind("time"):
            self.meter = _meter(time)
            if self.meter:
                self.measure.meters.append((_staff(time.get("number")), self.meter))

    def _transposition(self, staff: int) -> Transposition:
        everywhere = self.transpositions.get(0, _AS_WRITTEN)
        return self.transpositions.get(staff, everywhere)

    def _note(self, note: ET.Element) -> None:
        in_chord = note.find("chord") is not None
        staff = _staff(note.findtext("staff"), 1)
        if note.find("grace") is not None:
            self.measure.graces[staff] += not in_chord
            return
        self.measure.syllables[staff] += note.find("lyric/text") is not None
        length = number_in(note, "duration") / self.divisions
        if in_chord and self.items:
            item = self.items[-1]
        else:
            look = looks_like(note)
            rounded = look is not None and abs(look - length) * self.divisions < 1
            rest = note.find("rest")
            item = _Item(
                Step(length, look if rounded else None),
                stays=rest is not None and rest.get("measure") == "yes",
            )
            self.items.append(item)
            self.place += length
        pitch = note.find("pitch")
        if pitch is None or note.find("cue") is not None:  # cues are what another part plays
            return
        ties = {tie.get("type") for place in _TIES for tie in note.iterfind(place)}
        head = Head(
            Fraction(0),
            length,
            self._transposition(staff).pitch(pitch, self.key),
            starts_tie=not ties.isdisjoint(("start", "continue")),
            ends_tie=not ties.isdisjoint(("stop", "continue")),
            passes=passes_in(note.get("time-only", "")),
        )
        item.sounds.append(Sound(staff, note.findtext("voice") or "", head, in_chord))

    def _harmony(self, harmony: ET.Element) -> None:
        place = self.place + number_in(harmony, "offset") / self.divisions
        moved = self._transposition(0)
        name = transpose_chord(chord_in(harmony), moved.semitones, moved.fifths, self.key)
        self.measure.chords.append((max(place, Fraction(0)), name))

    def _forward(self, forward: ET.Element) -> None:
        length = number_in(forward, "duration") / self.divisions
        self.items.append(_Item(Step(length, None), stays=True))
        self.place += length

    def _backup(self, backup: ET.Element) -> None:
        self._settle()
        length = number_in(backup, "duration") / self.divisions
        self.start = self.place = max(self.place - length, Fraction(0))


_AS_WRITTEN = Transposition()

_CHILDREN: dict[str, Callable[[_PartReader, ET.Element], None]] = {
    "attributes": _PartReader._attributes,
    "note": _PartReader._note,
    "harmony": _PartReader._harmony,
    "forward": _PartReader._forward,
    "backup": _PartReader._backup,
}
"""Tag -> what reads such a child of a measure."""


def _staff(text: str | None, default: int = 0) -> int:
    """The number of a staff. Raises NotationError where it is none."""
    staff = default if text is None else int(number(text, "staff"))
    if not 0 <= staff <= _MOST_STAVES:
        raise NotationError(f"<staff> is {staff}; a part has 1 to {_MOST_STAVES} staves")
    return staff


def _meter(time: ET.Element) -> Meter | None:
    """The time signature; of one such as 2/4 + 3/8 the sum. None where it is free."""
    total, unit = Fraction(0), 1
    beats = [element.text or "" for element in time.iterfind("beats")]
    types = [element.text or "" for element in time.iterfind("beat-type")]
    for above, below in zip(beats, types, strict=False):
        counted = sum(number(beat, "beats") for beat in above.split("+"))
        value = number(below, "beat-type")
        if value <= 0:
            return None
        total += counted / value
        unit = max(unit, int(value))
    count = total * unit
    try:
        return Meter(int(count), unit) if count.denominator == 1 else None
    except NotationError:
        return None
