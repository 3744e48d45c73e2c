"""A melody repeats itself: prediction by copying what came before.

A hidden Markov model. Each token is either the copy of an earlier one, mostly of the one after that
which was copied last, or it is not copied, and another model predicts it. Where the contexts of a
short-term n-gram model count how often something was repeated, a copy that has held so far is
expected to hold, and one that has failed is given up at once.
"""

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.vocabulary import Indices

Floats = npt.NDArray[np.float64]

_GOES_ON = 0.8  # how probably a copy goes on with the next token
_BEGINS = 0.5  # else, how probably another copy begins, at any place before
_ALTERED = 0.02  # how probably a token copied is drawn from the background instead


def copied(tokens: Indices, background: Floats) -> Floats:
    """Of each of the ``tokens`` (L,) the distribution given those before it, (L, V).

    ``background`` (L, V) is what another model predicts of them: it is predicted as far as nothing
    is copied.
    """
    predicted = np.empty_like(background)
    copying: Floats = np.zeros(0)  # of each place before the last token, that it was copied there
    for place, (token, otherwise) in enumerate(zip(tokens, background, strict=True)):
        earlier = tokens[:place]
        following = _next(copying, place)  # (place,)
        p = otherwise * (1 - (1 - _ALTERED) * following.sum())
        np.add.at(p, earlier, (1 - _ALTERED) * following)
        predicted[place] = p / p.sum()
        came = (1 - _ALTERED) * (earlier == token) + _ALTERED * otherwise[token]
        copying = following * came / p[token]
    return predicted


def recent(tokens: Indices, vocabulary_size: int) -> Floats:
    """Of each of the ``tokens`` (L,) how often each of V came lately, as a distribution (L, V).

    It predicts nothing well. In a log-linear pool it says, by a weight below 0, that melodies move
    on from where they were just now, and return there later.
    """
    shares = np.empty((len(tokens), vocabulary_size))
    counts = np.zeros(vocabulary_size)
    for place, token in enumerate(tokens):
        shares[place] = (counts + _NEVER) / (counts + _NEVER).sum()
        counts *= _FADES
        counts[token] += 1
    return shares


_FADES, _NEVER = 0.7, 0.05  # what is left of a count a token later; the count of what never came


def _next(copying: Floats, place: int) -> Floats:
    """How probably each earlier place is copied at ``place``, (place,)."""
    following: Floats = np.zeros(place)
    following[1:] = _GOES_ON * copying
    if place:
        following += _BEGINS * (1 - following.sum()) / place
    return following
