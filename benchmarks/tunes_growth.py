"""What do many tunes cost before training? Seconds and memory of reading, cache, families and
split of 2,000 to 200,000 synthetic tunes.

    python benchmarks/tunes_growth.py [--sizes 2000,20000,200000] [--keep FOLDER]
    python benchmarks/tunes_growth.py --sizes 200000 --read       # reading alone
    python benchmarks/tunes_growth.py --sizes 200000 --unread     # families and split alone

The tunes are made so: a key, one of four meters, and 8 to 16 bars. A bar is one of the rhythms of
its meter, which a tune draws from four that it has. Pitches walk over a major scale, mostly by
steps, drawn to the middle of two octaves, with a chord note at the end of each fourth bar. A fifth
of the tunes are variants of one before: in another key, a sixteenth of the notes changed by a step
and, of every third, all rhythms drawn anew. A variant is found where it is of the family of its
tune. They stand in ABC files of 20,000 tunes. Of each size a process of its own reads, and another
does the rest, so that each peak of memory is its own. Seconds are those of the processor, of all
processes together: reading is shared out among the cores, the rest is of one. With ``--unread`` no
file is written or read, and keys are drawn after all tunes.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from fractions import Fraction
from functools import cache
from itertools import chain
from pathlib import Path

from melodyrnn.errors import MelodyWarning

MEGABYTE = 1024 if sys.platform != "darwin" else 1024**2
A_FILE = 20_000  # tunes
EIGHTHS = {"4/4": 8, "3/4": 6, "2/4": 4, "6/8": 6}
KEYS = ["C", "G", "D", "A", "F", "Bb", "Eb"]
LETTERS, SCALE = "CDEFGAB", (0, 2, 4, 5, 7, 9, 11)
STEPS = (-4, -3, -2, -1, -1, -1, 0, 1, 1, 1, 2, 3, 4)


def rhythm(chance, eighths):
    """A bar: lengths in eighths."""
    lengths = []
    while left := eighths - sum(lengths):
        lengths.append(min(left, chance.choice((1, 1, 1, 2, 2, 3, 4))))
    return lengths


def tune(chance):
    """(Meter, bars of lengths, degrees of the scale from 0)."""
    meter = chance.choice(list(EIGHTHS))
    patterns = [rhythm(chance, EIGHTHS[meter]) for _ in range(4)]
    bars = [chance.choice(patterns) for _ in range(chance.choice((8, 8, 12, 16)))]
    degrees, at = [], chance.choice((0, 2, 4))
    for number, bar in enumerate(bars, 1):
        for _ in bar:
            at = min(max(at + chance.choice(STEPS) - (at > 9) + (at < 2), -2), 12)
            degrees.append(at)
        if number % 4 == 0:
            degrees[-1] = at = chance.choice((0, 2, 4, 7))
    return meter, bars, degrees


def variant(chance, of, other_rhythm):
    """The tune with a sixteenth of its notes changed, and perhaps all of its rhythms."""
    meter, bars, degrees = of
    changed = [at + chance.choice((-1, 1)) * (chance.random() < 1 / 16) for at in degrees]
    if other_rhythm:
        lengths = iter([chance.choice((1, 2, 3)) for _ in changed])
        bars = [[next(lengths) for _ in bar] for bar in bars]
    return meter, bars, changed


def abc(chance, number, made):
    """The tune as ABC."""
    meter, bars, degrees = made
    key = chance.choice(KEYS)
    tonic = LETTERS.index(key[0])
    at = iter(degrees)
    music = "".join(
        "".join(f"{pitch(tonic + next(at))}{length}" for length in bar) + "|" for bar in bars
    )
    return f"X:{number}\nT:Tune {number}\nM:{meter}\nL:1/8\nK:{key}\n{music}]\n\n"


def pitch(degree):
    octave, step = divmod(degree, 7)
    return LETTERS[step] + ("," * -octave if octave < 0 else "'" * octave)


def drawn(chance, count):
    """Tunes, and of each the number of the one it is a variant of, or its own."""
    tunes = []
    for number in range(count):
        other = chance.randrange(number) if number and chance.random() < 0.2 else number
        tunes.append(
            variant(chance, tunes[other], number % 3 == 0) if other != number else tune(chance)
        )
        yield tunes[-1], other


def make(folder, count):
    """The files. Returns of each tune the number of the one it is a variant of, or its own."""
    chance, of = random.Random(0), []
    for number, (made, other) in enumerate(drawn(chance, count)):
        of.append(other)
        path = folder / f"{number // A_FILE:03}.abc"
        with path.open("a") as file:
            file.write(abc(chance, number % A_FILE + 1, made))
    return of


def unread(count):
    """The songs without files, equal notes one object as a reader has them; and as ``make``."""
    from melodyrnn.data.gather import Named
    from melodyrnn.music.song import Key, Note, Song

    @cache
    def note(midi, length):
        return Note(Key().pitch(midi), Fraction(length, 2))

    chance = random.Random(0)
    tunes, of = zip(*drawn(chance, count), strict=True)
    songs = []
    for number, (_, bars, degrees) in enumerate(tunes):
        tonic = 48 + SCALE[LETTERS.index(chance.choice(KEYS)[0])]
        heights = [tonic + 12 * (degree // 7) + SCALE[degree % 7] for degree in degrees]
        notes = map(note, heights, chain(*bars))
        songs.append(Named(f"tune-{number}", Song(tuple(notes))))
    return songs, of


def peak():
    """Megabytes that this process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


