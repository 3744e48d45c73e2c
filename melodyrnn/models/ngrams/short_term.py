"""A model that learns within the song joins another, whose weights stay as they are."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from melodyrnn.models.combining import Joined
from melodyrnn.models.ensemble import Ensemble
from melodyrnn.models.mixing_weights import fit_joined
from melodyrnn.models.ngrams.ppm import SHORT_TERM, Ppm
from melodyrnn.models.ngrams.ppm_ensemble import Memory, SongSoFar
from melodyrnn.models.predictor import Floats, Predictor
from melodyrnn.sequences.vocabulary import Indices

_MOST = 2_000_000
"""Probabilities that weights are fitted to; what is beyond would take memory and change little."""

_FOLDS = 5


class ShortTerm(Memory):
    """PPM of the song so far. Until a token has followed another there, all are equally likely."""

    def __init__(self, window: int, vocabulary_size: int) -> None:
        super().__init__(Ppm(vocabulary_size, **SHORT_TERM), window, learning=True)

    def _after(self, song: SongSoFar) -> Floats:
        if len(song.tokens) < 2:
            return np.full(self.model.vocabulary_size, 1 / self.model.vocabulary_size)
        return super()._after(song)


def with_short_term(
    predictor: Predictor, vocabulary_size: int, joined: Joined | None = None
) -> Ensemble:
    """``predictor`` and a short-term model, over ``vocabulary_size`` tokens, joined by weights that
    were fitted or by those that ``Joined`` has.

    The short-term model starts each song with nothing and then says nothing: the first note is
    predicted as by ``predictor`` alone.
    """
    return Ensemble([predictor, ShortTerm(predictor.window, vocabulary_size)], joined or Joined())


def fitted(predictor: Predictor, vocabulary_size: int, sequences: Sequence[Indices]) -> Joined:
    """The weights by which a short-term model joins ``predictor`` best on ``sequences``, each (L,),
    that are new to it.
    """
    return _fit([(predictor, sequences)], vocabulary_size)


def fitted_left_out(
    make: Callable[[Sequence[Indices]], Predictor],
    vocabulary_size: int,
    sequences: Sequence[Indices],
) -> Joined:
    """The same of a model that is quickly made: each part of ``sequences`` is predicted by what is
    made of the others. Of fewer than two nothing can be left out.
    """
    if len(sequences) < 2:
        return Joined()
    some = sequences[sample(sequences, vocabulary_size)]
    folds = min(_FOLDS, len(some))
    parts = [some[number::folds] for number in range(folds)]
    pairs = []
    for part in parts:
        left = {id(sequence) for sequence in part}
        pairs.append((make([each for each in sequences if id(each) not in left]), part))
    return _fit(pairs, vocabulary_size)


def sample(sequences: Sequence[Indices], vocabulary_size: int) -> slice:
    """Of very many sequences as many as weights are fitted to, from all along."""
    return slice(None, None, max(1, -(-sum(map(len, sequences)) * vocabulary_size // _MOST)))


def _fit(pairs: Iterable[tuple[Predictor, Sequence[Indices]]], vocabulary_size: int) -> Joined:
    distributions, targets = [], []
    for predictor, sequences in pairs:
        short = ShortTerm(predictor.window, vocabulary_size).distributions(sequences)
        for p, s, ids in zip(predictor.distributions(sequences), short, sequences, strict=True):
            distributions.append(np.stack([p, s]))
            targets.append(ids[len(ids) - len(p) :])
    return fit_joined(np.concatenate(distributions, 1), np.concatenate(targets))
