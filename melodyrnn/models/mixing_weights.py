"""How much each of several models is to count, fitted to what they predicted before."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from melodyrnn.models.combining import (
    Joined,
    Mixture,
    SongPool,
    certain_scores,
    log_scores,
    softmax,
    song_scores,
)
from melodyrnn.sequences.vocabulary import Indices

Floats = npt.NDArray[np.float64]

BIASES = (0.0, 1.0, 2.0)
"""Among which the bias is chosen."""

_PULL = 1.0  # how strongly, in notes, the weight of each model is held near 1
_PULL_IN_SONG = 5.0  # the same of models whose weights also change along the song
_SMALLEST_STEP = 1e-9
_STEPS = 20  # Newton's method on a convex loss of a few numbers needs less


def fit(distributions: Floats, targets: Indices) -> Mixture:
    """The mixture that predicts best: (M, N, V) before each of the N tokens ``targets``."""
    fits = [_fit(distributions, targets, bias) for bias in BIASES]
    _, weights, bias = min(fits, key=lambda found: found[0])
    return Mixture(bias, weights=weights)


def fit_joined(distributions: Floats, targets: Indices) -> Joined:
    """How a second model is to join the first, for both together to predict best: (2, N, V) before
    each of the N tokens ``targets``. The weights are held near those of ``Joined()`` as by one
    note: of no notes they are those.
    """
    base, scores = certain_scores(distributions)
    prior = np.array(Joined().weights)
    a, b = _best_weights(scores, targets, prior, np.full(2, _PULL), base)[0].tolist()
    return Joined((a, b))


def fit_song_pool(
    songs: Sequence[Floats], targets: Sequence[Indices], near: Sequence[float] | None = None
) -> SongPool:
    """The pool that predicts best: of each song (M, L, V) before each of the L ``targets``.
    ``near`` (M,): the weights near which those of the models are held, by default 1.
    """
    scores = np.concatenate([song_scores(song) for song in songs], 1)  # (2 M, N, V)
    models = len(scores) // 2
    prior = np.concatenate([np.ones(models) if near is None else near, np.zeros(models)])
    pull = np.repeat([_PULL_IN_SONG, _PULL], models)
    weights, _ = _best_weights(scores, np.concatenate(targets), prior, pull)
    return SongPool(weights[:models], weights[models:])


def _fit(p: Floats, targets: Indices, bias: float) -> tuple[float, Floats, float]:
    """The loss, the weights, the bias."""
    prior = np.ones(len(p))
    scores = log_scores(p, bias)
    weights, loss = _best_weights(scores, targets, prior, np.full(len(p), _PULL))
    return loss, weights, bias


def _best_weights(
    scores: Floats, targets: Indices, prior: Floats, pull: Floats, base: Floats | float = 0.0
) -> tuple[Floats, float]:
    """The weights (K,) by which ``scores`` (K, N, V), added to ``base`` (N, V), make the best
    logits of the N ``targets``, and the mean loss there.

    Each is held near its ``prior`` (K,), as by ``pull`` (K,) notes. The log-likelihood is concave:
    Newton's method finds its only maximum.
    """
    places = np.arange(len(targets))
    of_targets = scores[:, places, targets]  # (K, N)

    def surprise(weights: Floats) -> float:
        logs = base + np.tensordot(weights, scores, 1)
        top = logs.max(-1)
        each = np.log(np.exp(logs - top[:, None]).sum(-1)) + top - logs[places, targets]
        return float(each.sum())

    def loss(weights: Floats) -> float:
        return surprise(weights) + float((pull * (weights - prior) ** 2).sum()) / 2

    weights, least = prior, loss(prior)
    for _ in range(_STEPS):
        q = softmax(base + np.tensordot(weights, scores, 1))  # (N, V)
        expected = np.einsum("nv,knv->kn", q, scores)
        slope = (expected - of_targets).sum(-1) + pull * (weights - prior)
        spread = ((scores - expected[..., None]) * np.sqrt(q)).reshape(len(weights), -1)
        step = np.linalg.solve(spread @ spread.T + np.diag(pull), slope)
        while (found := loss(weights - step)) > least and np.abs(step).max() > _SMALLEST_STEP:
            step /= 2  # far from its minimum a step of Newton's may lead too far
        if found >= least:
            break
        weights, least = weights - step, found
    return weights, surprise(weights) / max(len(targets), 1)
