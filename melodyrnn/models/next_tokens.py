"""What a model expects next, from which a token is drawn: of all tokens at once, or of kinds first
and then of those of one kind, where most kinds need not be looked into.

The exported page draws in the same two ways (``export/engine/expectation.js``).
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol, Self

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.sampling import (
    AS_EXPECTED,
    Floats,
    Sampling,
    draw,
    log_softmax,
    probabilities,
)
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask

Rows = npt.NDArray[np.intp]


class Taken(NamedTuple):
    """Of each of B sequences the token that was drawn, and how likely it was before anything was
    ruled out, its natural logarithm: (B,).
    """

    tokens: Indices
    log_probability: Floats


class NextTokens(Protocol):
    """What may come next in each of B sequences."""

    def draw(self, mask: Mask | None, sampling: Sampling, uniforms: Floats) -> Taken:
        """A token of those that ``mask`` allows, (B, V), or (B, 1) or None where nothing is ruled
        out; by the inverse of the cumulated distribution at ``uniforms``, (B,) in [0, 1).
        """
        ...

    def pick(self, rows: Rows) -> Self:
        """That of the sequences ``rows`` (R,), of each as often as it is named."""
        ...


class OfTokens:
    """Of all tokens at once."""

    def __init__(self, logits: npt.NDArray[np.floating]) -> None:
        """(B, V)."""
        self._logits = logits

    def pick(self, rows: Rows) -> "OfTokens":
        return OfTokens(self._logits[rows])

    def draw(self, mask: Mask | None, sampling: Sampling, uniforms: Floats) -> Taken:
        logits = self._logits
        ruled = logits if mask is None else np.where(mask, logits, -np.inf)
        p = probabilities(ruled, *sampling)  # (B, V)
        tokens = draw(p, uniforms)
        return Taken(tokens, log_softmax(logits)[np.arange(len(tokens)), tokens])


class KindRanges(NamedTuple):
    """Tokens in the order of their kinds: each of K kinds has one, or as many as all others that
    have several, in one order.
    """

    starts: Indices  # (K,): the first token of each kind
    several: Mask  # (K,): whether it has several
    size: int  # how many

    @classmethod
    def of(cls, kind: Indices, place: Indices) -> "KindRanges | None":
        """Of the kind and the place within it of each token, (V,), negative in a kind of one; None
        where they are in another order.
        """
        kinds, starts = np.unique(kind, return_index=True)
        size = int(place.max(initial=0)) + 1
        alone = place[starts] < 0
        ranges = cls(starts.astype(np.int32), ~alone, size)
        expected = [[-1] if each else range(size) for each in alone]
        in_order = (np.diff(kind) >= 0).all() and (kinds == np.arange(len(kinds))).all()
        if not in_order or place.tolist() != [one for each in expected for one in each]:
            return None
        return ranges


HeightsOf = Callable[[Rows, Indices], Floats]
"""Sequences (N,) and a kind of each, (N,) -> the logarithms of the probabilities of its tokens,
given that kind, (N, S)."""


class OfKinds:
    """Of kinds, and of the tokens of one kind when they are asked for."""

    def __init__(
        self,
        kinds: Floats,
        heights_of: HeightsOf,
        logits: Callable[[], Floats],
        ranges: KindRanges,
        rows: Rows | None = None,
    ) -> None:
        """``kinds``: of all kinds the logarithms of their probabilities, (B, K); ``logits``: gives
        those of all tokens, (B, V). ``rows``: which sequences these are, where not all in order.
        """
        self._kinds, self._heights_of = kinds, heights_of
        self._logits, self._ranges = logits, ranges
        self._rows = np.arange(len(kinds)) if rows is None else rows

    def pick(self, rows: Rows) -> "OfKinds":
        return OfKinds(self._kinds, self._heights_of, self._logits, self._ranges, self._rows[rows])

    def draw(self, mask: Mask | None, sampling: Sampling, uniforms: Floats) -> Taken:
        """As of all tokens, but for rounding. Unless all of the tokens of a kind or none may come,
        or chances are to be changed, its own probability is that of its tokens together.
        """
        if sampling != AS_EXPECTED:
            return OfTokens(self._logits()[self._rows]).draw(mask, sampling, uniforms)
        if mask is not None and mask.shape[1] == 1:  # those without a token are not drawn
            mask = None
        every, rows = self._kinds[self._rows], np.arange(len(self._rows))
        p = probabilities(every if mask is None else self._ruled(every, mask))
        kinds = draw(p, uniforms)
        # What is left of the number draws among the tokens of the kind.
        below = np.add.accumulate(p, axis=1)[rows, kinds] - p[rows, kinds]
        left = (uniforms - below) / p[rows, kinds]
        logs = self._within(rows, kinds)
        allowed = logs if mask is None else np.where(self._part(mask, rows, kinds), logs, -np.inf)
        places = draw(probabilities(allowed), np.clip(left, 0, _BELOW_ONE))
        tokens = self._ranges.starts[kinds] + places
        return Taken(tokens, every[rows, kinds] + logs[rows, places])

    def _ruled(self, kinds: Floats, mask: Mask) -> Floats:
        """The logarithm of how likely it is that a token comes that is of a kind and allowed, (B,
        K).
        """
        starts = self._ranges.starts
        some = np.logical_or.reduceat(mask, starts, axis=1)
        every = np.logical_and.reduceat(mask, starts, axis=1)
        ruled = np.where(some, kinds, -np.inf)
        rows, places = np.nonzero(some & ~every)
        if len(rows):
            partly = places.astype(np.int32)
            allowed = self._part(mask, rows, partly)
            logs = np.where(allowed, self._within(rows, partly), -np.inf)
            greatest = logs.max(axis=1)
            ruled[rows, partly] += greatest + np.log(np.exp(logs - greatest[:, None]).sum(axis=1))
        return ruled

    def _within(self, rows: Rows, kinds: Indices) -> Floats:
        """(N,), (N,) -> the logarithm of the probability of each token given its kind, (N, S)."""
        logs = self._heights_of(self._rows[rows], kinds)
        alone = ~self._ranges.several[kinds]
        logs[alone], logs[alone, 0] = -np.inf, 0.0
        return logs

    def _part(self, mask: Mask, rows: Rows, kinds: Indices) -> Mask:
        """What ``mask`` says of the tokens of a kind of each of ``rows``, (N, S)."""
        tokens = self._ranges.starts[kinds][:, None] + np.arange(self._ranges.size)
        last = mask.shape[1] - 1  # the last kind may have one token only
        return np.asarray(mask[rows[:, None], np.minimum(tokens, last)])


_BELOW_ONE = np.nextafter(1.0, 0.0)
