"""How often do the notes of a melody tell its key? The weighted score of MIREX, per profile.

    python benchmarks/key_finding.py

Each melody's key is that of its source. The score of one is 1 for the key itself, 0.5 for one a
fifth away, 0.3 for its relative and 0.2 for its parallel key, else 0. The profile and what the
final note counts were chosen on O'Neill's tunes; the other columns are what they are worth
elsewhere. Below stand the kinds of mistakes, and how many melodies have the third of the other mode
alone, such as E flat where C major is named: the songs of essen come from EsAC, which names a tonic
and no mode, and those from China name the place of do, on which they need not end.
"""

import statistics
import warnings

from melodyrnn.data.gather import gather
from melodyrnn.errors import MelodyWarning
from melodyrnn.formats.read import Corpus
from melodyrnn.music.key_finding import BEST, PROFILES, fitting_keys

CORPORA = ("oneills", "kinder", "airds", "ryans-mammoth", "essen/german", "essen/china", "essen")


SCORES = {"right": 1.0, "fifth": 0.5, "relative": 0.3, "parallel": 0.2, "other": 0.0}
"""How a key that was found lies to the one that is named -> its score."""


def kind(found, named):
    """A key of SCORES."""
    if found == named:
        return "right"
    low, high = map(pitch_class, (found, named))
    if found.mode == named.mode:
        return "fifth" if (low - high) % 12 in (5, 7) else "other"
    if found.fifths % 12 == named.fifths % 12:
        return "relative"
    return "parallel" if low == high else "other"


def is_of_other_mode(key, pitches):
    """Whether a melody has the third of the other mode, and never that of the one that is named."""
    sounding = {(pitch - pitch_class(key)) % 12 for pitch in pitches}
    thirds = (3, 4) if key.mode == "major" else (4, 3)
    return thirds[0] in sounding and thirds[1] not in sounding


def pitch_class(key):
    """Of the tonic."""
    return (7 * key.fifths + (9 if key.mode == "minor" else 0)) % 12


def melody(song):
    """The MIDI numbers and lengths of its notes."""
    sounding = [
        (note.pitch.midi, n) for note, n in zip(song, song.steps, strict=True) if note.pitch
    ]
    return tuple(zip(*sounding, strict=True))


def line(name, values, form):
    print(f"{name:20}" + "".join(f"{value:{form}}" for value in values))


def main():
    warnings.simplefilter("ignore", MelodyWarning)
    line("", CORPORA, ">14")
    songs = {name: [named.song for named in gather(Corpus(name))] for name in CORPORA}
    melodies = {name: [(song.key, *melody(song)) for song in some] for name, some in songs.items()}
    for name, profile in PROFILES.items():
        kinds = {
            corpus: [
                kind(fitting_keys(pitches, lengths, profile)[0].key, key)
                for key, pitches, lengths in melodies[corpus]
            ]
            for corpus in CORPORA
        }
        scores = [statistics.fmean(map(SCORES.get, kinds[corpus])) for corpus in CORPORA]
        line(name, scores, "14.3f")
        if profile is BEST:
            best = kinds
    line("melodies", (len(songs[name]) for name in CORPORA), "14,")
    print("with the profile that is used, %:")
    for each in SCORES:
        shares = (100 * best[name].count(each) / len(best[name]) for name in CORPORA)
        line(each, shares, "14.1f")
    odd = {name: [is_of_other_mode(*each[:2]) for each in melodies[name]] for name in CORPORA}
    line("other third alone", (100 * statistics.fmean(odd[name]) for name in CORPORA), "14.1f")
    without = (
        statistics.fmean(SCORES[a] for a, b in zip(best[name], odd[name], strict=True) if not b)
        for name in CORPORA
    )
    line("score without these", without, "14.3f")


if __name__ == "__main__":
    main()
