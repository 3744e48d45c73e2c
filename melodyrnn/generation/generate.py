"""Autoregression: each note drawn joins the window for the next. One song or a thousand at once."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from melodyrnn.errors import ConstraintError
from melodyrnn.generation.beam import beam_search
from melodyrnn.generation.constraint import Constraint, Constraints
from melodyrnn.generation.shared_past import SharedPast
from melodyrnn.generation.threads import in_threads, one_thread_a_product
from melodyrnn.models.config import SampleConfig
from melodyrnn.models.networks.numpy_network import Network
from melodyrnn.models.predictor import Player, Predictor, Rows, after_primer
from melodyrnn.sequences.sampling import Floats, draw, log_softmax, probabilities, uniforms
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask
from melodyrnn.system.progress import Progress, silent

_MOST_RETREATS = 200


class Drawn(NamedTuple):
    """New songs, and how likely the model holds them."""

    songs: list[Indices]  # each (L,), the primer its beginning
    log_probability: Floats  # (count,): of what follows the primer, its natural logarithm


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
    together = Constraints(constraints)
    if config.beam:
        found = beam_search(predictor, primer, length, config.beam, together, progress)[:count]
        return Drawn([song for _, song in found], np.array([score for score, _ in found]))
    player: Player = SharedPast(predictor) if count > 1 else predictor
    drawing = _DrawnSongs(player, primer, length, config, numbers or range(count), together)
    if isinstance(predictor, Network) and not constraints:  # all others do little in NumPy
        stuck = in_threads(drawing.play, count, progress)
    else:
        with one_thread_a_product(count):
            stuck = drawing.play(np.arange(count), progress)
    while len(stuck):
        stuck = drawing.play(stuck)
    return Drawn(drawing.trimmed(), drawing.log_probability)


class _DrawnSongs:
    """Songs while they are drawn.

    Several constraints may leave a song nothing to go on with that each alone would not. It then
    starts again with the same random numbers, its last token ruled out at that place: so it goes
    back along its own way, and no further than it must.
    """

    def __init__(
        self,
        player: Player,
        primer: Indices,
        length: int,
        config: SampleConfig,
        numbers: Sequence[int],
        constraints: Constraints,
    ) -> None:
        self.player, self.primer, self.length = player, primer, length
        self.config, self.constraints = config, constraints
        count = len(numbers)
        self.songs: Indices = np.empty((count, len(primer) + length), dtype=np.int32)
        self.songs[:, : len(primer)] = primer
        self.ends = np.full(count, len(primer) + length)
        self.log_probability: Floats = np.zeros(count)
        self.uniforms = uniforms(config.seed, numbers, length)
        # Of each song, after which tokens it was given up which token led nowhere.
        self.dead: defaultdict[tuple[int, bytes], list[int]] = defaultdict(list)
        self.retreats: Counter[int] = Counter()

    def trimmed(self) -> list[Indices]:
        return [song[:end] for song, end in zip(self.songs, self.ends, strict=True)]

    def play(self, rows: Rows, progress: Progress = silent) -> Rows:
        """Draw the songs ``rows`` (R,) from the primer on. Returns those that got stuck."""
        player, constraints, config = self.player, self.constraints, self.config
        window, stuck = player.window, []
        state = after_primer(player, self.primer, len(rows))
        states = constraints.begin(self.primer, len(rows))
        self.log_probability[rows] = 0.0
        for place in range(self.length):
            end = len(self.primer) + place
            mask = None  # (R, V), where there is anything to keep to
            if constraints:
                allowed = constraints.allowed(states, self.length - place)
                mask = self._without_dead(allowed, rows, end)
            if mask is not None and not (going := mask.any(axis=1)).all():
                whole = constraints.whole(states)
                self.ends[rows[~going & whole]] = end
                stuck += [self._retreat(row, end) for row in rows[~going & ~whole].tolist()]
                kept = np.flatnonzero(going)
                rows, mask = rows[kept], mask[kept]
                state, states = player.pick(state, kept), constraints.pick(states, kept)
                if not len(rows):
                    break
            logits, state = player.step(self.songs[rows, end - window : end], state)
            ruled = logits if mask is None else np.where(mask, logits, -np.inf)
            p = probabilities(ruled, config.temperature, config.top_k, config.top_p)  # (R, V)
            tokens = draw(p, self.uniforms[rows, place])
            self.songs[rows, end] = tokens
            self.ends[rows] = end + 1
            self.log_probability[rows] += log_softmax(logits)[np.arange(len(rows)), tokens]
            states = constraints.advance(states, tokens)
            progress(place + 1, self.length)
        return np.array(stuck, dtype=np.intp)

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
            tried = "" if first else f" of the first {_MOST_RETREATS} tried"
            raise ConstraintError(
                f"{self.constraints.name}: no way{tried} for song {row + 1} to go on from its "
                "primer keeps to this to the end; ask for less"
            )
        self.dead[row, self.songs[row, : end - 1].tobytes()].append(int(self.songs[row, end - 1]))
        return row


def whole_song(predictor: Predictor, song: Indices) -> Indices:
    """The song as the model plays it alone from its first window, (L,) -> (L,)."""
    window, greedy = predictor.window, SampleConfig(temperature=0.0)
    return generate(predictor, song[:window], len(song) - window, greedy).songs[0]
