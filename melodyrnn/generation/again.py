"""Songs that are drawn again until each is as is wanted of it: sampling by rejection."""

from collections.abc import Callable, Sequence

import numpy as np

from melodyrnn.generation.generate import Drawn
from melodyrnn.sequences.vocabulary import Indices

MOST_DRAWN = 32
"""Times that a song is drawn; after that it is the first of those that lack least."""

_APART = 1_000_000
"""Between the streams of the same song drawn again."""

_TOGETHER = 32
"""Songs that are drawn at once, at least: few cost hardly more than one."""

Lacks = Callable[[int, Indices], int]
"""The place of a song, and the song -> how much it lacks; 0: it is as wanted."""


def drawn_again(
    draw: Callable[[Sequence[int]], Drawn], numbers: Sequence[int], lacks: Lacks
) -> Drawn:
    """Of each number its song, drawn by ``draw`` from the stream of that number or, where it lacks
    something, from others: the first that lacks nothing, whatever is drawn beside it.
    """
    drawn = draw(numbers)
    songs, likely = list(drawn.songs), drawn.log_probability.copy()
    lacking = np.array([lacks(place, song) for place, song in enumerate(songs)])
    done = 1
    while done < MOST_DRAWN and (places := np.flatnonzero(lacking).tolist()):
        times = range(done, min(MOST_DRAWN, done + max(1, _TOGETHER // len(places))))
        tried = [place for place in places for _ in times]
        streams = [numbers[place] + time * _APART for place in places for time in times]
        for place, song, log_probability in zip(tried, *draw(streams), strict=True):
            if lacking[place] and (less := lacks(place, song)) < lacking[place]:
                songs[place], likely[place], lacking[place] = song, log_probability, less
        done = times.stop
    return Drawn(songs, likely)
