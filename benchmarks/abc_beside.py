"""How many tunes of ABC are read as abc2midi (of Debian's package `abcmidi`) reads them?

    python benchmarks/abc_beside.py [CORPUS, FOLDER or FILE …] [--list]

Compared are pitch, onset and end of each note of the melody; where notes begin at once, of the
highest. Of the tunes that are read in two ways, the table says what stands in them that the two
take otherwise; `--list` prints each with the first notes where they part. Without a name, corpora
that music21 carries.

abc2midi plays no grace notes, chord symbols, fermatas, trills and rolls here, and hornpipes as they
are written.
"""

import argparse
import re
import subprocess
import tempfile
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import mido
import music21

from melodyrnn.errors import MelodyError, MelodyWarning
from melodyrnn.formats.abc.read import parse_tunes
from melodyrnn.system.machine import cores

CORPORA = ("oneills1850", "ryansMammoth", "airdsAirs", "essenFolksong")
CORPUS = Path(music21.__file__).parent / "corpus"
NEAR = Fraction(1, 60)
"""Quarter notes: abc2midi counts 480 ticks a quarter note, and rounds."""
CHORD = Fraction(1, 20)
"""Quarter notes within which abc2midi begins the notes of a chord, one after the other."""

KINDS = (
    ("several voices", r"^V:|\[V:"),
    ("%%MIDI", r"^%%MIDI (?:nobarlines|r?transpose)"),
    ("order of parts", r"^P:"),
    ("bar line [|]", r"\[\|\]"),
    ("D.C., D.S.", r"!D\.?[CS]|!(?:fine|segno)!"),
    ("accidentals of grace notes", r"\{[^}]*[\^_=]"),
    ("endings", r"\[\d|\|\d"),
)
"""What the two take otherwise -> how a tune shows that it has such; the first counts."""


class Tune(NamedTuple):
    """A tune as it was read by both: notes as (onset, end, MIDI number), in quarter notes."""

    name: str
    text: str
    ours: list | str  # or why there are none
    theirs: list | None
    marked: list | None  # theirs, where |: stands behind double lines


def ours(tune):
    """The notes of one of our tunes, or why there are none."""
    try:
        song = tune()
    except MelodyError as error:
        return re.sub(r"\d+(/\d+)?", "…", str(error).rpartition(": ")[2].partition(";")[0])
    return [
        (onset, onset + note.duration, note.pitch.midi)
        for note, onset in zip(song.notes, song.offsets, strict=True)
        if note.pitch
    ]


def theirs(header, tunes, folder):
    """The notes of each tune as abc2midi writes it; None where it writes none."""
    tunes = list(tunes)
    numbered = [re.sub(r"^X:.*", f"X:{number}", tune) for number, tune in enumerate(tunes, 1)]
    (folder / "tune.abc").write_text(plain(header + "\n" + "\n\n".join(numbered)), "utf-8")
    options = ["-NGRA", "-NGUI", "-NFER", "-silent"]
    subprocess.run(["abc2midi", "tune.abc", *options], cwd=folder, capture_output=True, check=False)
    for number in range(1, len(tunes) + 1):
        path = folder / f"tune{number}.mid"
        yield melody(mido.MidiFile(path, clip=True)) if path.exists() else None


def plain(text):
    """Without what abc2midi does of its own: trills, rolls, short staccato, swing of hornpipes."""
    text = re.sub(r"(?m)^R:.*\n", "", text)
    signs = r'(?m)("[^"\n]*"|^[A-Za-z]:.*|^%.*)|[T~]|!trill!|\.(?!\|)'
    return re.sub(signs, lambda match: match[1] or "", text)


def marked(text):
    """With |: behind each double line where none is open, from where the standard repeats."""
    opened = False

    def mark(match):
        nonlocal opened
        line = match[0]
        if line[0] not in ":|":
            return line
        begins = "|" in line and ":" not in line and not opened
        opened = line.endswith(":") or (opened and ":" not in line)
        return "|:" if begins else line

    lines = r'(?m)(?:"[^"\n]*"|^[A-Za-z]:.*|^%.*)|:*\|[|\]]*:+|:+\|[|\]]*|::|\|[|\]](?!\s*\[?\d)'
    return re.sub(lines, mark, text)


