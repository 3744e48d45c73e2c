"""Prediction by partial matching: a variable-order n-gram model.

PPM (Cleary and Witten 1984) predicts the next token from all contexts that end the sequence so
far, the longest first. Of a context with counts c(e), the share

    λ = n / (n + ε),   n = Σ (c(e) + k) over the tokens e that are not excluded,

goes to the tokens which followed it, the share 1 - λ *escapes* to the next shorter context:

    P(e | context) = λ (c(e) + k) / n + (1 - λ) P(e | shorter context)

This is *interpolated* (Bunton 1996). *Backed off* (Katz 1987), a token takes only what the longest
context gives it that foretells it. Escape methods differ in k and ε, with t kinds of tokens in the
context, t₁ of them counted once:

    method   k     ε        after
    A        0     1        Cleary and Witten 1984
    B        -1    t        Cleary and Witten 1984: a token counts from its second time on
    C        0     t        Moffat 1990
    D        -1/2  t / 2    Howard 1993
    X        0     t₁ + 1   Moffat, Neal and Witten 1998, approximating Witten and Bell 1991

*Exclusion*: tokens that followed a longer context are left out of n, since they were predicted
there.
*Update exclusion*: counts are those of ``Suffix.novel``. Below the shortest context, order -1,
every token is equally likely: 1 / (V + 1 - t) with exclusion, t of the empty context, else 1 / V.
At the end the distribution is scaled to 1.

PPM* (Cleary and Teahan 1997) bounds no order. It starts from the shortest context, but for the
empty one, that is deterministic, followed by one token only, or from the longest if none is. A
context so chosen that is not the longest predicts by its plain counts, update exclusion or not.
As a whole this is the model of Pearce (2005), chapter 6, but for update exclusion, where it is that
of his program IDyOM 1.7 and not of the tables of 2005 (docs/benchmark.md). His names such as C*I or
X5UI spell escape method, order bound (* is none), update exclusion (U) and interpolation (I).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypedDict

import numpy as np
import numpy.typing as npt

from melodyrnn.models.ngrams.contexts import Contexts, Counts, Suffix
from melodyrnn.sequences.vocabulary import Indices

Codes = Sequence[int] | Indices
Floats = npt.NDArray[np.float64]


class Escape(NamedTuple):
    """An escape method: how much of a context's weight is kept for what never followed it."""

    shift: float  # k
    weight: Callable[[Counts], float]  # ε


ESCAPES: dict[str, Escape] = {
    "a": Escape(0.0, lambda counts: 1.0),
    "b": Escape(-1.0, len),
    "c": Escape(0.0, len),
    "d": Escape(-0.5, lambda counts: len(counts) / 2),
    "x": Escape(0.0, lambda counts: 1.0 + sum(count == 1 for count in counts.values())),
}
"""Name -> escape method."""


class Settings(TypedDict):
    """Some settings of a ``Ppm``."""

    order: int
    escape: str
    update_exclusion: bool


SHORT_TERM: Settings = {"order": 5, "escape": "x", "update_exclusion": True}
"""The settings of a model that learns within one sequence, X5UI."""


@dataclass(frozen=True, slots=True)
class Ppm:
    """How the next of ``vocabulary_size`` tokens is predicted from trees of contexts."""

    vocabulary_size: int  # V
    order: int | None = None  # tokens in the longest context; None for PPM*
    escape: str = "c"
    exclusion: bool = True
    update_exclusion: bool = False
    interpolated: bool = True

    def learn(self, sequences: Iterable[Codes] = ()) -> Contexts:
        """A tree with what stands in ``sequences``, each (L,)."""
        return Contexts(self.order, map(_plain, sequences))

    def distribution(self, trees: Sequence[Contexts], history: Sequence[int]) -> Floats:
        """Of the token after ``history``, (V,), from the counts of all ``trees`` together.

        All are above 0 and their sum is 1.
        """
        chain, counts = [Suffix([(tree, tree.root) for tree in trees])], []
        while True:
            suffix = chain[-1]
            counts.append(suffix.counts)
            if self.order is None and suffix.depth and len(counts[-1]) == 1:  # deterministic
                shorter = self.update_exclusion and suffix.longer(history)
                break
            if suffix.depth == self.order or not (longer := suffix.longer(history)):
                shorter = None
                break
            chain.append(longer)
        if self.update_exclusion:
            novel = [suffix.novel for suffix in chain]
            counts = [*novel[:-1], counts[-1] if shorter else novel[-1]]
        return self._blend(counts[::-1])

    def _blend(self, chain: Sequence[Counts]) -> Floats:
        """Counts of contexts, the longest first -> the distribution, (V,)."""
        shift, weight = ESCAPES[self.escape]
        p = [0.0] * self.vocabulary_size  # a list: faster than an array one token at a time
        escaped = 1.0
        foretold: set[int] = set()
        for counts in chain:
            n = sum(counts.values()) + shift * len(counts)
            if self.exclusion:
                n -= sum([counts[token] + shift for token in foretold])
            if n > 0:
                epsilon = weight(counts)
                share = escaped / (n + epsilon)
                for token, count in counts.items():
                    if self.interpolated or not p[token]:
                        p[token] += share * (count + shift)
                escaped *= epsilon / (n + epsilon)
            foretold = {token for token, count in counts.items() if count + shift > 0}
        rest = escaped / (
            self.vocabulary_size + 1 - len(foretold) if self.exclusion else self.vocabulary_size
        )
        q = np.array([each + rest if self.interpolated or not each else each for each in p])
        return np.asarray(q / q.sum(), dtype=np.float64)

    def follow(self, sequence: Codes, tree: Contexts, *, learning: bool = False) -> Floats:
        """Of each token of ``sequence`` (L,), predicted from those before it, (L, V).

        With ``learning`` each is added to the ``tree`` once it was predicted: a short-term model,
        if the tree was empty, else a long-term model that goes on learning.
        """
        tokens = _plain(sequence)
        if learning:
            tree.begin()
        rows = np.empty((len(tokens), self.vocabulary_size))
        for place, token in enumerate(tokens):
            rows[place] = self.distribution([tree], tokens[:place])
            if learning:
                tree.learn(token)
        return rows


def _plain(sequence: Codes) -> list[int]:
    """Python's own numbers, which are the quicker keys."""
    tokens: list[int] = np.asarray(sequence).tolist()
    return tokens
