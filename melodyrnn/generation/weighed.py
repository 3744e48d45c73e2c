"""Songs of which several are drawn and one is taken, by what they weigh: importance resampling."""

from collections.abc import Callable, Sequence

import numpy as np

from melodyrnn.generation.generate import Drawn
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.system.progress import Progress, silent

_APART = 1_000_000
"""Between the streams of the candidates for one song."""

_TOGETHER = 512
"""Candidates that are in hand at once, at most."""

_CHOICE = 2
"""The stream that chooses among candidates, apart from those of the notes and of the header."""

Draw = Callable[[Sequence[int], Sequence[int]], Drawn]
"""The places of songs, and of each the number of its stream."""

Weigh = Callable[[int, Indices], float]
"""The place of a song, and a candidate for it -> the natural logarithm of its weight."""


def drawn_by_weight(
    draw: Draw,
    numbers: Sequence[int],
    log_weight: Weigh,
    candidates: int,
    seed: int,
    progress: Progress = silent,
) -> Drawn:
    """Of each number one of so many ``candidates``, each with a probability in proportion to its
    weight (Rubin 1987); the same whatever is drawn beside it. ``progress``: how many songs are
    drawn.

    A largest sum of a log-weight and a Gumbel variate is such a choice (Maddison et al. 2014).
    """
    songs: list[Indices] = []
    likely: list[float] = []
    at_once = max(1, _TOGETHER // candidates)
    for start in range(0, len(numbers), at_once):
        places = range(start, min(start + at_once, len(numbers)))
        tried = [place for place in places for _ in range(candidates)]
        streams = [numbers[place] + time * _APART for place in places for time in range(candidates)]
        drawn = draw(tried, streams)
        weights = np.array(list(map(log_weight, tried, drawn.songs))).reshape(-1, candidates)
        chance = np.array(
            [
                np.random.default_rng((seed, numbers[place], _CHOICE)).random(candidates)
                for place in places
            ]
        )
        taken = np.argmax(weights - np.log(-np.log(chance)), axis=1)
        rows = taken + candidates * np.arange(len(places))
        songs += [drawn.songs[row] for row in rows]
        likely += drawn.log_probability[rows].tolist()
        progress(len(songs), len(numbers), "songs")
    return Drawn(songs, np.array(likely))
