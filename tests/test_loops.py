import numpy as np
import pytest

from melodyrnn.generation.loops import Loop, closing_loop


def array(codes):
    return np.array(codes, dtype=np.int32)


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
