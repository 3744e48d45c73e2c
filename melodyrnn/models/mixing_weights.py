"""How much each of several models is to count, fitted to what they predicted before."""

import numpy as np
import numpy.typing as npt

from melodyrnn.models.combining import Joined, Mixture, certain_scores, log_scores, pooled
from melodyrnn.sequences.vocabulary import Indices

Floats = npt.NDArray[np.float64]

BIASES = (0.0, 1.0, 2.0)
"""Among which the bias is chosen."""

_PULL = 1.0  # how strongly, in notes, the weight of each model is held near 1
_SMALLEST_STEP = 1e-9
_STEPS = 20  # Newton's method on a convex loss of a few numbers needs less


def fit(distributions: Floats, targets: Indices) -> Mixture:
    """The mixture that predicts best: (M, N, V) before each of the N tokens ``targets``."""
    fits = [_fit(distributions, targets, bias) for bias in BIASES]
    _, weights, bias = min(fits, key=lambda found: found[0])
    return Mixture(bias, weights=weights)


def fit_joined(distributions: Floats, targets: Indices) -> Joined:
    """How a second model is to join the first, for both together to predict best: (2, N, V) before
    each of the N tokens ``targets``. The log-likelihood is concave in the two weights, which are
    held near those of ``Joined()`` as by one note: of no notes they are those.
    """
    base, scores = certain_scores(distributions)
    places = np.arange(len(targets))
    of_targets = scores[:, places, targets]  # (2, N)
    prior = np.array(Joined().weights)

    def loss(weights: Floats) -> float:
        logs = base + np.tensordot(weights, scores, 1)
        top = logs.max(-1)
        surprise = np.log(np.exp(logs - top[:, None]).sum(-1)) + top - logs[places, targets]
        return float(surprise.sum() + _PULL / 2 * ((weights - prior) ** 2).sum())

    weights, least = prior, loss(prior)
    for _ in range(_STEPS):
        q = Joined((float(weights[0]), float(weights[1]))).combine(distributions)
        expected = (q * scores).sum(-1)  # (2, N)
        slope = (expected - of_targets).sum(-1) + _PULL * (weights - prior)
        spread = scores - expected[..., None]
        bend = np.einsum("nv,inv,jnv->ij", q, spread, spread) + _PULL * np.eye(2)
        step = np.linalg.solve(bend, slope)
        while (found := loss(weights - step)) > least and np.abs(step).max() > _SMALLEST_STEP:
            step /= 2  # far from its minimum a step of Newton's may lead too far
        if found >= least:
            break
        weights, least = weights - step, found
    return Joined((float(weights[0]), float(weights[1])))


def _fit(p: Floats, targets: Indices, bias: float) -> tuple[float, Floats, float]:
    """The loss, the weights, the bias: the log-likelihood is concave in the weights."""
    scores = log_scores(p, bias)
    models, notes, _ = p.shape
    of_targets = scores[:, np.arange(notes), targets]  # (M, N)
    prior = np.ones(models)
    weights = prior
    for _ in range(_STEPS):
        q = pooled(weights, scores)  # (N, V)
        expected = (q * scores).sum(-1)  # (M, N)
        slope = (expected - of_targets).sum(-1) + _PULL * (weights - prior)
        spread = scores - expected[..., None]
        bend = np.einsum("nv,inv,jnv->ij", q, spread, spread) + _PULL * np.eye(models)
        weights = weights - np.linalg.solve(bend, slope)
    q = pooled(weights, scores)
    loss = -np.log(q[np.arange(notes), targets]).mean()
    return float(loss), weights, bias
