"""Autoregression: each note drawn joins the window for the next. One song or a thousand at once."""

from collections import Counter, defaultdict
from collections.abc import Sequence, Sized
from functools import partial
from typing import NamedTuple

import numpy as np

from melodyrnn.errors import ConstraintError
from melodyrnn.generation.beam import beam_search
from melodyrnn.generation.constraint import Constraint, Constraints
from melodyrnn.generation.shared_past import SharedPast
from melodyrnn.generation.threads import in_threads, one_thread_a_product
from melodyrnn.models.config import SampleConfig
from melodyrnn.models.networks.numpy_network import Network
from melodyrnn.models.predictor import Player, Predictor, Rows, State, after_primer
from melodyrnn.sequences.sampling import Floats, Sampling, uniforms
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask
from melodyrnn.system.progress import Progress, silent

_MOST_RETREATS = 200

_TOGETHER = 512
"""Songs drawn in one batch, at most: more are hardly quicker, and take more memory."""


class Drawn(NamedTuple):
    """New songs, and how likely the model holds them."""

    songs: list[Indices]  # each (L,), the primer its beginning
    log_probability: Floats  # (count,): of what follows the primer, its natural logarithm


class SongGroup(NamedTuple):
    """What songs have in common that keep to the same."""

    length: int  # tokens after the primer, at most
    constraints: Sequence[Constraint] = ()


def generate(
    predictor: Predictor,
    primer: Indices,
    length: int,
    config: SampleConfig,
    count: int = 1,
    progress: Progress = silent,
    constraints: Sequence[Constraint] = (),
    numbers: Sequence[int] = (),
) -> Drawn:
    """Continue ``primer`` (P,), P >= window, by ``length`` tokens, ``count`` times.

    The state walks over every window of the primer first, since the windows it learned from
    overlapped too. Each song draws from a stream of its own, that of its number (``numbers``, by
    default 0, 1, ...), so that it stays the same whatever others are drawn. A song ends sooner
    where the ``constraints`` leave it nothing to go on with and it is whole. With ``config.beam``
    nothing is drawn; there may be fewer songs than ``count`` then. Raises ConstraintError where the
    constraints cannot all be kept to.
    """
    songs = [(0, number) for number in numbers or range(count)]
    return generate_parts(
        predictor, primer, [SongGroup(length, constraints)], songs, config, progress
    )


def generate_parts(
    predictor: Predictor,
    primer: Indices,
    parts: Sequence[SongGroup],
    songs: Sequence[tuple[int, int]],
    config: SampleConfig,
    progress: Progress = silent,
) -> Drawn:
    """``generate`` for songs of several ``parts`` at once, each given by the place of its part and
    its number; a beam takes one part. The contexts of ``predictor`` are one for all, or one for
    each part.
    """
    if config.beam:
        (part,) = parts
        together = Constraints([part.constraints])
        found = beam_search(predictor, primer, part.length, config.beam, together, progress)
        found = found[: len(songs)]
        return Drawn([song for _, song in found], np.array([score for score, _ in found]))
    drawing, count = _DrawnSongs(predictor, primer, parts, songs, config), len(songs)
    if isinstance(predictor, Network) and not drawing.constraints:  # all others do little in NumPy
        stuck = in_threads(drawing.play, count, progress)
    else:
        with one_thread_a_product(count):
            stuck = drawing.play_together(np.arange(count), progress)
    while len(stuck):
        stuck = drawing.play_together(stuck)
    return Drawn(drawing.trimmed(), drawing.log_probability)


