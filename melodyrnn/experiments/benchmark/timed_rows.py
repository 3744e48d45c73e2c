"""Rows of n-gram models that know times and key: linked viewpoints (Conklin and Witten 1995).

A note is a pair, its degree on the scale of the key signature and something of its time. The time
of a note to be predicted is known, so that of the pairs only those with that time remain.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence

import numpy as np

from melodyrnn.experiments.benchmark.melodies import Melody
from melodyrnn.experiments.benchmark.network_rows import SEVERAL_COMPOSERS
from melodyrnn.experiments.benchmark.rows import BenchmarkRow, Distributions, Fold, Predict
from melodyrnn.experiments.benchmark.tonic_rows import with_ngrams
from melodyrnn.models.ngrams.ppm import Ppm
from melodyrnn.music.viewpoints import Viewpoints, from_nearest_c, viewpoints
from melodyrnn.sequences.vocabulary import Indices

OCTAVE = 12

Times = Callable[[Viewpoints], Sequence[Hashable]]
"""What of the time of each note is in its pair."""


def linked(times: Times) -> Predict:
    """LTM+ over pairs of degree and time."""

    def predict(fold: Fold, _: Mapping[str, Distributions]) -> Distributions:
        midi = np.array(fold.midi)
        lowest, size = fold.midi[0] - OCTAVE // 2, fold.midi[-1] - fold.midi[0] + 1 + OCTAVE
        melodies = (*fold.train, *fold.test)
        seen = {melody: times(viewpoints(melody.song.song)) for melody in melodies}
        known = dict.fromkeys(time for each in seen.values() for time in each)
        classes = {time: number for number, time in enumerate(known)}

        def pairs(melody: Melody) -> tuple[Indices, Indices]:
            """Of each note: with each pitch of the alphabet (L, V), and with its own (L,)."""
            degrees = midi - lowest - from_nearest_c(7 * melody.song.song.key.fifths % OCTAVE)
            own = np.array([classes[time] for time in seen[melody]])
            every = degrees * len(classes) + own[:, None]
            return every, every[np.arange(len(own)), melody.pitches]

        model = Ppm(size * len(classes))
        tree = model.learn([pairs(melody)[1] for melody in fold.train])
        found = []
        for melody in fold.test:
            every, own = pairs(melody)
            p = np.take_along_axis(model.follow(own, tree, learning=True), every, axis=1)
            found.append(p / p.sum(-1, keepdims=True))
        return found

    return predict


def _linked(name: str, times: Times) -> BenchmarkRow:
    model = f"LTM+ of degrees and {name}"
    return BenchmarkRow(model, "C*I", "pitch, time, key", linked(times), fast=False)


LINKED = (
    _linked("places", lambda seen: seen.in_bar),
    _linked("durations", lambda seen: seen.duration),
)
"""By the place in the bar and by the duration."""

TIMED_WITH_NGRAMS: tuple[BenchmarkRow, ...] = (
    *LINKED,
    *with_ngrams(SEVERAL_COMPOSERS, f"{SEVERAL_COMPOSERS.model} & n-grams", LINKED),
)
"""Evaluated and printed after all networks."""
