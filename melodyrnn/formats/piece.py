"""A score as read, whatever its format, and the one song that is made of it."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from melodyrnn.errors import ScoreError, warn
from melodyrnn.formats.melody.assembly import (
    LONGEST,
    first_key,
    first_tempo,
    with_rests,
    without_silence,
)
from melodyrnn.formats.melody.grid import Grid
from melodyrnn.formats.melody.quantise import quantise
from melodyrnn.formats.melody.timed_note import TimedNote, Voice
from melodyrnn.formats.melody.voices import melody
from melodyrnn.limits import NOTES, VOICES
from melodyrnn.music.chord_symbols import read_chord
from melodyrnn.music.durations import GRID, can_write
from melodyrnn.music.notation.tokens import token
from melodyrnn.music.song import Key, Meter, Note, Pitch, Song


@dataclass(frozen=True, slots=True)
class Head:
    """A note head as it stands in a part; times in quarter notes from the part's start."""

    onset: Fraction
    length: Fraction
    pitch: Pitch | int  # spelled, or a MIDI number
    starts_tie: bool = False
    ends_tie: bool = False
    passes: frozenset[int] = frozenset()  # played only these times that its bar is; none: always


@dataclass(frozen=True, slots=True)
class Measure:
    """A bar as it is played, repeats written out."""

    number: str  # as printed: what messages say
    offset: Fraction  # quarter notes
    length: Fraction
    meter: Meter | None = None  # if a time signature stands here


@dataclass
class Part:
    """One staff or voice."""

    name: str = ""
    measures: list[Measure] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)  # in order, each unlike the one before
    expanded: bool = False  # whether repeats were written out, signatures with them
    graces: int = 0  # grace notes left out
    syllables: int = 0  # sung words left out: so many notes have some
    chords: list[tuple[Fraction, str]] = field(default_factory=list)  # (place, symbol as it stands)

    @property
    def end(self) -> Fraction:
        """In quarter notes."""
        last = self.measures[-1] if self.measures else None
        return last.offset + last.length if last else Fraction(0)


@dataclass
class Piece:
    """All parts, and what stands above them."""

    parts: list[Part]
    title: str = ""
    composer: str = ""
    tempi: list[float] = field(default_factory=list)  # quarter notes per minute, in order
    codes: tuple[str, ...] = ()  # the table that our own documents carry
    warnings: list[str] = field(default_factory=list)  # what the reader decided


def song_of(piece: Piece, name: str, track: str | None, grid: Grid | None) -> Song:
    """The melody of a piece; ``name`` is the file's.

    Raises ScoreError where there are no notes or a duration that no song can hold, ConfigError
    for an unknown track. MelodyWarnings say what was chosen, rounded or left out.
    """
    parts = [part for part in piece.parts if part.heads]
    if not parts:
        raise ScoreError(f"{name}: no notes with a pitch; choose a score with a melody")
    VOICES.check(len(parts), name)
    voices = [Voice(part.name, tuple(_tied(part.heads)), written=True) for part in parts]
    taken, notes = melody(voices, track, name)
    part = parts[taken]
    NOTES.check(len(notes), name)
    for text in piece.warnings:
        _warn(f"{name}: {text}")
    if part.graces:
        _warn(f"{name}: grace notes are left out: {part.graces}")
    if part.syllables:
        _warn(f"{name}: sung words are left out: {part.syllables} syllables")
    if respelled := sum(isinstance(note.pitch, int) for note in notes):
        _warn(f"{name}: quarter tones and triple accidentals are respelled: {respelled}")
    end = max(part.end, *(note.end for note in notes))  # a note of a chord may outlast the part
    if end > LONGEST:
        raise ScoreError(
            f"{name}: the melody lasts {float(end):.0f} quarter notes, more than {LONGEST}; cut it"
        )
    if grid:
        notes = quantise(notes, name, grid)
    else:
        _require_writable(notes, part, name)
    song = _song(notes, part, piece, name)
    if len(parts) > 1:
        song = without_silence(song, name)
    used, listed = {token(note) for note in song.notes}, set(piece.codes)
    whole = len(listed) == len(piece.codes)  # each once
    return replace(song, codes=piece.codes) if used <= listed and whole else song


