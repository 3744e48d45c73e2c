"""How many steps of performed tunes are read right: from each onset to the next, in quarter notes.

    python benchmarks/humanised.py [--corpus kinder --corpus oneills …] [--songs 60] [--seed 0]

Tunes are played as MIDI files hold performances: every onset late by one constant, or each by a
deviation of its own (normally distributed), and every note released before the next. What the
quantiser takes for probable was chosen on other tunes: those of essen/erk, ryans-mammoth and kinder
and every other one of oneills, beside those that are played here.
"""

import argparse
import random
import time
import warnings
from fractions import Fraction
from itertools import accumulate, pairwise

from melodyrnn.data.gather import gather
from melodyrnn.errors import MelodyWarning
from melodyrnn.formats.melody.quantise import quantise
from melodyrnn.formats.melody.timed_note import TimedNote
from melodyrnn.formats.read import Corpus

TICKS = 480
TEMPO = 120  # quarter notes per minute

LATE = [(f"late by {ms} ms", ms, 0.0) for ms in (10, 30, 50, 70, 90)]
JITTER = [(f"deviations of {sigma} quarter", 0, sigma) for sigma in (0.01, 0.03, 0.05)]
BOTH = [("late by 50 ms, deviations of 0.03", 50, 0.03)]


def written(song):
    """The notes of a song on the time line; repeated rests are none."""
    starts = [Fraction(0), *accumulate(note.duration for note in song.notes)]
    return [
        TimedNote(start, start + note.duration, note.pitch)
        for note, start in zip(song.notes, starts, strict=False)
        if note.pitch
    ]


def played(notes, milliseconds, sigma, chance):
    """In ticks, one note at a time, each released after 70 to 98 % of its time."""
    late = milliseconds / 60_000 * TEMPO
    onsets = [float(note.onset) + late + chance.gauss(0, sigma) for note in notes]
    ticks = [max(0, round(onset * TICKS)) for onset in onsets]
    for place in range(1, len(ticks)):
        ticks[place] = max(ticks[place], ticks[place - 1] + 1)
    made = []
    for place, note in enumerate(notes):
        sounds = max(1, round(float(note.length) * chance.uniform(0.7, 0.98) * TICKS))
        end = ticks[place] + sounds
        if place + 1 < len(ticks):
            end = min(end, ticks[place + 1])
        made.append(TimedNote(Fraction(ticks[place], TICKS), Fraction(end, TICKS), place))
    return made


def right(notes, milliseconds, sigma, chance):
    """(steps read right, steps) of one tune."""
    performance = played(notes, milliseconds, sigma, chance)
    read = quantise(performance, "x.mid", None, Fraction(1, TICKS))
    found = {note.pitch: note.onset for note in read}  # each note's pitch is its number
    steps = [
        place in found
        and place + 1 in found
        and found[place + 1] - found[place] == later.onset - note.onset
        for place, (note, later) in enumerate(pairwise(notes))
    ]
    return sum(steps), len(steps)


def measure(corpus, songs, seed, rows):
    """Of each row, the share of steps that are right, and the seconds of processor time a tune."""
    named = gather(Corpus(corpus))[1::2]  # the others are those of beat_patterns.py
    chosen = [named[place * len(named) // songs].song for place in range(min(songs, len(named)))]
    tunes = [written(song) for song in chosen]
    rows_read = []
    for _, milliseconds, sigma in rows:
        chance = random.Random(seed)
        start = time.process_time()
        pairs = [right(notes, milliseconds, sigma, chance) for notes in tunes]
        share = sum(a for a, _ in pairs) / sum(b for _, b in pairs)
        rows_read.append((share, (time.process_time() - start) / len(tunes)))
    return rows_read


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", action="append", help="default: kinder, oneills and airds")
    parser.add_argument("--songs", type=int, default=60, help="of each corpus")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    warnings.simplefilter("ignore", MelodyWarning)
    rows = [*LATE, *JITTER, *BOTH]
    corpora = options.corpus or ["kinder", "oneills", "airds"]
    columns = [measure(corpus, options.songs, options.seed, rows) for corpus in corpora]
    print(f"{'steps right, %; ms a tune':36}" + "".join(f"{corpus:>16}" for corpus in corpora))
    for (name, _, _), *read in zip(rows, *columns, strict=True):
        cells = (f"{100 * share:10.1f}{1e3 * took:6.1f}" for share, took in read)
        print(f"{name:36}" + "".join(cells))


if __name__ == "__main__":
    main()
