"""How fast are many files read, first and from the cache, beside music21? Medians of one run.

    python benchmarks/reading_speed.py [--files 2000] [--sample 20] [--repeats 5]

The files are MIDI files of tunes from Essen, O'Neill's, Ryan's and Aird's collections, evenly over
all of them. music21's `converter.parse`, its own cache bypassed, reads `--sample` of them, evenly
too; this tool reads all. Both take turns, so that both meet the same machine.
"""

import argparse
import os
import statistics
import tempfile
import time
import warnings
from pathlib import Path

from alternating import seconds
from many_tunes import evenly
from music21 import converter

from melodyrnn.data.gather import gather
from melodyrnn.errors import MelodyWarning
from melodyrnn.formats.midi.write import midi_bytes
from melodyrnn.system.machine import cores


def fill(folder, count):
    """``count`` MIDI files in ``folder``. Returns how many notes they have."""
    chosen = [named.song for named in evenly(count)]
    for number, song in enumerate(chosen):
        (folder / f"{number:05}.mid").write_bytes(midi_bytes(song))
    return sum(map(len, chosen))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--sample", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    warnings.simplefilter("ignore", MelodyWarning)

    with tempfile.TemporaryDirectory() as place:
        songs, cache = Path(place, "songs"), Path(place, "cache")
        songs.mkdir()
        notes = fill(songs, options.files)
        paths = sorted(songs.iterdir())[:: max(1, options.files // options.sample)]
        os.environ["MELODYRNN_CACHE"] = str(cache)
        time.sleep(2.5)  # files just written are not yet known by their times
        theirs, first, again = [], [], []
        for _ in range(options.repeats):
            took = seconds(lambda: [converter.parse(path, forceSource=True) for path in paths])
            theirs.append(took / len(paths))
            (cache / "tunes.sqlite").unlink(missing_ok=True)
            first.append(seconds(lambda: gather(songs)) / options.files)
            again.append(seconds(lambda: gather(songs)) / options.files)
        size = (cache / "tunes.sqlite").stat().st_size

    slow = statistics.median(theirs)
    print(f"{options.files} MIDI files, {notes / options.files:.0f} notes each, {cores()} cores")
    print(f"music21        {slow * 1e3:9.2f} ms a file")
    for name, times in (("first reading", first), ("from the cache", again)):
        took = statistics.median(times)
        ratios = [a / b for a, b in zip(theirs, times, strict=True)]
        print(f"{name:14} {took * 1e3:9.3f} ms a file, {statistics.median(ratios):7,.0f} x faster")
    print(f"the cache      {size / 1e6:9.2f} MB")


if __name__ == "__main__":
    main()
