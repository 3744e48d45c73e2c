"""Songs that are drawn again until each is as is wanted of it: sampling by rejection."""

from collections.abc import Callable, Sequence

import numpy as np

from melodyrnn.generation.generate import Drawn, Over
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.system.progress import Progress, silent

MOST_DRAWN = 32
"""Times that a song is drawn; after that it is the first of those that lack least."""

_APART = 1_000_000
"""Between the streams of the same song drawn again."""

_AT_FIRST, _TOGETHER = 4, 16
"""Songs that are drawn at once, at least: so few cost hardly more than one. Half of all songs are
as wanted when they are drawn for the first time, and the others may take many.
"""

Lacks = Callable[[int, Indices], int]
"""The place of a song, and the song -> how much it lacks; 0: it is as wanted."""

Draw = Callable[[Sequence[int], Sequence[int], Over], Drawn]
"""The places of songs, of each the number of its stream, and what is told of each that is over."""


def drawn_again(
    draw: Draw, numbers: Sequence[int], lacks: Lacks, progress: Progress = silent
) -> Drawn:
    """Of each number its song, drawn from the stream of that number or, where it lacks something,
    from others: the first that lacks nothing, whatever is drawn beside it.

    Several are tried at once. Of a song of which one is found that lacks nothing those after it are
    not drawn to their ends; those before it are, since the first counts. ``progress``: how many
    songs are found.
    """
    songs, likely = [np.zeros(0, np.int32) for _ in numbers], np.zeros(len(numbers))
    lacking = np.full(len(numbers), np.iinfo(np.int32).max)
    done, found = 0, set[int]()

    def is_found(place: int) -> None:
        found.add(place)
        progress(len(found), len(numbers))

    while done < MOST_DRAWN and (places := np.flatnonzero(lacking).tolist()):
        each = max(1, (_TOGETHER if done else _AT_FIRST) // len(places))
        times = range(done, min(MOST_DRAWN, done + each))
        tried = [place for place in places for _ in times]
        streams = [numbers[place] + time * _APART for place in places for time in times]
        trial = _Trial(tried, len(times), lacks, is_found)
        drawn = draw(tried, streams, trial.over)
        for row, lack in sorted(trial.lacking.items()):
            if lack < lacking[place := tried[row]]:
                songs[place], likely[place] = drawn.songs[row], drawn.log_probability[row]
                lacking[place] = lack
        done = times.stop
    return Drawn(songs, likely)


class _Trial:
    """Songs tried at once: those of a place stand in a row, as many of each."""

    def __init__(
        self, tried: Sequence[int], times: int, lacks: Lacks, is_found: Callable[[int], None]
    ) -> None:
        self._tried, self._times, self._lacks, self._is_found = tried, times, lacks, is_found
        self.lacking: dict[int, int] = {}  # what each lacks that is over

    def over(self, row: int, song: Indices) -> Sequence[int]:
        """Of a song that lacks nothing those of its place that are tried after it."""
        self.lacking[row] = lack = self._lacks(self._tried[row], song)
        if lack:
            return range(0)
        self._is_found(self._tried[row])
        return range(row + 1, row - row % self._times + self._times)
