"""Features of a melody's time: its size, its durations and how it ends.

Lengths are in bars or in other notes' lengths, so that no change of the unit, such as 2/4 written
in 2/2, changes a feature.
"""

from itertools import pairwise
from math import log2
from statistics import fmean

from melodyrnn.evaluation.human.melody import SoundingMelody
from melodyrnn.evaluation.human.pitch_features import Features, share
from melodyrnn.music.durations import ticks
from melodyrnn.music.statistics import entropy, full_bars

_PHRASE = 4  # bars


def size_of(melody: SoundingMelody) -> Features:
    bars = _bars(melody)
    return {
        "notes": len(melody.pitches),
        "bars": bars,
        "notes per bar": len(melody.pitches) / bars,
        "rests per bar": (len(melody.song) - len(melody.pitches)) / bars,
        "silence, of time": 1 - sum(melody.lengths) / melody.total,
    }


def durations_of(melody: SoundingMelody) -> Features:
    """Shares are of all notes, or of all pairs of notes in a row."""
    lengths, usual, ratios = melody.lengths, melody.usual_length, melody.ratios
    on_beat = [
        melody.in_bar(onset) % melody.bars[melody.bar_of(onset)].beat == 0
        for onset in melody.onsets
    ]
    held = [
        onset + length > melody.bars[melody.bar_of(onset)].end
        for onset, length in zip(melody.onsets, lengths, strict=True)
    ]
    starts = set(melody.onsets)
    return {
        "different durations": len(set(lengths)),
        "entropy of durations, bits": entropy(lengths) or 0.0,
        "longest over shortest, octaves": log2(max(lengths) / min(lengths)),
        "of the most frequent duration": share([length == usual for length in lengths]),
        "shorter than that": share([length < usual for length in lengths]),
        "more than twice as long": share([length > 2 * usual for length in lengths]),
        "as long as the last note": share([ratio == (1, 1) for ratio in ratios]),
        "twice or half the last note": share([ratio in ((1, 2), (2, 1)) for ratio in ratios]),
        "three times or a third": share([ratio in ((1, 3), (3, 1)) for ratio in ratios]),
        "any other ratio": share([max(ratio) > 3 or min(ratio) > 1 for ratio in ratios]),
        "begin on a beat": share(on_beat),
        "held over a bar line": share(held),
        "bars with a note on the first beat": share([bar.start in starts for bar in melody.bars]),
        "full bars": _or_none_full(melody),
        "most notes of equal length in a row": _longest_even(ratios),
    }


def ending_of(melody: SoundingMelody) -> Features:
    """Places in the bar are in bars, from 0, its line; yes is 1."""
    final, bar = melody.lengths[-1], melody.bars[-1]
    place = melody.in_bar(melody.onsets[-1])
    bar_of_final = melody.bars[melody.bar_of(melody.onsets[-1])]
    bars = _bars(melody)
    approach = melody.intervals[-1] if melody.intervals else 0
    pickup = ticks(melody.song.pickup)
    return {
        "length of the final, mean notes": final / fmean(melody.lengths),
        "length of the final, most frequent notes": final / melody.usual_length,
        "length of the final, bars": final / bar_of_final.full,
        "final is the longest note": float(final == max(melody.lengths)),
        "final on the tonic": float(melody.degrees[-1] == 0),
        "final on the tonic triad": float(melody.degrees[-1] in (0, 3, 4, 7)),
        "interval to the final, semitones": approach,
        "step to the final": float(abs(approach) in (1, 2)),
        "place of the final, bars": place / bar_of_final.full,
        "final on a first beat": float(place == 0),
        "final on a beat": float(place % bar_of_final.beat == 0),
        "ends with a bar": float(bar.end - bar.start in (bar.full, bar.full - pickup)),
        "length beyond whole bars": bars % 1,
        "bars beyond a multiple of 4": bars % _PHRASE,
        "rest at the end, bars": (melody.total - melody.onsets[-1] - final) / bar.full,
    }


def _bars(melody: SoundingMelody) -> float:
    """How many, a part of one counted as such."""
    return sum((bar.end - bar.start) / bar.full for bar in melody.bars)


def _or_none_full(melody: SoundingMelody) -> float:
    found = full_bars(melody.song)
    return 0.0 if found is None else found


def _longest_even(ratios: list[tuple[int, int]]) -> int:
    """Notes, of one length, in a row."""
    breaks = [-1, *(place for place, ratio in enumerate(ratios) if ratio != (1, 1)), len(ratios)]
    return max(after - before for before, after in pairwise(breaks))
