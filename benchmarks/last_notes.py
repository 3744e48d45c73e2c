"""How songs end: the last notes of people's songs, and of those that runs make.

    python benchmarks/last_notes.py RUN... [--against kinder] [--meter 2/4] [--count 100]

People's are those of ``--against`` in that meter. Each run makes songs of which nothing but meter
and key is asked, then eight bars, then eight bars and an end. Shares in percent: of last notes as
long as that, dotted ones with the plain ones; of degrees of the key, where 1 is the tonic; of where
in its bar the last note begins; of last bars that are full, or completed by the pickup.
"""

import argparse
import warnings
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from melodyrnn import generate, open_run
from melodyrnn.data.gather import gather
from melodyrnn.errors import MelodyWarning
from melodyrnn.formats.read import Corpus
from melodyrnn.music.bars import bar_spans, note_places
from melodyrnn.music.song import Key, Note, Song

KEY = "G major"
ASKED: dict[str, dict[str, Any]] = {
    "": {},
    "8 bars": {"bars": 8},
    "8 bars, end": {"bars": 8, "end": True},
}
LENGTHS = {"16th": Fraction(1, 4), "8th": Fraction(1, 2), "4th": Fraction(1), "half": Fraction(2)}
DEGREES = {"1": (0,), "3": (3, 4), "5": (7,)}
"""Degree -> semitones above the tonic."""


def last_note(song: Song) -> tuple[Note, Fraction]:
    """The last that sounds, and its place in the bar, quarter notes."""
    *_, found = (
        (note, place.offset)
        for note, place in zip(song.notes, note_places(song), strict=True)
        if note.pitch
    )
    return found


def is_full(song: Song) -> bool:
    """Whether its last bar is, or the pickup completes it."""
    *_, (meter, start, end) = bar_spans(song)
    return end - start in (meter.bar, meter.bar - song.pickup)


def above_tonic(note: Note, key: Key) -> int:
    """Semitones, within an octave. The degree of a minor key is from its own tonic."""
    assert note.pitch is not None
    tonic = 7 * key.fifths + (9 if key.mode == "minor" else 0)
    return (note.pitch.midi - tonic) % 12


def shares(songs: Sequence[Song]) -> dict[str, float]:
    """Heading -> percent."""
    songs = [song for song in songs if any(note.pitch for note in song.notes)]
    last = [(song, *last_note(song)) for song in songs]
    found: dict[str, list[bool]] = {}
    bounds = [*LENGTHS.values(), Fraction(10**6)]
    for number, name in enumerate(LENGTHS):
        low, high = bounds[number], bounds[number + 1]
        found[name] = [low <= note.duration < high for _, note, _ in last]
    for name, places in DEGREES.items():
        found[name] = [above_tonic(note, song.key) in places for song, note, _ in last]
    found["beat 1"] = [offset == 0 for *_, offset in last]
    found["other"] = [offset > 0 and offset.denominator == 1 for *_, offset in last]
    found["off"] = [offset.denominator > 1 for *_, offset in last]
    found["full"] = [is_full(song) for song in songs]
    return {name: 100 * sum(each) / len(songs) for name, each in found.items()}


def show(name: str, songs: Sequence[Song]) -> None:
    figures = "".join(f"{share:7.0f}" for share in shares(songs).values())
    print(f"{name[:32]:32}{len(songs):4}{figures}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+")
    parser.add_argument("--against", default="kinder")
    parser.add_argument("--meter", default="2/4")
    parser.add_argument("--count", type=int, default=100)
    asked = parser.parse_args()
    warnings.simplefilter("ignore", MelodyWarning)
    people = [named.song for named in gather(Corpus(asked.against))]
    people = [song for song in people if str(song.meter) == asked.meter]
    print(f"{'':32}{'of':>4}" + "".join(f"{name:>7}" for name in shares(people[:1])))
    show("people", people)
    for run in asked.runs:
        for what, form in ASKED.items():
            made = generate(run, count=asked.count, meter=asked.meter, key=KEY, seed=1, **form)
            name = f"{open_run(run).path.name} {what}"
            show(name, [each.song for each in made.songs])


if __name__ == "__main__":
    main()