def _tied(heads: Iterable[Head]) -> Iterator[TimedNote]:
    """What sounds: heads that ties join are one note."""
    notes: list[TimedNote] = []
    open_ties: dict[int, int] = {}  # MIDI number -> index of the note that waits for its end
    for head in sorted(heads, key=lambda head: head.onset):
        note = TimedNote(head.onset, head.onset + head.length, head.pitch)
        index = open_ties.pop(note.midi, None) if head.ends_tie else None
        if index is not None and notes[index].end == note.onset:
            notes[index] = replace(notes[index], end=note.end)
        else:
            index = len(notes)
            notes.append(note)
        if head.starts_tie:
            open_ties[note.midi] = index
    return iter(notes)


def _require_writable(notes: Iterable[TimedNote], part: Part, name: str) -> None:
    starts = [measure.offset for measure in part.measures]
    for note in notes:
        if GRID % note.onset.denominator or GRID % note.end.denominator:
            bar = part.measures[max(0, bisect_right(starts, note.onset) - 1)].number
            raise ScoreError(
                f"{name}: bar {bar}: a note of {note.length} quarter notes cannot be written; "
                f"durations are multiples of 1/{GRID}; --grid 16 quantises to 16ths"
            )


def _song(notes: Iterable[TimedNote], part: Part, piece: Piece, name: str) -> Song:
    """The notes with rests between them, under the part's signatures."""
    key = first_key(part.keys, name)
    melodic = with_rests(notes, key)
    last = part.end - sum((note.duration for note in melodic), Fraction(0))
    if can_write(last):
        melodic.append(Note(None, last))
    meter = next(filter(None, (measure.meter for measure in part.measures[:1])), Meter())
    changes, pickup = _meters(part, meter)
    return Song(
        tuple(melodic),
        title=piece.title,
        composer=piece.composer,
        meter=meter,
        key=key,
        tempo=first_tempo(piece.tempi, name),
        pickup=pickup,
        meter_changes=changes,
        chords=_chords(part, piece, name),
    )


def _chords(part: Part, piece: Piece, name: str) -> tuple[tuple[Fraction, str], ...]:
    """The chord symbols, where the melody's part has none those of another."""
    others = (other.chords for other in piece.parts if other.chords)
    written = part.chords or next(others, [])
    read = {_snap(place): read_chord(text) for place, text in written}
    if unknown := [text for _, text in written if read_chord(text) is None]:
        which = f"{len(unknown)}, {unknown[0][:20]!r} first"
        _warn(f"{name}: words in place of chord symbols are left out: {which}")
    return tuple((place, str(chord)) for place, chord in sorted(read.items()) if chord)


def _meters(part: Part, meter: Meter) -> tuple[tuple[tuple[Fraction, Meter], ...], Fraction]:
    """The meter changes and the pickup that put the song's bar lines where the part's are.

    A song's bars are full but for the first and the last and those cut by a meter change. So a
    short bar that the next one completes (as at a repeat sign) is one bar with it; one that
    nothing completes is followed by its meter anew.
    """
    pickup = _pickup(part, meter)
    line = pickup  # some bar line of the song under the meter that holds
    changes: list[tuple[Fraction, Meter]] = []
    for measure in part.measures[1:]:
        start, end = measure.offset, measure.offset + measure.length
        ahead = meter.bar - (start - line) % meter.bar  # to the song's next bar line
        on_line = ahead == meter.bar
        sign = None if part.expanded and measure.meter == meter else measure.meter
        if (sign and (sign != meter or not on_line)) or (not on_line and end > start + ahead):
            meter, line = sign or meter, start
            changes.append((_snap(start), meter))
    return tuple(changes), pickup


def _pickup(part: Part, meter: Meter) -> Fraction:
    """The length of an incomplete first bar, 0 for none.

    One that another meter follows is no pickup but a bar cut short, unless its number is 0.
    """
    if not part.measures:
        return Fraction(0)
    first, *others = part.measures
    short = 0 < first.length < meter.bar
    counts = first.number == "0" or (others and others[0].meter in (None, meter))
    return _snap(first.length) if short and counts else Fraction(0)


def _snap(offset: Fraction) -> Fraction:
    """The nearest place that a song can hold."""
    return Fraction(round(offset * GRID), GRID)


def _warn(text: str) -> None:
    warn(text)
