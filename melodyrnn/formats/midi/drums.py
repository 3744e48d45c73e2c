"""Which channels play drums: the tenth, and those that a file turns into rhythm parts.

Three standards say so each in its way. GS and XG have a system exclusive message for a part's use
(Roland SC-88 and Yamaha MU80 manuals, "use for rhythm part" and "part mode"); GM2 and XG choose a
bank of drum kits by controller 0 before a program is changed.
"""

from collections.abc import Iterator

from melodyrnn.formats.midi.chunks import MidiData
from melodyrnn.formats.midi.events import CONTROL, NOTE_ON, SYSEX

DRUMS = 9
"""The channel, counted from 0, whose keys are drums wherever nothing else is said."""

_GS_PARTS = (9, *range(9), *range(10, 16))
"""The number of a part, as GS addresses it -> its channel."""
_BANKS = {120: True, 121: False}
"""Bank, as controller 0 says it in GM2 -> whether its programs are drums."""
_XG_BANKS = {126: True, 127: True}
"""The same in XG; in GS these are banks of melodic sounds."""
_BANK_SELECT = 0
_LAST = 1 << 62  # a tick after all others

_Statement = tuple[int, int, bool]
"""(tick, channel, whether it plays drums from there on)."""


def drum_channels(midi: MidiData) -> frozenset[int]:
    """The channels, from 0, whose notes are drums; what is said of one before its first note holds
    for all of them.
    """
    said = [event for events in midi.tracks for event in events if event.kind in (SYSEX, CONTROL)]
    is_gs = any(_is_gs(event.data) for event in said if event.kind == SYSEX)
    banks = _BANKS if is_gs else _BANKS | _XG_BANKS
    statements: list[_Statement] = []
    for tick, kind, channel, data in said:
        if kind == SYSEX:
            statements += ((tick, part, drums) for part, drums in _parts(data))
        elif data[0] == _BANK_SELECT and data[1] in banks:
            statements.append((tick, channel, banks[data[1]]))
    if not statements:
        return frozenset([DRUMS])
    first = _first_notes(midi)
    plays = {DRUMS: True}
    for tick, channel, drums in sorted(statements, key=lambda statement: statement[0]):
        if tick <= first.get(channel, _LAST):
            plays[channel] = drums
    return frozenset(channel for channel, drums in plays.items() if drums)


def _first_notes(midi: MidiData) -> dict[int, int]:
    """Channel -> the tick of its first note."""
    first: dict[int, int] = {}
    for events in midi.tracks:
        for tick, kind, channel, _ in events:
            if kind == NOTE_ON and tick < first.get(channel, _LAST):
                first[channel] = tick
    return first


def _is_gs(data: bytes) -> bool:
    """Whether a system exclusive message sets data of a Roland GS device."""
    return len(data) > 6 and data[0] == 0x41 and data[2:4] == b"\x42\x12"


def _parts(data: bytes) -> Iterator[tuple[int, bool]]:
    """(channel, whether it plays drums) as a system exclusive message says, if it does."""
    if _is_gs(data) and data[4] == 0x40 and data[5] >> 4 == 1 and data[6] == 0x15 and data[7:]:
        yield _GS_PARTS[data[5] & 0x0F], data[7] > 0
    if data[:1] == b"\x43" and data[2:4] == b"\x4c\x08" and data[5:6] == b"\x07" and data[6:]:
        yield data[4] & 0x0F, data[6] > 0
