import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.errors import WindowError
from melodyrnn.sequences.windows import (
    next_token,
    padded,
    shifted,
    side_by_side,
    source_and_target,
    windows,
)

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
def test_next_token_marks_where_each_sequence_starts(lists, size):
    batch, starts = next_token(arrays(lists), size)
    assert batch.x.shape == (len(batch.y), size)
    assert starts.sum() == len(lists)
    assert batch.x[starts].tolist() == [one[:size] for one in lists]
    assert batch.y.tolist() == [code for one in lists for code in one[size:]]


@given(sequences, sizes)
def test_lanes_hold_the_same_windows(lists, size):
    lanes, (flat, _) = side_by_side(arrays(lists), size), next_token(arrays(lists), size)
    assert lanes.x.transpose(1, 0, 2)[lanes.mask.T].tolist() == flat.x.tolist()
    assert lanes.y.T[lanes.mask.T].tolist() == flat.y.tolist()


@pytest.mark.parametrize(
    ("length", "size", "message"),
    [
        (4, 4, "x.txt has 4 notes and a window of 4 needs at least 5; use window 3 or less"),
        (1, 4, "x.txt has 1 note and a window of 4 needs at least 5; add notes"),
        (9, 0, "a window of 0 tokens; the smallest is 1"),
    ],
)
def test_messages(length, size, message):
    with pytest.raises(WindowError) as caught:
        windows(np.zeros(length, dtype=np.int32), size, "x.txt")
    assert str(caught.value) == message


@given(sequences, sizes)
def test_a_shifted_window_has_each_next_index_as_a_target(lists, size):
    for sequence in arrays(lists):
        batch = shifted(sequence, size)
        assert batch.x.shape == batch.y.shape == batch.mask.shape == (len(sequence) - size, size)
        assert batch.x[:, 1:].tolist() == batch.y[:, :-1].tolist()
        assert batch.y[:, -1].tolist() == sequence[size:].tolist()
        assert batch.mask.all()


def test_a_sequence_is_shifted_whole_where_no_size_is_given():
    batch = shifted(np.array([3, 1, 4, 1, 5], dtype=np.int32))
    assert batch.x.tolist() == [[3, 1, 4, 1]]
    assert batch.y.tolist() == [[1, 4, 1, 5]]


symbols = st.lists(st.integers(1, 9), min_size=1, max_size=7)


@given(st.lists(symbols, min_size=1, max_size=5), st.integers(0, 4))
def test_padding_comes_off_again(lists, more):
    longest = max(map(len, lists))
    rows, mask = padded(lists, longest + more)
    assert rows.shape == mask.shape == (len(lists), longest + more)
    assert rows.dtype == np.int32
    assert [row[counts].tolist() for row, counts in zip(rows, mask, strict=True)] == lists
    assert not rows[~mask].any()


@given(st.lists(st.tuples(symbols, symbols), min_size=1, max_size=5))
def test_a_decoder_sees_each_target_one_symbol_later(pairs):
    sources, targets = zip(*pairs, strict=True)
    (source, seen), shifted, mask = source_and_target(sources, targets, 10, 11)
    assert source.tolist() == padded(sources)[0].tolist()
    assert seen.shape == shifted.shape == mask.shape
    for row, after, counts, target in zip(seen, shifted, mask, targets, strict=True):
        assert row[counts].tolist() == [10, *target]
        assert after[counts].tolist() == [*target, 11]


@pytest.mark.parametrize(
    ("sequences", "length", "message"),
    [
        ([[1, 2, 3]], 2, "a sequence of 3 in a row of 2; give shorter ones"),
        ([[1], []], None, "a sequence to be padded is not empty and has no index 0"),
        ([[1, 0]], None, "a sequence to be padded is not empty and has no index 0"),
    ],
)
def test_messages_of_padding(sequences, length, message):
    with pytest.raises(WindowError) as caught:
        padded(sequences, length)
    assert str(caught.value) == message