class _DrawnSongs:
    """Songs while they are drawn.

    Several constraints may leave a song nothing to go on with that each alone would not. It then
    starts again with the same random numbers, its last token ruled out at that place: so it goes
    back along its own way, and no further than it must.
    """

    def __init__(
        self,
        predictor: Predictor,
        primer: Indices,
        parts: Sequence[SongGroup],
        songs: Sequence[tuple[int, int]],
        config: SampleConfig,
    ) -> None:
        self.predictor, self.primer, self.config = predictor, primer, config
        self.shared = SharedPast(predictor) if len(songs) > 1 else None
        self.constraints = Constraints([part.constraints for part in parts])
        count, self.parts = len(songs), len(parts)
        self.part = np.array([part for part, _ in songs], dtype=np.intp)
        self.length = np.array([part.length for part in parts], dtype=np.intp)[self.part]
        longest = int(self.length.max(initial=0))
        self.songs: Indices = np.empty((count, len(primer) + longest), dtype=np.int32)
        self.songs[:, : len(primer)] = primer
        self.ends = len(primer) + self.length
        self.log_probability: Floats = np.zeros(count)
        self.uniforms = uniforms(config.seed, [number for _, number in songs], longest)
        # Of each song, after which tokens it was given up which token led nowhere.
        self.dead: defaultdict[tuple[int, bytes], list[int]] = defaultdict(list)
        self.retreats: Counter[int] = Counter()

    def trimmed(self) -> list[Indices]:
        return [song[:end] for song, end in zip(self.songs, self.ends, strict=True)]

    def play_together(self, rows: Rows, progress: Progress = silent) -> Rows:
        """``play``, so many songs at once as are quick together."""
        batches = range(0, len(rows), _TOGETHER)
        stuck = [
            self.play(rows[start : start + _TOGETHER], partial(_of_part, progress, number, batches))
            for number, start in enumerate(batches)
        ]
        return np.concatenate([np.zeros(0, dtype=np.intp), *stuck])

    def play(self, rows: Rows, progress: Progress = silent) -> Rows:
        """Draw the songs ``rows`` (R,) from the primer on. Returns those that got stuck."""
        constraints, config, window = self.constraints, self.config, self.predictor.window
        sampling = Sampling(config.temperature, config.top_k, config.top_p)
        player: Player = self.shared or self.predictor
        stuck = list[int]()
        state, states = self._begun(rows), constraints.begin(self.primer, self.part[rows])
        self.log_probability[rows] = 0.0
        longest = int(self.length[rows].max(initial=0))
        for place in range(longest):
            end, left = len(self.primer) + place, self.length[rows] - place
            going, mask = left > 0, None  # (R,); (R, V) where there is anything to keep to
            if constraints:
                mask = self._without_dead(constraints.allowed(states, left), rows, end)
                going &= mask.any(axis=1)
            if not going.all():
                whole = (left == 0) | constraints.whole(states)
                self.ends[rows[~going & whole]] = end
                stuck += [self._retreat(row, end) for row in rows[~going & ~whole].tolist()]
                kept = np.flatnonzero(going)
                rows, mask = rows[kept], None if mask is None else mask[kept]
                state, states = player.pick(state, kept), constraints.pick(states, kept)
                if not len(rows):
                    break
            expected, state = player.expected(self.songs[rows, end - window : end], state)
            tokens, likely = expected.draw(mask, sampling, self.uniforms[rows, place])
            self.songs[rows, end] = tokens
            self.log_probability[rows] += likely
            states = constraints.advance(states, tokens)
            progress(place + 1, longest, "tokens")
        else:
            self.ends[rows] = len(self.primer) + longest
        return np.array(stuck, dtype=np.intp)

    def _begun(self, rows: Rows) -> State:
        if self.shared is None:
            return after_primer(self.predictor, self.primer, 1)
        pasts = after_primer(self.predictor, self.primer, self.parts)
        return self.shared.begun(pasts, self.part[rows])

    def _without_dead(self, mask: Mask, rows: Rows, end: int) -> Mask:
        """Rule out, too, what is known to lead nowhere, (R, V)."""
        for place, row in enumerate(rows.tolist() if self.dead else ()):
            if ways := self.dead.get((row, self.songs[row, :end].tobytes())):
                mask[place, ways] = False
        return mask

    def _retreat(self, row: int, end: int) -> int:
        """Rule out the last token of a stuck song. Raises ConstraintError."""
        self.retreats[row] += 1
        first = end == len(self.primer)
        if first or self.retreats[row] > _MOST_RETREATS:
            name = self.constraints.name(int(self.part[row]))
            tried = "" if first else f" of the first {_MOST_RETREATS} tried"
            raise ConstraintError(
                f"{name}: no way{tried} for song {row + 1} to go on from its primer keeps to "
                "this to the end; ask for less"
            )
        self.dead[row, self.songs[row, : end - 1].tobytes()].append(int(self.songs[row, end - 1]))
        return row


def _of_part(
    progress: Progress, number: int, parts: Sized, done: int, total: int, words: str = ""
) -> None:
    """The progress of one of several parts as that of all, which are taken for equally long."""
    progress(number * total + done, len(parts) * total, words)


def whole_song(predictor: Predictor, song: Indices) -> Indices:
    """The song as the model plays it alone from its first window, (L,) -> (L,)."""
    window, greedy = predictor.window, SampleConfig(temperature=0.0)
    return generate(predictor, song[:window], len(song) - window, greedy).songs[0]
