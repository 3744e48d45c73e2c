"""What a MIDI file's meta events say of a song, and which events say it.

Beside the standard ones we write text events, which other programs show or skip:
``composer: …``, ``pickup: 1/2`` (quarter notes), ``exact notation``, without which timing is
taken for played where it looks so, and of a song that swings by how much, ``swing: 3/5``, with the
numbers of the quarter notes that do not, ``swing: 3/5 but 7 8``. A pickup is also written as a
short first meter, so that the bar lines of other programs stand where ours do.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import chain, groupby
from typing import TypeVar

import mido

from melodyrnn.formats.encodings import decode_name
from melodyrnn.formats.midi.chunks import MidiData
from melodyrnn.formats.midi.events import (
    KEY_SIGNATURE,
    META,
    TEMPO,
    TEXT,
    TIME_SIGNATURE,
    TRACK_NAME,
    Event,
)
from melodyrnn.music.durations import GRID, can_write
from melodyrnn.music.song import Key, Meter, Song
from melodyrnn.music.swing import Swing

_T = TypeVar("_T")
Clock = Callable[[int], Fraction]
"""Ticks -> quarter notes."""

_EXACT = "exact notation"
_COMPOSER = re.compile("composer: ?(.*)", re.IGNORECASE | re.DOTALL)
_PICKUP = re.compile(r"pickup: (\d{1,7}(?:/[1-9]\d{0,4})?)")
_SWING = re.compile(r"swing: ([1-9]\d{0,3}/[1-9]\d{0,3})(?: but((?: -?\d{1,7})+))?")
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")  # titles are of one line
_TEXTS = range(0x01, 0x08)
"""Types of the meta events that hold text of any kind: lyrics, markers, names …"""
_KARAOKE_TITLE = b"@T"
"""What begins the texts of karaoke files that give title, performer and more, in order."""
_NO_TITLE = re.compile(
    r"(?:(?:conductor|tempo|master|control|meta|setup|midi|sequencer|global)"
    r"(?:[ _-]?(?:track|map))?|(?:new|empty)[ _-](?:song|sequence|project|score)"
    r"|track|sequence|seq|project|untitled|unnamed|unknown)[ _-]?\d*"
    r"|soft[ _-]?karaoke|words|lyrics|no (?:title|name)|sans titre|ohne titel|sin título"
    r"|senza titolo|無題|无标题|제목 없음",
    re.IGNORECASE,
)
"""Names of first tracks that say what the track is for, or that nobody gave it a name."""
_DEFAULT_TEMPO = 500_000
_MINUTE = 60_000_000  # microseconds
_FINE = 10_000 * GRID
"""Moments of tempo changes in SMPTE files are rounded to 1/_FINE quarter note: their exact
fractions would grow without bound."""


@dataclass(frozen=True)
class Marks:
    """All that meta events say of a song."""

    names: dict[int, str]  # track (from 0) -> its name
    title: str  # of the piece, as karaoke says it
    titles: dict[int, str]  # the same names, those left out that programs give to any track
    composer: str
    exact: bool  # the file declares itself written, not played
    tempi: tuple[float, ...]  # quarter notes per minute, those in a row different
    keys: tuple[Key, ...]  # of all tracks, those in a row different
    own_keys: dict[int, tuple[Key, ...]]  # track (from 0) -> its own
    meter: Meter
    pickup: Fraction  # quarter notes
    meter_changes: tuple[tuple[Fraction, Meter], ...]
    clock: Clock

    def keys_of(self, track: int) -> tuple[Key, ...]:
        """Its own where it has any, as the part of a transposing instrument may; else all."""
        return self.own_keys[track] or self.keys


def read_marks(midi: MidiData, track: int) -> Marks:
    """The marks that hold for a track: those of all tracks, in a file of type 2 its own."""
    tracks = [(track, midi.tracks[track])] if midi.type == 2 else list(enumerate(midi.tracks))
    own = {index: [e for e in events if e.kind == META] for index, events in tracks}
    metas = sorted(chain.from_iterable(own.values()), key=_tick)
    clock = _clock(midi, metas)
    exact = any(e.number == TEXT and e.data == _EXACT.encode() for e in metas)
    texts = [_text(e.data, exact) for e in metas if e.number == TEXT]
    composers = (found[1] for text in texts if (found := _COMPOSER.fullmatch(text)))
    pickups = (Fraction(found[1]) for text in texts if (found := _PICKUP.fullmatch(text)))
    meters = [(Fraction(round(clock(e.tick) * GRID), GRID), m) for e, m in _meters(metas)]
    meter, pickup, changes = _bars(meters, next(pickups, None), exact)
    names = {index: _name(events, exact) for index, events in tracks}
    return Marks(
        names=names,
        title=_karaoke_title(metas),
        titles={
            index: "" if not exact and _NO_TITLE.fullmatch(name) else name
            for index, name in names.items()
        },
        composer=next(composers, ""),
        exact=exact,
        tempi=tuple(_changes(_tempo(micros, exact) for _, micros in _tempi(metas))),
        keys=tuple(_changes(_keys(metas))),
        own_keys={index: tuple(_changes(_keys(events))) for index, events in own.items()},
        meter=meter,
        pickup=pickup,
        meter_changes=changes,
        clock=_straightened(clock, texts, pickup) if exact else clock,
    )


def _straightened(clock: Clock, texts: Iterable[str], pickup: Fraction) -> Clock:
    """The clock by which what was played with swing stands where it is written."""
    found = next(filter(None, map(_SWING.fullmatch, texts)), None)
    if not found or not Fraction(1, 2) < (first := Fraction(found[1])) < 1:
        return clock
    straight = frozenset(map(int, (found[2] or "").split()))
    swing = Swing(first, pickup % 1, straight)
    return lambda tick: swing.written(clock(tick))


def written_marks(
    song: Song, swing: Swing | None = None
) -> Iterator[tuple[Fraction, mido.MetaMessage]]:
    """(offset in quarter notes, message) for all that is to be said above the notes of a song."""
    texts = [_EXACT]
    texts += [f"composer: {song.composer}"] if song.composer else []
    texts += [f"pickup: {song.pickup}"] if song.pickup else []
    if swing:
        but = " but " + " ".join(map(str, sorted(swing.straight))) if swing.straight else ""
        texts += [f"swing: {swing.first}{but}"]
    start = Fraction(0)
    if song.title:
        yield start, mido.MetaMessage("track_name", name=_encodable(song.title))
    for text in texts:
        yield start, mido.MetaMessage("text", text=_encodable(text))
    if song.pickup:
        yield start, _time_signature(_short_meter(song.pickup) or song.meter)
    yield song.pickup, _time_signature(song.meter)
    yield start, mido.MetaMessage("key_signature", key=_key_name(song.key))
    if song.tempo is not None:
        yield start, mido.MetaMessage("set_tempo", tempo=round(_MINUTE / song.tempo))
    end = song.duration
    for offset, meter in song.meter_changes:
        if offset < end:  # one at the very end says nothing of any note
            yield offset, _time_signature(meter)


def _text(data: bytes, exact: bool) -> str:
    """A text in whatever encoding it is, on one line; as it stands if we wrote it."""
    if exact:
        return data.decode(errors="replace")
    return _BREAKS.sub(" ", decode_name(data)).strip()


def _encodable(text: str) -> str:
    """Without the halves of characters that UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode()


