import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.errors import WindowError
from melodyrnn.sequences.windows import next_code, side_by_side, windows

sequences = st.lists(st.lists(st.integers(0, 13), min_size=7, max_size=30), min_size=1, max_size=4)
sizes = st.integers(1, 6)


def arrays(lists):
    return [np.array(one, dtype=np.int32) for one in lists]


@given(sequences, sizes)
def test_each_window_is_a_slice_of_its_sequence(lists, size):
    for sequence in arrays(lists):
        rows = windows(sequence, size)
        assert rows.shape == (len(sequence) - size, size + 1)
        for place, row in enumerate(rows):
            assert row.tolist() == sequence[place : place + size + 1].tolist()


def test_windows_are_a_view():
    sequence = np.arange(9, dtype=np.int32)
    assert np.shares_memory(windows(sequence, 4), sequence)


@given(sequences, sizes)
def test_next_code_marks_where_each_sequence_starts(lists, size):
    batch, starts = next_code(arrays(lists), size)
    assert batch.x.shape == (len(batch.y), size)
    assert starts.sum() == len(lists)
    assert batch.x[starts].tolist() == [one[:size] for one in lists]
    assert batch.y.tolist() == [code for one in lists for code in one[size:]]


@given(sequences, sizes)
def test_lanes_hold_the_same_windows(lists, size):
    lanes, (flat, _) = side_by_side(arrays(lists), size), next_code(arrays(lists), size)
    assert lanes.x.transpose(1, 0, 2)[lanes.mask.T].tolist() == flat.x.tolist()
    assert lanes.y.T[lanes.mask.T].tolist() == flat.y.tolist()


@pytest.mark.parametrize(
    ("length", "size", "message"),
    [
        (4, 4, "x.txt has 4 notes and a window of 4 needs at least 5; use --window 3 or less"),
        (1, 4, "x.txt has 1 note and a window of 4 needs at least 5; add notes"),
        (9, 0, "a window of 0 codes; the smallest is 1"),
    ],
)
def test_messages(length, size, message):
    with pytest.raises(WindowError) as caught:
        windows(np.zeros(length, dtype=np.int32), size, "x.txt")
    assert str(caught.value) == message
