"""How tunes close, by how often songs do.

A network that draws a tune note by note is seldom surer than people where it is over. So how a new
tune closes is drawn first, as its meter, key and pickup are, and it is then one that the network
draws and that closes so. With c(x) how the tune x closes and p that of the network,

    P(x) = P(c(x) of training songs) · p(x | c(x)),

which is sampled by drawing from p until c is the one wanted.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple, Self

import numpy as np

from melodyrnn.data.gather import Named
from melodyrnn.music.bars import bar_spans
from melodyrnn.music.durations import GRID, ticks
from melodyrnn.music.scales import on_tonic
from melodyrnn.music.song import Song
from melodyrnn.sequences.vocabulary import Indices

_SONGS = 500
"""As many are looked at, at most."""

_UNSEEN = 0.5
"""How often each way to close that no song has is taken to have come (Krichevsky and Trofimov
1981)."""


class TuneClosing(NamedTuple):
    """Of one song."""

    full_bar: bool  # whether its last bar is full, or its pickup completes it
    on_tonic: bool  # whether its last note is the tonic of its key
    on_first_beat: bool  # whether that begins with a bar

    @classmethod
    def of(cls, song: Song) -> Self:
        """Of a song without a note that sounds, all that it is not."""
        sounding = [place for place, note in enumerate(song.notes) if note.pitch]
        if not sounding:
            return cls(False, False, False)
        last = sounding[-1]
        full, first = _changing(song, last) if song.meter_changes else _in_one_meter(song, last)
        return cls(full, on_tonic(song.notes[last], song.key), first)


def _in_one_meter(song: Song, last: int) -> tuple[bool, bool]:
    """Whether the last bar of a song is full, and whether note ``last`` begins with a bar: as
    ``_changing`` has it, in whole numbers, for it is asked of each song that is drawn.
    """
    steps, bar, pickup = song.steps, ticks(song.meter.bar), ticks(song.pickup)
    since, begins = sum(steps) - pickup, sum(steps[:last]) - pickup
    in_last = (since - 1) % bar + 1 if since > 0 else since + pickup
    return in_last in (bar, bar - pickup), begins >= 0 and begins % bar == 0


def _changing(song: Song, last: int) -> tuple[bool, bool]:
    """The same where meters change."""
    spans, onset = [*bar_spans(song)], Fraction(sum(song.steps[:last]), GRID)
    meter, start, end = spans[-1]
    full = end - start in (meter.bar, meter.bar - song.pickup)
    return full, any(begins == onset for _, begins, _ in spans[bool(song.pickup) :])


_WAYS = [
    TuneClosing(full, tonic, first)
    for full in (False, True)
    for tonic in (False, True)
    for first in (False, True)
]


class TuneClosings:
    """Of training songs."""

    def __init__(self, songs: Sequence[Named]) -> None:
        some = songs[:: -(-len(songs) // _SONGS)]
        counts = Counter(TuneClosing.of(named.song) for named in some)
        self.shares = {
            way: (counts[way] + _UNSEEN) / (len(some) + _UNSEEN * len(_WAYS)) for way in _WAYS
        }

    def draw(self, seed: int, song: int) -> TuneClosing:
        """That of the new song of that number; the same whatever is drawn beside it."""
        # A stream of its own, apart from those of the notes and of the header.
        number = np.random.default_rng((seed, song, 2)).random()
        return _WAYS[int(np.searchsorted(np.cumsum([*self.shares.values()])[:-1], number, "right"))]

    def lacking(
        self, seed: int, numbers: Sequence[int], decode: Callable[[Indices], Song]
    ) -> Callable[[int, Indices], int]:
        """Of the new songs of these ``numbers`` the place and its ids -> in how much it does not
        close as was drawn for it.
        """
        wanted = [self.draw(seed, number) for number in numbers]

        def lacks(place: int, ids: Indices) -> int:
            pairs = zip(TuneClosing.of(decode(ids)), wanted[place], strict=True)
            return sum(has != asked for has, asked in pairs)

        return lacks
