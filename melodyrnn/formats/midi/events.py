"""The bytes of a Standard MIDI File -> its events, each fault named with its byte.

mido writes our files but does not read them: its reader loses the time before a meta event that
it does not know, gives up at an odd key signature or an unknown chunk, takes an SMPTE division
for a negative number of ticks, and cannot say at which byte a file is corrupt.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from melodyrnn.errors import MidiError

META = 0xFF
"""``Event.kind`` of meta events; those of channel messages are 0x80, 0x90 … 0xe0."""
NOTE_OFF, NOTE_ON, CONTROL, PROGRAM, SYSEX = 0x80, 0x90, 0xB0, 0xC0, 0xF0
TEXT, TRACK_NAME, LYRIC, END_OF_TRACK = 0x01, 0x03, 0x05, 0x2F
TEMPO, TIME_SIGNATURE, KEY_SIGNATURE = 0x51, 0x58, 0x59

_DATA_BYTES = {
    **{0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2},
    **{0xF1: 1, 0xF2: 2, 0xF3: 1, 0xF6: 0, 0xF8: 0, 0xFA: 0, 0xFB: 0, 0xFC: 0, 0xFE: 0},
}
"""Status (of a channel message without its channel) -> how many data bytes follow."""

_SYSEX = (SYSEX, 0xF7)
_FRAMES = {24: Fraction(24), 25: Fraction(25), 29: Fraction(30000, 1001), 30: Fraction(30)}
"""SMPTE format -> frames a second; 29 is the 30-frame drop format of television."""

_CORRUPT = "the file is corrupt; export it again"
_OVER = "an event runs over the end of its track"
_CUT = "the file is cut short; get a whole copy"


class Event(NamedTuple):
    """A channel message, a meta event or a system exclusive message."""

    tick: int  # from the track's start
    kind: int  # META, NOTE_ON …
    number: int  # the channel, 0 to 15, or the type of a meta event; of other events 0
    data: bytes


@dataclass(frozen=True)
class MidiData:
    """What a file holds. Exactly one of the two resolutions is not 0."""

    type: int  # 0: one track, 1: tracks at once, 2: tracks of their own times
    per_quarter: int  # ticks a quarter note
    per_second: Fraction  # ticks a second, where the division is in SMPTE frames
    tracks: tuple[tuple[Event, ...], ...]


def read_events(data: bytes, name: str) -> MidiData:
    """Every track of a MIDI file, or of one wrapped in RIFF (.rmi).

    Chunks of unknown kinds, other system messages and whatever follows the last track are skipped.
    Raises MidiError, which names the byte, where the file is not a MIDI file, cut short or corrupt.
    """
    start = _midi_start(data, name)
    if (mark := data[start : start + 4]) != b"MThd":
        found = f"it starts with {mark.decode('latin-1')!r}, not 'MThd'" if data else "it is empty"
        raise MidiError(f"{name}: not a MIDI file: {found}; export it again as MIDI")
    end = start + 8 + int.from_bytes(data[start + 4 : start + 8], "big")
    if len(data) < max(end, start + 14):
        raise MidiError(f"{name}: byte {len(data)}: it stops in its header; {_CUT}")
    if end < start + 14:
        raise MidiError(
            f"{name}: byte {start + 4}: a header of {end - start - 8} bytes; {_CORRUPT}"
        )
    kind, count, division = (
        int.from_bytes(data[place : place + 2], "big") for place in range(start + 8, start + 14, 2)
    )
    if kind > 2:
        raise MidiError(f"{name}: byte {start + 8}: type {kind} is unknown; types are 0, 1 and 2")
    per_quarter, per_second = _resolution(division, name, start + 12)

    tracks: list[tuple[Event, ...]] = []
    place = end
    while len(tracks) < count and place < len(data):
        label = data[place : place + 4]
        first = place + 8
        place = first + int.from_bytes(data[place + 4 : first], "big")
        if first > len(data) or place > len(data):
            raise MidiError(
                f"{name}: byte {len(data)}: it stops in track {len(tracks) + 1}; {_CUT}"
            )
        if label == b"MTrk":
            tracks.append(_Track(data, first, place, name).events())
    if len(tracks) < count:
        raise MidiError(
            f"{name}: byte {len(data)}: it stops after {len(tracks)} of {count} tracks; {_CUT}"
        )
    return MidiData(kind, per_quarter, per_second, tuple(tracks))


def _midi_start(data: bytes, name: str) -> int:
    """Where MThd stands: within the 'data' chunk of a RIFF file, else at 0."""
    if data[:4] != b"RIFF" or data[8:12] != b"RMID":
        return 0
    place = 12
    while place + 8 <= len(data):
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        if data[place : place + 4] == b"data":
            return place + 8
        place += 8 + length + length % 2  # RIFF chunks are padded to even lengths
    raise MidiError(f"{name}: byte {len(data)}: a RIFF file without a 'data' chunk; {_CUT}")


def _resolution(division: int, name: str, place: int) -> tuple[int, Fraction]:
    """Ticks a quarter note and ticks a second; one of them is 0."""
    if not division & 0x8000:
        if division == 0:
            raise MidiError(f"{name}: byte {place}: 0 ticks a quarter note; {_CORRUPT}")
        return division, Fraction(0)
    frames, ticks = 0x100 - (division >> 8), division & 0xFF
    if frames not in _FRAMES or ticks == 0:
        raise MidiError(
            f"{name}: byte {place}: {frames} SMPTE frames a second of {ticks} ticks; "
            "frames are 24, 25, 29 or 30, of at least 1 tick"
        )
    return 0, _FRAMES[frames] * ticks


class _Track:
    """A cursor over one track's bytes, ``data[place:end]``."""

    def __init__(self, data: bytes, place: int, end: int, name: str) -> None:
        self.data, self.place, self.end, self.name = data, place, end, name

    def events(self) -> tuple[Event, ...]:
        """Up to the end of the track; where its last event is missing, it is made up."""
        events: list[Event] = []
        tick, running = 0, 0
        while self.place < self.end:
            tick += self._length()
            status = self._byte()
            if status < 0x80:  # a data byte: the status is that of the message before
                self.place -= 1
                if not running:
                    raise self._error(f"data byte 0x{status:02x} where a message must start")
                status = running
            if status < 0xF0:
                running, kind = status, status & 0xF0
                events.append(Event(tick, kind, status & 0x0F, self._message(kind)))
            elif status == META:
                number = self._byte()
                events.append(Event(tick, META, number, self._bytes(self._length())))
                if number == END_OF_TRACK:
                    return tuple(events)
            elif status in _SYSEX:
                events.append(Event(tick, SYSEX, 0, self._bytes(self._length())))
            else:
                self._message(status)
        return (*events, Event(tick, META, END_OF_TRACK, b""))

    def _message(self, kind: int) -> bytes:
        if kind not in _DATA_BYTES:
            self.place -= 1
            raise self._error(f"unknown status 0x{kind:02x}")
        data = self._bytes(_DATA_BYTES[kind])
        if data.isascii():
            return data
        index = next(index for index, byte in enumerate(data) if byte > 0x7F)
        self.place += index - len(data)
        raise self._error(f"data byte 0x{data[index]:02x}, at most 0x7f is possible")

    def _byte(self) -> int:
        place = self.place
        if place >= self.end:
            raise self._error(_OVER)
        self.place = place + 1
        return self.data[place]

    def _bytes(self, count: int) -> bytes:
        if self.place + count > self.end:
            raise self._error(_OVER)
        self.place += count
        return self.data[self.place - count : self.place]

    def _length(self) -> int:
        """A number of 1 to 4 bytes, 7 bits in each, all but the last with the high bit set."""
        place = self.place
        if place < self.end and (byte := self.data[place]) < 0x80:  # most are of one
            self.place = place + 1
            return byte
        value = 0
        for _ in range(4):
            byte = self._byte()
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value
        raise self._error("a length or time of more than 4 bytes")

    def _error(self, what: str) -> MidiError:
        return MidiError(f"{self.name}: byte {self.place}: {what}; {_CORRUPT}")
