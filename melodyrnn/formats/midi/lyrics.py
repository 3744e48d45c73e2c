"""The words of a song as a MIDI file has them, and how far a track's notes are theirs.

Standard files have lyric events, in the track of the melody or in one of their own. Karaoke files
(.kar) have text events instead, a syllable each, beside those that begin with @ and speak of the
file.
"""

from bisect import bisect_left
from collections.abc import Sequence

from melodyrnn.formats.midi.chunks import MidiData
from melodyrnn.formats.midi.events import LYRIC, META, TEXT

_FEWEST = 8  # syllables: fewer are no words of a song
_ASIDE = b"@"
_KARAOKE = b"@K"
"""What a karaoke file's first text begins with."""
_APART = 16
"""A syllable is sung on a note that starts within this part of a quarter note."""


def syllables(midi: MidiData) -> list[int]:
    """The ticks at which syllables are sung, in order; none where the file has no words."""
    metas = [event for events in midi.tracks for event in events if event.kind == META]
    found = {event.tick for event in metas if event.number == LYRIC}
    if not found and any(e.number == TEXT and e.data.startswith(_KARAOKE) for e in metas):
        texts = (event for event in metas if event.number == TEXT)
        found = {event.tick for event in texts if not event.data.startswith(_ASIDE)}
    return sorted(found) if len(found) >= _FEWEST else []


def sung(onsets: Sequence[int], words: Sequence[int], per_quarter: int) -> float:
    """How well notes that start at those ticks fit the syllables ``words``, 0 to 1: the harmonic
    mean of the part of the notes that have a syllable and the part of those that have a note.
    """
    if not words:
        return 0.0
    starts, near = sorted(set(onsets)), per_quarter // _APART
    hits = 0
    for tick in words:
        place = bisect_left(starts, tick - near)
        hits += place < len(starts) and starts[place] <= tick + near
    return 2 * hits / (len(starts) + len(words))
