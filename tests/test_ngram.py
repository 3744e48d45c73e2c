import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.sequences.ngram import Tally, ceiling, successors

codes = st.lists(st.integers(0, 3), min_size=6, max_size=40)


def test_counts_what_followed():
    assert successors([np.array([0, 1, 0, 2, 0, 1], dtype=np.int32)], 1) == {
        (0,): {1: 2, 2: 1},
        (1,): {0: 1},
        (2,): {0: 1},
    }


def test_ceiling_of_a_sequence_one_can_count_by_hand():
    # After 0 comes 1 twice and 2 once: one of five must be told wrong.
    assert ceiling([np.array([0, 1, 0, 2, 0, 1], dtype=np.int32)], 1) == Tally(4, 5)


@given(codes, st.integers(1, 4), st.randoms(use_true_random=False))
def test_no_function_of_the_window_passes_the_ceiling(song, size, random):
    sequence = np.array(song, dtype=np.int32)
    guess = {}
    right = sum(
        guess.setdefault(tuple(song[i : i + size]), random.randrange(4)) == song[i + size]
        for i in range(len(song) - size)
    )
    assert right <= ceiling([sequence], size).right


@given(codes, st.integers(1, 4))
def test_a_longer_window_never_has_more_wrong(song, size):
    sequence = np.array(song, dtype=np.int32)
    shorter, longer = ceiling([sequence], size), ceiling([sequence], size + 1)
    assert longer.all - longer.right <= shorter.all - shorter.right