def melody(file):
    """The highest of the notes that begin at once."""
    quarter = file.ticks_per_beat
    highest = []
    for start, end, pitch in sorted(sounding(file)):
        if highest and start < highest[-1][0] + quarter * CHORD:
            start, *last = highest.pop()
            end, pitch = max(last, [end, pitch], key=lambda note: note[1])
        highest.append((start, end, pitch))
    return [(Fraction(start, quarter), Fraction(end, quarter), p) for start, end, p in highest]


def sounding(file):
    """(onset, end, pitch) of the notes, in ticks."""
    for track in file.tracks:
        tick, begun = 0, {}
        for message in track:
            tick += message.time
            if message.type == "note_on" and message.velocity:
                begun.setdefault(message.note, []).append(tick)
            elif message.type in ("note_on", "note_off") and begun.get(message.note):
                yield begun[message.note].pop(0), tick, message.note


def parting(notes, others):
    """The index of the first note that is not the same, -1 where all are."""
    for index, (a, b) in enumerate(zip(notes, others, strict=False)):
        if a[2] != b[2] or abs(a[0] - b[0]) > NEAR or abs(a[1] - b[1]) > NEAR:
            return index
    return -1 if len(notes) == len(others) else min(len(notes), len(others))


def files(named):
    place = CORPUS / named if (CORPUS / named).is_dir() else Path(named)
    return sorted(place.rglob("*.abc")) if place.is_dir() else [place]


def tunes_of(path):
    """Each tune of a file, as both read it."""
    data = path.read_bytes()
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    header, *tunes = re.split(r"(?m)^(?=X:)", text)
    with tempfile.TemporaryDirectory() as place:
        other = list(theirs(header.strip(), tunes, Path(place)))
        others = list(theirs(header.strip(), map(marked, tunes), Path(place)))
        read = parse_tunes(data, path.name, track=None, grid=None)
        return [
            Tune(f"{path.name} X:{label}", text, ours(song), notes, again)
            for text, notes, again, (label, song) in zip(tunes, other, others, read, strict=True)
        ]


def verdict(tune):
    """What became of a tune: "as one", or why not."""
    if isinstance(tune.ours, str):
        return tune.ours
    if not tune.theirs:
        return "only here"
    if parting(tune.ours, tune.theirs) < 0:
        return "as one"
    if tune.marked and parting(tune.ours, tune.marked) < 0:
        return "repeats from a double line"
    found = (kind for kind, sign in KINDS if re.search(sign, tune.text, re.MULTILINE))
    return next(found, "other")


def shown(tune):
    """The first notes where the two part."""
    place = parting(tune.ours, tune.theirs)
    sides = [
        " ".join(f"{float(a):g}-{float(b):g}:{pitch}" for a, b, pitch in side[place : place + 3])
        for side in (tune.ours, tune.theirs)
    ]
    counts = f"{len(tune.ours)} notes, {len(tune.theirs)} there"
    return f"{tune.name}: from note {place + 1} ({counts}): {' | '.join(sides)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpora", nargs="*", default=CORPORA)
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore", MelodyWarning)
    for named in options.corpora:
        verdicts = Counter()
        with ThreadPoolExecutor(cores()) as pool:
            for tune in (tune for tunes in pool.map(tunes_of, files(named)) for tune in tunes):
                verdicts[kind := verdict(tune)] += 1
                if options.list and not isinstance(tune.ours, str) and kind != "as one":
                    print(f"{kind}: {shown(tune)}" if tune.theirs else f"{kind}: {tune.name}")
        total, same = verdicts.total(), verdicts.pop("as one", 0)
        print(f"{named:14}{total:6} tunes, {same:5} as one, {same / total:.1%}")
        for kind, count in verdicts.most_common():
            print(f"{'':14}{count:6} {kind}")


if __name__ == "__main__":
    main()
