"""The bytes of one track of a Standard MIDI File -> its events, each fault named with its byte.

mido writes our files but does not read them: its reader loses the time before a meta event that
it does not know, gives up at an odd key signature or an unknown chunk, takes an SMPTE division
for a negative number of ticks, and cannot say at which byte a file is corrupt.
"""

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

CORRUPT = "the file is corrupt; export it again"
"""What to do about a fault."""
_OVER = "an event runs over the end of its track"


class Event(NamedTuple):
    """A channel message, a meta event or a system exclusive message."""

    tick: int  # from the track's start
    kind: int  # META, NOTE_ON …
    number: int  # the channel, 0 to 15, or the type of a meta event; of other events 0
    data: bytes


class Track:
    """A cursor over one track's bytes, ``data[place:end]``."""

    def __init__(self, data: bytes, place: int, end: int, name: str) -> None:
        self.data, self.place, self.end, self.name = data, place, end, name
        self.events: list[Event] = []
        self.ended = False  # by its own last event
        self.over: list[int] = []  # the places of data bytes over 127

    def read(self) -> MidiError | None:
        """Read up to the last event, which is made up where it is missing; or what is wrong."""
        try:
            self._read()
        except MidiError as fault:
            return fault
        return None

    def _read(self) -> None:
        events = self.events
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
                    self.ended = True
                    return
            elif status in _SYSEX:
                events.append(Event(tick, SYSEX, 0, self._bytes(self._length())))
            else:
                self._message(status)
        events.append(Event(tick, META, END_OF_TRACK, b""))

    def _message(self, kind: int) -> bytes:
        if kind not in _DATA_BYTES:
            self.place -= 1
            raise self._error(f"unknown status 0x{kind:02x}")
        data = self._bytes(_DATA_BYTES[kind])
        if data.isascii():
            return data
        first = self.place - len(data)
        over = [first + index for index, byte in enumerate(data) if byte > 0x7F]
        if kind in (NOTE_OFF, NOTE_ON):
            self.place = over[0]
            raise self._error(f"data byte 0x{self.data[self.place]:02x}, at most 0x7f is possible")
        self.over += over
        return bytes(min(byte, 0x7F) for byte in data)

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
        return MidiError(f"{self.name}: byte {self.place}: {what}; {CORRUPT}")
