import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.sequences.repetition import Loop, closing_loop, longest_shared_run


def array(codes):
    return np.array(codes, dtype=np.int32)


@pytest.mark.parametrize(
    ("a", "b", "length"),
    [([1, 2, 3, 4], [9, 2, 3, 9], 2), ([1], [2], 0), ([], [1], 0), ([1, 1, 1], [1, 1], 2)],
)
def test_longest_shared_run(a, b, length):
    assert longest_shared_run(array(a), array(b)) == length


@given(st.lists(st.integers(0, 2), max_size=12), st.lists(st.integers(0, 2), max_size=12))
def test_longest_shared_run_as_by_trying_all(a, b):
    def stands(run):
        return any(b[i : i + len(run)] == run for i in range(len(b) - len(run) + 1))

    runs = (a[i:j] for i in range(len(a)) for j in range(i, len(a) + 1))
    assert longest_shared_run(array(a), array(b)) == max(
        (len(r) for r in runs if stands(r)), default=0
    )


@pytest.mark.parametrize(
    ("codes", "loop"),
    [
        ([3, 1, 4] + [1] * 12, Loop(1, 13 - 1)),
        ([5, 6] * 6, Loop(2, 6)),
        ([9, 9, 5, 6] + [5, 6, 7, 8] * 4, Loop(4, 4)),
        ([5, 6] * 3, None),
        (list(range(20)), None),
        ([], None),
    ],
)
def test_closing_loop(codes, loop):
    assert closing_loop(array(codes)) == loop
