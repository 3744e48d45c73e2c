"""Features of how a melody repeats itself."""

from collections import defaultdict
from collections.abc import Hashable, Sequence

from melodyrnn.evaluation.human.melody import SoundingMelody
from melodyrnn.evaluation.human.pitch_features import Features
from melodyrnn.music.statistics import self_similarity

_RUNS = (3, 4, 6, 8)  # steps
_BACK = (1, 2, 4, 8)  # bars

Bar = tuple[tuple[int, int, int], ...]


def repetition_of(melody: SoundingMelody) -> Features:
    """Shares of runs of steps, or of bars, that came before."""
    steps = list(zip(melody.intervals, melody.ratios, strict=True))
    bars = _bars(melody)
    rhythms = [tuple(note[1:] for note in bar) for bar in bars]
    return {
        **{f"repeated runs of {size} steps": _repeated(steps, size) for size in _RUNS},
        "repeated runs of 4 intervals": _repeated(melody.intervals, 4),
        "repeated runs of 4 ratios of durations": _repeated(melody.ratios, 4),
        "longest run that comes twice, of all": _longest(steps) / max(len(steps), 1),
        "bars that come back": _returns(bars),
        "bars whose rhythm comes back": _returns(rhythms),
        **{f"bars like the one {back} before": _like(bars, back) for back in _BACK},
        **{f"rhythm of the bar {back} before": _like(rhythms, back) for back in _BACK},
        "likeness to an earlier bar": self_similarity(melody.song) or 0.0,
    }


def _bars(melody: SoundingMelody) -> list[Bar]:
    """Of each bar the pitch, place and length of the notes that begin there."""
    begun: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for pitch, onset, length in zip(melody.pitches, melody.onsets, melody.lengths, strict=True):
        begun[melody.bar_of(onset)].append((pitch, melody.in_bar(onset), length))
    return [tuple(begun[number]) for number in range(len(melody.bars))]


def _repeated(steps: Sequence[Hashable], size: int) -> float:
    """1 - different runs / runs; 0 where there is none."""
    runs = [tuple(steps[start : start + size]) for start in range(len(steps) - size + 1)]
    return 1 - len(set(runs)) / len(runs) if runs else 0.0


def _longest(steps: Sequence[Hashable]) -> int:
    """The size of the longest run that stands in two places, by halving."""
    low, high = 0, len(steps) - 1  # what comes twice is shorter than all
    while low < high:
        middle = (low + high + 1) // 2
        if _repeated(steps, middle) > 0:
            low = middle
        else:
            high = middle - 1
    return max(low, 0)


def _returns(bars: Sequence[Hashable]) -> float:
    """The share of bars, from the second on, that are as an earlier one."""
    return (len(bars) - len(set(bars))) / (len(bars) - 1) if len(bars) > 1 else 0.0


def _like(bars: Sequence[Hashable], back: int) -> float:
    """The share of bars that are as the one ``back`` before, of those that have one."""
    pairs = list(zip(bars[back:], bars, strict=False))
    return sum(one == other for one, other in pairs) / len(pairs) if pairs else 0.0
