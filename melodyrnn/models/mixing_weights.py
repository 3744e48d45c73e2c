"""How much each of several models is to be trusted, learned from what they told before."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from melodyrnn.models.combining import weights_of
from melodyrnn.sequences.vocabulary import Indices

Floats = npt.NDArray[np.float64]

BIASES = (0.0, 1.0, 2.0)
"""Among which the bias is chosen."""

_PULL = 1.0  # how strongly, in notes, the trust of each model is held near its share
_STEPS = 20  # Newton's method on a convex loss of a few numbers needs less


@dataclass(frozen=True)
class Pool:
    """A geometric mean of M models, p = Π p_m ** (t_m w_m) scaled to 1, after a log-linear pool.

    w_m are the weights of ``combination.combine``, M to begin with where all are as sure; t_m is
    the trust that was learned.
    """

    trust: Floats  # (M,)
    bias: float

    @classmethod
    def fit(cls, distributions: Floats, told: Indices) -> Self:
        """The pool that tells best what came: (M, N, V) before each of the N codes ``told``."""
        fits = [_fit(distributions, told, bias) for bias in BIASES]
        _, trust, bias = min(fits, key=lambda fit: fit[0])
        return cls(trust, bias)

    def combine(self, distributions: Floats) -> Floats:
        """(M, N, V) -> (N, V)."""
        return _softmax(np.tensordot(self.trust, _scores(distributions, self.bias), 1))


def _scores(p: Floats, bias: float) -> Floats:
    """(M, N, V): the logarithms, weighted."""
    return np.asarray(weights_of(p, bias) * np.log(np.maximum(p, np.finfo(np.float64).tiny)))


def _fit(p: Floats, told: Indices, bias: float) -> tuple[float, Floats, float]:
    """The loss, the trust, the bias: the log-likelihood is concave in the trust."""
    scores = _scores(p, bias)
    models, notes, _ = p.shape
    came = scores[:, np.arange(notes), told]  # (M, N)
    prior = np.ones(models)
    trust = prior
    for _ in range(_STEPS):
        q = _softmax(np.tensordot(trust, scores, 1))  # (N, V)
        expected = (q * scores).sum(-1)  # (M, N)
        slope = (expected - came).sum(-1) + _PULL * (trust - prior)
        spread = scores - expected[..., None]
        bend = np.einsum("nv,inv,jnv->ij", q, spread, spread) + _PULL * np.eye(models)
        trust = trust - np.linalg.solve(bend, slope)
    q = _softmax(np.tensordot(trust, scores, 1))
    loss = -np.log(q[np.arange(notes), told]).mean()
    return float(loss), trust, bias


def _softmax(scores: Floats) -> Floats:
    q = np.exp(scores - scores.max(-1, keepdims=True))
    return np.asarray(q / q.sum(-1, keepdims=True))