def _tick(event: Event) -> int:
    return event.tick


def _name(events: Iterable[Event], exact: bool) -> str:
    names = (_text(e.data, exact) for e in events if e.kind == META and e.number == TRACK_NAME)
    return next(filter(None, names), "")


def _karaoke_title(metas: Iterable[Event]) -> str:
    titles = (
        _text(e.data.removeprefix(_KARAOKE_TITLE), exact=False)
        for e in metas
        if e.number in _TEXTS and e.data.startswith(_KARAOKE_TITLE)
    )
    return next(filter(None, titles), "")


def _tempi(metas: Iterable[Event]) -> Iterator[tuple[int, int]]:
    """(tick, microseconds per quarter note); events of no sense are passed over."""
    for event in metas:
        if event.number == TEMPO and len(event.data) >= 3 and any(event.data[:3]):
            yield event.tick, int.from_bytes(event.data[:3], "big")


def _tempo(micros: int, rounded: bool) -> float:
    """Quarter notes per minute: the shortest decimal number which has these microseconds.

    We write them ``rounded``; other programs cut them off as well.
    """
    ways: tuple[Callable[[float], int], ...] = (round,) if rounded else (round, int)
    exact = _MINUTE / micros
    decimals = (round(exact, digits) for digits in range(8))
    return next(
        (tempo for tempo in decimals if tempo and micros in [way(_MINUTE / tempo) for way in ways]),
        exact,
    )


def _meters(metas: Iterable[Event]) -> Iterator[tuple[Event, Meter]]:
    for event in metas:
        if event.number == TIME_SIGNATURE and len(event.data) >= 2:
            beats, power = event.data[:2]
            if 1 <= beats <= 99 and power <= 6:
                yield event, Meter(beats, 2**power)


