"""Hypothesis strategies for songs and their parts, shared by every property."""

from fractions import Fraction

from hypothesis import strategies as st

from melodyrnn.music.durations import GRID, TUPLETS, TYPES, Value, can_write
from melodyrnn.music.notation.text import token
from melodyrnn.music.song import Key, Meter, Note, Pitch, Song

FINE = 192
"""Parts of a quarter note in which pickups, changes of meter and chord symbols are given."""

ALL_DURATIONS = [
    value.duration
    for value in (Value(t, d, w) for t in TYPES for d in range(3) for w in TUPLETS)
    if can_write(value.duration)
]
"""What one note value can last, in quarter notes."""


def common_durations(most: int = 8) -> st.SearchStrategy[Fraction]:
    """Multiples of 1/192 of a quarter note."""
    return st.integers(1, most * FINE).map(lambda ticks: Fraction(ticks, FINE))


def durations(most: int = 8) -> st.SearchStrategy[Fraction]:
    """What can be written, in quarter notes: single values, and any multiple of the grid."""
    anything = st.integers(1, most * GRID).map(lambda ticks: Fraction(ticks, GRID))
    return st.one_of(st.sampled_from(ALL_DURATIONS), common_durations(most), anything)


@st.composite
def pitches(draw: st.DrawFn, low: int = 0, high: int = 127) -> Pitch:
    """Spelled in every way, double sharps and flats too."""
    step = draw(st.sampled_from("cdefgab"))
    alter = draw(st.sampled_from([0, 0, 0, 1, -1, 2, -2]))
    base = Pitch(step, alter, 4).midi - 60
    return Pitch(step, alter, draw(st.integers(-((base - low) // 12), (high - base) // 12)) - 1)


def notes(
    pitch: st.SearchStrategy[Pitch] | None = None,
    duration: st.SearchStrategy[Fraction] | None = None,
) -> st.SearchStrategy[Note]:
    """Notes, and rests about one time in ten."""
    sounding = pitches() if pitch is None else pitch
    lasting = durations() if duration is None else duration
    return st.builds(Note, st.one_of(*[sounding] * 9, st.none()), lasting)


meters = st.builds(Meter, st.integers(1, 15), st.sampled_from([1, 2, 4, 8, 16]))
keys = st.builds(Key, st.integers(-7, 7), st.sampled_from(["major", "minor"]))
titles = st.one_of(
    st.just(""),
    st.sampled_from(["나비야", "나비야", "a: b", " % no comment ", "title: 곡", "🎵", "c4 | d4"]),
    st.text(max_size=12),
)


chord_names = st.builds(
    "{}{}{}".format,
    st.sampled_from(["A", "Bb", "B", "C", "C#", "Db", "D", "F#", "Abb", "F##"]),
    st.sampled_from(["", "m", "7", "maj7", "m7b5", "sus4", "6/9", "7(b9)", "add9", "-7", "°"]),
    st.sampled_from(["", "", "/D", "/Eb"]),
)


@st.composite
def songs(
    draw: st.DrawFn,
    note: st.SearchStrategy[Note] | None = None,
    max_size: int = 24,
    changes: bool = True,
    codes: bool = True,
    chords: bool = True,
) -> Song:
    """Songs with every header; ``changes`` of meter, ``codes`` and ``chords`` on request."""
    tune = tuple(draw(st.lists(notes() if note is None else note, min_size=1, max_size=max_size)))
    meter = draw(meters)
    ticks = st.integers(0, int(meter.bar * FINE) - 1).map(lambda ticks: Fraction(ticks, FINE))
    length = sum((n.duration for n in tune), Fraction(0))
    offsets = st.integers(1, max(1, int(length * FINE) - 1))
    switch = st.dictionaries(offsets, meters, max_size=3) if changes else st.just({})
    symbols = st.dictionaries(offsets, st.one_of(chord_names, st.just("N.C.")), max_size=3)
    table = list(dict.fromkeys(map(token, tune)))
    return Song(
        notes=tune,
        title=draw(titles),
        composer=draw(titles),
        meter=meter,
        key=draw(keys),
        tempo=draw(st.one_of(st.none(), st.integers(5, 1000), st.floats(5, 1000))),
        pickup=draw(st.one_of(st.just(Fraction(0)), ticks)),
        meter_changes=tuple((Fraction(t, FINE), m) for t, m in sorted(draw(switch).items())),
        codes=tuple(draw(st.permutations(table))) if codes and draw(st.booleans()) else (),
        chords=tuple((Fraction(t, FINE), c) for t, c in sorted(draw(symbols).items()))
        if chords and draw(st.booleans())
        else (),
    )


def values() -> st.SearchStrategy[str]:
    """Note values as tokens write them."""
    numbers, dots = ["1", "2", "4", "8", "16"], ["", "", ".", ".."]
    return st.tuples(st.sampled_from(numbers), st.sampled_from(dots)).map("".join)


def pitch_names() -> st.SearchStrategy[str]:
    signs = st.sampled_from(["", "", "", "#", "-", "##", "--", "n"])
    low = st.sampled_from(["C", "CC", "D", "EEE", "F", "G", "AA", "B"])
    primes, steps = st.sampled_from(["", "", "'", "''"]), st.sampled_from("cdefgab")
    return st.one_of(
        st.tuples(low, signs).map("".join),
        st.tuples(steps, primes, signs).map("".join),
    )


def plain_tokens() -> st.SearchStrategy[str]:
    return st.tuples(pitch_names(), st.one_of(st.just(""), values())).map("".join)


@st.composite
def token_texts(draw: st.DrawFn) -> str:
    """Texts in the part of the language that music21's TinyNotation reads the same way.

    Not in it: ties inside tuplets, of which it loses the duration.
    """
    words = []
    meter = draw(st.sampled_from(["", "3/4", "6/8", "2/2"]))
    group = st.lists(plain_tokens(), min_size=1, max_size=4).map(" ".join)
    for _ in range(draw(st.integers(1, 10))):
        kind = draw(st.sampled_from(["note", "note", "note", "tie", "trip", "quad", "rest"]))
        if kind == "note":
            words.append(draw(plain_tokens()))
        elif kind == "tie":
            pitch, value = draw(pitch_names()), draw(values())
            words += [f"{pitch}{value}~", pitch + draw(st.one_of(st.just(""), values()))]
        elif kind == "rest":
            words.append("r" + draw(st.one_of(st.just(""), values())))
        else:
            words.append(f"{kind}{{{draw(group)}}}")
    return " ".join([meter, *words]).strip()
