"""How often do the notes of a melody tell its key? The weighted score of MIREX, per profile.

    python benchmarks/key_finding.py

Each melody's key is that of its source. The score of one is 1 for the key itself, 0.5 for one a
fifth away, 0.3 for its relative and 0.2 for its parallel key, else 0. The profile and what the
final note counts were chosen on O'Neill's tunes; the other columns are what they are worth
elsewhere. The songs of essen hardly ever name a minor key, and those from China name the place of
do, on which they need not end.
"""

import statistics
import warnings

from melodyrnn.data.gather import gather
from melodyrnn.errors import MelodyWarning
from melodyrnn.formats.read import Corpus
from melodyrnn.music.key_finding import PROFILES, fitting_keys

CORPORA = ("oneills", "kinder", "airds", "ryans-mammoth", "essen/german", "essen/china", "essen")


def score(found, named):
    """The score of a key that was found where another is named."""
    if found == named:
        return 1.0
    low, high = map(pitch_class, (found, named))
    if found.mode == named.mode:
        return 0.5 if (low - high) % 12 in (5, 7) else 0.0
    if found.fifths % 12 == named.fifths % 12:
        return 0.3
    return 0.2 if low == high else 0.0


def pitch_class(key):
    """Of the tonic."""
    return (7 * key.fifths + (9 if key.mode == "minor" else 0)) % 12


def melody(song):
    """The MIDI numbers and lengths of its notes."""
    sounding = [
        (note.pitch.midi, n) for note, n in zip(song, song.steps, strict=True) if note.pitch
    ]
    return tuple(zip(*sounding, strict=True))


def main():
    warnings.simplefilter("ignore", MelodyWarning)
    print(f"{'':20}" + "".join(f"{name:>14}" for name in CORPORA))
    songs = {name: [named.song for named in gather(Corpus(name))] for name in CORPORA}
    melodies = {name: [(song.key, *melody(song)) for song in some] for name, some in songs.items()}
    for name, profile in PROFILES.items():
        scores = [
            statistics.fmean(
                score(fitting_keys(pitches, lengths, profile)[0].key, key)
                for key, pitches, lengths in melodies[corpus]
            )
            for corpus in CORPORA
        ]
        print(f"{name:20}" + "".join(f"{value:14.3f}" for value in scores))
    print(f"{'melodies':20}" + "".join(f"{len(songs[name]):14,}" for name in CORPORA))


if __name__ == "__main__":
    main()