def _keys(metas: Iterable[Event]) -> Iterator[Key]:
    """A mode of no sense is taken for major: the sharps or flats are most of what is said."""
    for event in metas:
        if event.number == KEY_SIGNATURE and len(event.data) >= 2:
            fifths, mode = (event.data[0] ^ 0x80) - 0x80, event.data[1]  # a signed byte
            if abs(fifths) <= 7:
                yield Key(fifths, "minor" if mode == 1 else "major")


def _key_name(key: Key) -> str:
    """As mido writes it: ``Bbm``."""
    step, alter = key.tonic
    return f"{step.upper()}{'#' * alter}{'b' * -alter}{'m' * (key.mode == 'minor')}"


def _changes(values: Iterable[_T]) -> Iterator[_T]:
    """Without those that repeat the one before."""
    return (value for value, _ in groupby(values))


def _bars(
    meters: list[tuple[Fraction, Meter]], pickup: Fraction | None, exact: bool
) -> tuple[Meter, Fraction, tuple[tuple[Fraction, Meter], ...]]:
    """Meter, pickup and meter changes from the time signatures.

    Where the file does not say so itself, a single short bar before a longer meter is a pickup.
    """
    if not exact:
        meters = _normal(_meant(meters))
        if pickup is None and _begins_short(meters):
            pickup = meters[0][1].bar
    pickup = pickup or Fraction(0)
    before = [meter for offset, meter in meters if offset <= 0]
    after = [(offset, meter) for offset, meter in meters if offset > 0]
    meter = before[-1] if before else Meter()
    if pickup and pickup in dict(after):  # the full meter after the short one
        meter = after.pop([offset for offset, _ in after].index(pickup))[1]
    if not (can_write(pickup) and pickup < meter.bar):
        pickup = Fraction(0)
    return meter, pickup, tuple(dict(after).items())  # of several at one place the last


def _meant(meters: list[tuple[Fraction, Meter]]) -> list[tuple[Fraction, Meter]]:
    """Without meters of one quarter or less at the start that hold for more than their bar: some
    programs write them where they know of no meter.
    """
    second = next((offset for offset, _ in meters if offset > 0), None)
    return [
        (offset, meter)
        for offset, meter in meters
        if offset > 0 or meter.bar > 1 or second == meter.bar
    ]


def _begins_short(meters: list[tuple[Fraction, Meter]]) -> bool:
    """Whether one short bar stands before a longer meter, which does not give way to it soon."""
    if len(meters) < 2:
        return False
    (start, first), (change, second), *others = meters
    returns = others and others[0][1] == first and others[0][0] - change <= _FEW_BARS * second.bar
    return start == 0 and change == first.bar < second.bar and not returns


_FEW_BARS = 2


def _normal(meters: list[tuple[Fraction, Meter]]) -> list[tuple[Fraction, Meter]]:
    """Of several at one place the last; none that changes nothing."""
    runs = groupby(dict(meters).items(), key=lambda place: place[1])
    return [next(run) for _, run in runs]


def _short_meter(length: Fraction) -> Meter | None:
    """The meter of a bar of that length, in quarters or the longest unit that can count it."""
    counts = ((length * unit / 4, unit) for unit in (4, 8, 16, 32, 64))
    meters = (Meter(int(n), unit) for n, unit in counts if n.denominator == 1 and n <= 99)
    return next(meters, None)


def _time_signature(meter: Meter) -> mido.MetaMessage:
    clocks = max(1, int(24 * meter.beat))  # MIDI clocks, 24 a quarter note, in a metronome click
    return mido.MetaMessage(
        "time_signature", numerator=meter.beats, denominator=meter.unit, clocks_per_click=clocks
    )


@lru_cache(65536)  # the files of a folder share most moments
def _moment(tick: int, per_quarter: int) -> Fraction:
    return Fraction(tick, per_quarter)


def _clock(midi: MidiData, metas: Iterable[Event]) -> Clock:
    """Ticks -> quarter notes; SMPTE ticks are real time, and go through the tempo map."""
    if midi.per_quarter:
        return lambda tick: _moment(tick, midi.per_quarter)

    def rate(micros: int) -> Fraction:
        return 1_000_000 / (micros * midi.per_second)  # quarter notes a tick

    ticks, places, rates = [0], [Fraction(0)], [rate(_DEFAULT_TEMPO)]
    for tick, micros in _tempi(metas):
        place = places[-1] + (tick - ticks[-1]) * rates[-1]
        ticks.append(tick)
        places.append(Fraction(round(place * _FINE), _FINE))
        rates.append(rate(micros))

    def clock(tick: int) -> Fraction:
        segment = bisect_right(ticks, tick) - 1
        return places[segment] + (tick - ticks[segment]) * rates[segment]

    return clock