def processor():
    """Seconds that this process and those that it started and that ended have had."""
    of = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in of)


def measure(folder, how, alone):
    """Seconds of each, and megabytes after each: of a folder's tunes, ``alone`` as they are read,
    or, ``unread``, so many.
    """
    from melodyrnn.data.gather import gather
    from melodyrnn.data.song_families import family_numbers
    from melodyrnn.data.split import split

    warnings.simplefilter("ignore", MelodyWarning)
    found = {"start": [0, peak()]}

    def timed(name, work):
        began = processor()
        value = work()
        found[name] = [processor() - began, peak()]
        return value

    if how == "unread":
        songs, of = unread(int(folder))
    else:
        songs = timed(how, lambda: gather(Path(folder)))
        of = json.loads(Path(folder, "of.json").read_text())
    if how != "read" and not alone:
        numbers = timed("families", lambda: family_numbers([named.song for named in songs]))
        timed("split", lambda: split(songs, 0.1))
        variants = [number for number, other in enumerate(of) if number != other]
        kept = sum(numbers[number] == numbers[of[number]] for number in variants)
        found |= {"variants": len(variants), "kept": kept}
    return found


def measured(songs, how, alone=False, **environment):
    """``measure`` in a process of its own."""
    command = [sys.executable, __file__, "--measure", str(songs), how, *["--read"] * alone]
    own = {**os.environ, **environment}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=own)
    return json.loads(done.stdout)


def row(place, count, alone):
    """What is measured of so many tunes in the folder ``place``, perhaps read before."""
    songs, kept = place / "songs", place / "cache"
    ways = ["again"]
    if not kept.exists():
        songs.mkdir(parents=True)
        (songs / "of.json").write_text(json.dumps(make(songs, count)))
        time.sleep(2.5)  # files just written are not yet known by their times
        ways = ["read", "again"]
    found = {}
    for how in ways:
        found |= measured(songs, how, alone, MELODYRNN_CACHE=str(kept))
    return {**found, "cache": (kept / "tunes.sqlite").stat().st_size / 1e6}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="2000,20000,200000")
    parser.add_argument("--keep", type=Path, help="where tunes and cache stay, not read again")
    parser.add_argument("--read", action="store_true", help="neither families nor split")
    parser.add_argument("--unread", action="store_true", help="make songs, and no files to read")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(*options.measure, options.read)))
        return
    print("seconds of the processor, and MB at most up to then")
    print("  tunes         read   from cache      families        split  cache  variants found")
    for count in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory() as place:
            folder = (options.keep or Path(place)) / str(count)
            found = (
                measured(count, "unread") if options.unread else row(folder, count, options.read)
            )
        told = "".join(
            f"{found[of][0]:7.1f} {found[of][1]:5.0f}" if of in found else f"{'-':>13}"
            for of in ("read", "again", "families", "split")
        )
        share = f"  {found['kept']:,} of {found['variants']:,}" if "kept" in found else ""
        print(f"{count:7,} {told} {found.get('cache', 0):6.1f}{share}", flush=True)


if __name__ == "__main__":
    main()
