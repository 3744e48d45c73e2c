"""How much each of several models is to count, fitted to what they predicted before."""

import numpy as np
import numpy.typing as npt

from melodyrnn.models.combining import Mixture, log_scores, pooled
from melodyrnn.sequences.vocabulary import Indices

Floats = npt.NDArray[np.float64]

BIASES = (0.0, 1.0, 2.0)
"""Among which the bias is chosen."""

_PULL = 1.0  # how strongly, in notes, the weight of each model is held near 1
_STEPS = 20  # Newton's method on a convex loss of a few numbers needs less


def fit(distributions: Floats, targets: Indices) -> Mixture:
    """The mixture that predicts best: (M, N, V) before each of the N tokens ``targets``."""
    fits = [_fit(distributions, targets, bias) for bias in BIASES]
    _, weights, bias = min(fits, key=lambda found: found[0])
    return Mixture(bias, weights=weights)


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
