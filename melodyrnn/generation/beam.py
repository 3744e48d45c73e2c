"""The likeliest sequences that a model and its constraints allow, as far as a beam finds them."""

import numpy as np

from melodyrnn.errors import ConstraintError
from melodyrnn.generation.constraint import Constraints
from melodyrnn.models.predictor import Predictor, Rows, after_primer
from melodyrnn.sequences.sampling import Floats, log_softmax
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Mask
from melodyrnn.system.progress import Progress, silent

Scored = tuple[float, Indices]
"""The logarithm of a sequence's probability, and the sequence."""


def beam_search(
    predictor: Predictor,
    primer: Indices,
    length: int,
    width: int,
    constraints: Constraints,
    progress: Progress = silent,
) -> list[Scored]:
    """Continuations of ``primer`` by at most ``length`` tokens, at most ``width``, likeliest first.

    At each step the ``width`` likeliest beginnings go on, whole ones among them. What counts is
    the probability that the model itself gives: constraints rule sequences out and make none
    likelier. A width of 1 takes the likeliest token each time. Raises ConstraintError where no
    beginning that was kept can go on.
    """
    songs = primer[None]  # (K, P + i), the likeliest first
    scores = np.zeros(1)  # (K,)
    state = after_primer(predictor, primer, 1)
    states = constraints.begin(primer, np.zeros(1, np.intp))
    done: list[Scored] = []  # likeliest first
    for left in range(length, 0, -1):
        mask = constraints.allowed(states, left)  # (K, V)
        going = mask.any(axis=1)
        done = _best(done, scores, songs, ~going & constraints.whole(states), width)
        if not going.any():
            break
        rows = np.flatnonzero(going)
        songs, scores, mask = songs[rows], scores[rows], mask[rows]
        state, states = predictor.pick(state, rows), constraints.pick(states, rows)
        logits, state = predictor.step(songs[:, -predictor.window :], state)
        totals = np.where(mask, scores[:, None] + log_softmax(logits), -np.inf)  # (K, V)
        rows, tokens, scores = _likeliest(totals, [score for score, _ in done], width)
        songs = np.concatenate([songs[rows], tokens[:, None]], axis=1)
        state = predictor.pick(state, rows)
        states = constraints.advance(constraints.pick(states, rows), tokens)
        progress(length - left + 1, length, "tokens")
        if not len(songs):  # all that is left is less likely than what is whole
            break
    else:
        done = _best(done, scores, songs, np.ones(len(songs), dtype=bool), width)
    if not done:
        raise ConstraintError(
            f"{constraints.name()}: none of the {width} likeliest beginnings can be brought to an "
            "end; a wider --beam may find one that can"
        )
    return done


def _best(
    done: list[Scored], scores: Floats, songs: Indices, whole: Mask, width: int
) -> list[Scored]:
    new = [(float(scores[row]), songs[row]) for row in np.flatnonzero(whole)]
    return sorted([*done, *new], key=lambda scored: -scored[0])[:width]


def _likeliest(totals: Floats, done: list[float], width: int) -> tuple[Rows, Indices, Floats]:
    """Rows, tokens and scores of the likeliest steps which are, whole sequences counted, among
    the first ``width``. Of equals, the first row and token comes first.
    """
    flat = totals.ravel()
    order = np.argsort(-flat, kind="stable")[:width]
    order = order[flat[order] > -np.inf]
    better = np.searchsorted(-np.array(done), -flat[order], side="right")
    order = order[np.arange(len(order)) + better < width]
    rows, tokens = np.divmod(order, totals.shape[1])
    return rows, tokens.astype(np.int32), flat[order]
