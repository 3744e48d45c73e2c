"""Many sequences, of which few are in memory: they are what they were, wherever they stand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melodyrnn import parse
from melodyrnn.data.gather import Named
from melodyrnn.errors import FileError
from melodyrnn.sequences import stored
from melodyrnn.sequences.stored import IdsOnDemand, Records, StoredIds, lengths_of
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.tokenizer import SongTokenizer, TuneTokenizer

numbers = st.integers(-(2**31), 2**31 - 1)
sequences = st.lists(st.lists(numbers, max_size=9).map(lambda ids: np.array(ids, np.int32)))


@st.composite
def records(draw):
    """Of some sequences an array (L,) and one (L, 2), each of its own range of numbers."""
    bits = draw(st.sampled_from([2, 8, 9, 16, 17, 31]))
    some = st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1))
    lengths = draw(st.lists(st.integers(0, 5), min_size=1, max_size=6))
    return [
        [
            np.array(draw(st.lists(some, min_size=size, max_size=size)), np.int32)
            for size in (length, 2 * length)
        ]
        for length in lengths
    ]


def shaped(record):
    return [record[0], record[1].reshape(-1, 2)]


@given(sequences)
def test_sequences_stand_side_by_side(many):
    joined = StoredIds()
    for sequence in many:
        joined.append(sequence)
    assert len(joined) == len(many)
    assert list(lengths_of(joined)) == list(lengths_of(many)) == list(map(len, many))
    for found, sequence in zip(joined, many, strict=True):
        assert found.dtype == np.int32
        assert found.tolist() == sequence.tolist()
    assert [each.tolist() for each in joined[1:3]] == [each.tolist() for each in many[1:3]]


@settings(max_examples=40)
@given(st.lists(records(), min_size=1, max_size=3), st.sampled_from([0, 10**6]))
def test_records_come_back_from_memory_and_from_a_file(blocks, in_memory):
    every = [shaped(record) for block in blocks for record in block]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored, "_IN_MEMORY", in_memory or 1)  # 0 would be no limit
        kept = Records(len(every))
    places = iter(range(len(every))[::-1])  # in whatever order
    for block in blocks:
        kept.put([next(places) for _ in block], list(map(shaped, block)))
    assert len(kept) == len(every)
    assert list(kept.lengths) == [len(one) for one, _ in every[::-1]]
    for found, record in zip(kept, every[::-1], strict=True):
        for one, other in zip(found, record, strict=True):
            assert one.dtype == np.int32
            assert one.shape == other.shape
            assert (one == other).all()


def test_numbers_take_no_more_room_than_they_need():
    kept = Records(1)
    kept.put([0], [[np.arange(100, dtype=np.int32), np.arange(100, dtype=np.int32) * 300]])
    assert kept._file.seek(0, 2) == 100 * (1 + 2)


def test_a_full_disk_is_said_with_its_remedy(monkeypatch):
    class Full:
        def seek(self, *_):
            return 0

        def write(self, _):
            raise OSError(28, "No space left on device")

        def close(self):
            pass

    monkeypatch.setattr(stored, "SpooledTemporaryFile", lambda _: Full())
    with pytest.raises(FileError, match="no space left on device; make room, or name another"):
        Records(1).put([0], [[np.arange(3, dtype=np.int32)]])


def test_what_is_made_is_made_when_it_is_asked_for():
    asked = []
    made = IdsOnDemand([2, 3], lambda place: asked.append(place) or np.full(place + 2, place))
    assert list(lengths_of(made)) == [2, 3]
    assert len(made) == 2
    assert not asked
    assert made[-1].tolist() == [1, 1, 1]
    with pytest.raises(IndexError):
        made[2]
    assert asked == [1]


def test_songs_are_read_when_they_are_asked_for():
    some = [parse("c4 d#8 r8 e-2"), parse("trip{g8 a8 b8} c'1"), parse("c4~c8 d8")]
    named = list(map(Named.in_hand, some))
    for tokenizer in (SongTokenizer.of(some), TuneTokenizer.of(some, 0)):
        read = Dataset.of(named, 1, tokenizer).sequences
        made = Dataset.on_demand(named, tokenizer).sequences
        assert lengths_of(made) == list(lengths_of(read))
        assert [each.tolist() for each in made] == [each.tolist() for each in read]
