from itertools import product

import numpy as np
import pytest

from melodyrnn.models import copying
from melodyrnn.models.copying import copied, recent


def background(seed, length, codes=4):
    return np.random.default_rng(seed).dirichlet(np.ones(codes), length)


def written_out(tokens, background):
    """The probability of ``tokens`` as the sum over all that may have been copied where."""
    goes_on, begins, altered = copying._GOES_ON, copying._BEGINS, copying._ALTERED
    total = 0.0
    for path in product(*(range(-1, place) for place in range(len(tokens)))):  # -1: nothing
        p, last = 1.0, -1
        for place, (source, token) in enumerate(zip(path, tokens, strict=True)):
            going_on = goes_on if last >= 0 else 0.0
            if not place:
                moves = 1.0
            elif source < 0:
                moves = (1 - going_on) * (1 - begins)
            else:
                moves = (1 - going_on) * begins / place + going_on * (source == last + 1)
            otherwise = background[place, token]
            if source < 0:
                comes = otherwise
            else:
                comes = (1 - altered) * (tokens[source] == token) + altered * otherwise
            p *= moves * comes
            last = source
        total += p
    return total


@pytest.mark.parametrize("tokens", [[0], [1, 1], [0, 1, 0, 1], [2, 0, 1, 2, 3]])
def test_it_is_the_sum_over_all_that_may_have_been_copied(tokens):
    tokens, otherwise = np.array(tokens), background(len(tokens), len(tokens))
    predicted = copied(tokens, otherwise)
    assert predicted.sum(-1) == pytest.approx(np.ones(len(tokens)))
    of_tokens = predicted[np.arange(len(tokens)), tokens].prod()
    assert of_tokens == pytest.approx(written_out(tokens, otherwise))


def test_a_copy_that_holds_is_trusted_and_one_that_fails_given_up():
    phrase = [0, 3, 1, 4, 2, 5]
    tokens = np.array([*phrase, 0, 3, 1, 4, 0, 5])
    predicted = copied(tokens, np.full((len(tokens), 6), 1 / 6))
    trusted = predicted[[7, 8, 9, 10], phrase[1:5]]
    assert (np.diff(trusted) > 0).all()
    assert trusted[-1] > 0.75
    assert predicted[11, 5] < 0.35


def test_what_comes_later_changes_nothing_before():
    tokens, otherwise = np.array([0, 1, 0, 1, 2]), background(0, 5)
    other = tokens.copy()
    other[3:] = 3
    assert (copied(tokens, otherwise)[:4] == copied(other, otherwise)[:4]).all()


def test_of_no_notes_nothing_is_predicted():
    assert copied(np.array([], dtype=int), background(0, 0)).shape == (0, 4)


def test_what_came_lately_fades():
    p = recent(np.array([0, 1, 1, 2]), 4)
    assert p.sum(-1) == pytest.approx(np.ones(4))
    assert p[0] == pytest.approx(np.full(4, 1 / 4))
    never, fades = copying._NEVER, copying._FADES
    counts = np.array([fades**2, 1 + fades, 0, 0]) + never
    assert p[3] == pytest.approx(counts / counts.sum())
