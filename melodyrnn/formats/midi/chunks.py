"""The bytes of a Standard MIDI File -> its header and the events of its tracks.

What other programs read is read, and said: lengths and numbers of tracks that are not those there
are, bytes before the header or between tracks, data bytes over 127 outside notes.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

from melodyrnn.errors import MidiError
from melodyrnn.formats.midi.events import CORRUPT, Event, Track

_HEADER, _TRACK = b"MThd", b"MTrk"
_LABEL = re.compile(rb"[A-Za-z0-9]{4}")
"""What chunks of other kinds begin with."""

_FRAMES = {24: Fraction(24), 25: Fraction(25), 29: Fraction(30000, 1001), 30: Fraction(30)}
"""SMPTE format -> frames a second; 29 is the 30-frame drop format of television."""

_CUT = "the file is cut short; get a whole copy"


@dataclass(frozen=True)
class MidiData:
    """What a file holds. Exactly one of the two resolutions is not 0."""

    type: int  # 0: one track, 1: tracks at once, 2: tracks of their own times
    per_quarter: int  # ticks a quarter note
    per_second: Fraction  # ticks a second, where the division is in SMPTE frames
    tracks: tuple[tuple[Event, ...], ...]
    repairs: tuple[str, ...] = ()  # what was put right, as it is said to the user


def read_events(data: bytes, name: str) -> MidiData:
    """Every track of a MIDI file, or of one wrapped in RIFF (.rmi).

    Chunks of unknown kinds, system messages and whatever follows the last track are skipped. Wrong
    lengths and numbers of tracks, bytes before the header and data bytes over 127 outside notes are
    put right. Raises MidiError, which names the byte, where the file is not a MIDI file, cut short
    or corrupt.
    """
    repairs: list[str] = []
    start = _header_start(data, name, repairs)
    end = start + 8 + int.from_bytes(data[start + 4 : start + 8], "big")
    if end != start + 14 and data[start + 14 : start + 18] == _TRACK:
        repairs.append(f"byte {start + 4}: a header of {end - start - 8} bytes is read as one of 6")
        end = start + 14
    if len(data) < max(end, start + 14):
        raise MidiError(f"{name}: byte {len(data)}: it stops in its header; {_CUT}")
    if end < start + 14:
        raise MidiError(f"{name}: byte {start + 4}: a header of {end - start - 8} bytes; {CORRUPT}")
    kind, count, division = (
        int.from_bytes(data[place : place + 2], "big") for place in range(start + 8, start + 14, 2)
    )
    if kind > 2:
        raise MidiError(f"{name}: byte {start + 8}: type {kind} is unknown; types are 0, 1 and 2")
    per_quarter, per_second = _resolution(division, name, start + 12)
    tracks = tuple(_Chunks(data, end, name, repairs).tracks(count))
    return MidiData(kind, per_quarter, per_second, tracks, tuple(repairs))


def _header_start(data: bytes, name: str, repairs: list[str]) -> int:
    """Where MThd stands: at 0, behind what RIFF puts there, or behind what should not be there."""
    start = data.find(_HEADER)
    if start < 0:
        found = f"it starts with {data[:4].decode('latin-1')!r}, not 'MThd'"
        what = found if data else "it is empty"
        raise MidiError(f"{name}: not a MIDI file: {what}; export it again as MIDI")
    if start and data[:4] != b"RIFF":
        repairs.append(f"bytes before the header are skipped: {start}")
    return start


def _resolution(division: int, name: str, place: int) -> tuple[int, Fraction]:
    """Ticks a quarter note and ticks a second; one of them is 0."""
    if not division & 0x8000:
        if division == 0:
            raise MidiError(f"{name}: byte {place}: 0 ticks a quarter note; {CORRUPT}")
        return division, Fraction(0)
    frames, ticks = 0x100 - (division >> 8), division & 0xFF
    if frames not in _FRAMES or ticks == 0:
        raise MidiError(
            f"{name}: byte {place}: {frames} SMPTE frames a second of {ticks} ticks; "
            "frames are 24, 25, 29 or 30, of at least 1 tick"
        )
    return 0, _FRAMES[frames] * ticks


class _Chunks:
    """The tracks of a file, found where they are, be the lengths and numbers before them wrong."""

    def __init__(self, data: bytes, place: int, name: str, repairs: list[str]) -> None:
        self.data, self.place, self.name, self.repairs = data, place, name, repairs
        self.over: list[int] = []  # the places of data bytes over 127

    def tracks(self, count: int) -> Iterator[tuple[Event, ...]]:
        """Each track's events; the header announced ``count`` tracks."""
        found = 0
        while found < count and self._seek(found + 1):
            found += 1
            yield self._track(found)
        if count and not found:
            raise MidiError(
                f"{self.name}: byte {len(self.data)}: it stops after 0 of {count} tracks; {_CUT}"
            )
        with suppress(MidiError):  # what follows the last track may be anything
            while self.data.startswith(_TRACK, self.place) and self._is_boundary(self._end()):
                events = self._track(found + 1)
                found += 1
                yield events
        if found != count:
            self.repairs.append(
                f"tracks that the header announces: {count}; read the {found} there are"
            )
        if self.over:
            self.repairs.append(
                f"data bytes over 127 outside notes: {len(self.over)}, at byte {self.over[0]} "
                "first; read as 127"
            )

    def _end(self) -> int:
        """Where the chunk ends, by its own length."""
        first = self.place + 8
        return first + int.from_bytes(self.data[self.place + 4 : first], "big")

    def _is_boundary(self, place: int) -> bool:
        """Whether a chunk may end there: at the end of the file, or where another one begins."""
        data = self.data
        if place >= len(data) or data.startswith(_TRACK, place):
            return place <= len(data)
        length = int.from_bytes(data[place + 4 : place + 8], "big")
        return bool(_LABEL.match(data, place)) and place + 8 + length <= len(data)

    def _seek(self, number: int) -> bool:
        """Go to the next track; False where there is none."""
        data = self.data
        while self.place < len(data) and not data.startswith(_TRACK, self.place):
            if self._is_boundary(self.place):
                self.place = self._end()
                continue
            track = data.find(_TRACK, self.place)
            if track < 0:
                return False
            skipped = track - self.place
            self.repairs.append(f"bytes before track {number} that are no chunk: {skipped}")
            self.place = track
        return self.place < len(data)

    def _track(self, number: int) -> tuple[Event, ...]:
        """The events of the track that begins here.

        Its length is right where its last event or the chunk before another one ends there; else it
        goes up to its last event, or to the next track.
        """
        first, end = self.place + 8, self._end()
        track = Track(self.data, first, min(end, len(self.data)), self.name)
        fault = track.read()
        if not (track.ended and track.place == end) and not self._is_boundary(end):
            following = self.data.find(_TRACK, first)
            stop = following if following >= 0 else len(self.data)
            whole = Track(self.data, first, stop, self.name)
            if not whole.read() and (whole.ended or following >= 0):
                self.repairs.append(
                    f"the length of track {number} is wrong: {end - first} bytes; read the "
                    f"{whole.place - first} there are"
                )
                track, fault, end = whole, None, whole.place
            elif end > len(self.data):
                raise MidiError(f"{self.name}: byte {stop}: it stops in track {number}; {_CUT}")
        if fault:
            raise fault
        self.over += track.over
        self.place = end
        return tuple(track.events)
