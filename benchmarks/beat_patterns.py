"""How quarter notes are divided in tunes: the table of ``formats/melody/beat_patterns.py``.

    python benchmarks/beat_patterns.py [--least 7]

Patterns of onsets, in 24ths of a quarter note, and how many of 100,000 quarter notes have each, in
the tunes of essen/erk and ryans-mammoth and every other one of oneills (the 1st, 3rd …). What is
read of performances is measured on other tunes (``humanised.py``).
"""

import argparse
import warnings
from collections import Counter, defaultdict
from fractions import Fraction

from melodyrnn.data.gather import gather
from melodyrnn.errors import MelodyWarning
from melodyrnn.formats.melody.beat_patterns import PARTS, probabilities
from melodyrnn.formats.read import Corpus


def patterns(song):
    """Of each quarter note from the first note to the last."""
    beats, start = defaultdict(list), Fraction(0)
    for note in song.notes:
        if note.pitch:
            beats[start // 1].append(start % 1 * PARTS)
        start += note.duration
    return [tuple(beats[beat]) for beat in range(min(beats), max(beats) + 1)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--least", type=float, default=7, help="of 100,000, to be printed")
    options = parser.parse_args()
    warnings.simplefilter("ignore", MelodyWarning)
    named = [*gather(Corpus("essen/erk")), *gather(Corpus("ryans-mammoth"))]
    named += gather(Corpus("oneills"))[::2]
    possible = probabilities(1, 0)
    counts = Counter(
        pattern for each in named for pattern in patterns(each.song) if pattern in possible
    )
    print(f"{len(named):,} tunes, {counts.total():,} quarter notes")
    for pattern, count in counts.most_common():
        share = 100_000 * count / counts.total()
        if share >= options.least:
            print(f"{share:9,.0f}  {' '.join(map(str, pattern))}")


if __name__ == "__main__":
    main()
