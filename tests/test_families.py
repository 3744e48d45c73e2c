"""What is nearly the same is found; what only shares a turn of phrase is not."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.sequences.families import families
from melodyrnn.sequences.rare_runs import rare_runs
from melodyrnn.sequences.sharing_half import sharing_half


def test_one_changed_symbol_leaves_a_sequence_in_its_family():
    tune = list("cdefgagfedcgfeagdc")
    changed = [*tune[:9], "x", *tune[10:]]
    other = list("bbabcdebabbadebcaa")
    assert families([tune, other, changed]) == [[0, 2], [1]]


def test_a_tune_within_a_longer_one_is_of_its_family():
    assert families(["abcdefgh", "xyzwxyvuabcdefghsrqp"]) == [[0, 1]]


def test_a_shared_phrase_makes_no_family():
    assert families(["abcdefghijkl", "mnoabcdepqrs"]) == [[0], [1]]


def test_a_chain_is_one_family():
    assert families(["qrstuvwx", "abcdefgh", "ijklmnop", "cdefghijklmn"]) == [[0], [1, 2, 3]]


def test_what_is_too_short_is_compared_whole():
    assert families(["ab", "ab", "abc", ""]) == [[0, 1], [2], [3]]


@given(st.lists(st.text("abc", max_size=12), max_size=8))
def test_every_sequence_has_one_family_and_equals_share_it(sequences):
    found = families(sequences)
    assert sorted(place for family in found for place in family) == list(range(len(sequences)))
    home = {place: number for number, family in enumerate(found) for place in family}
    for a, first in enumerate(sequences):
        for b, second in enumerate(sequences):
            assert first != second or home[a] == home[b]


def runs(sequence, size=4):
    return {sequence[start : start + size] for start in range(max(len(sequence) - size, 0) + 1)}


@given(st.lists(st.text("ab", max_size=14), max_size=10))
def test_families_are_what_their_definition_says(sequences):
    head = list(range(len(sequences)))
    for a, first in enumerate(sequences):
        for b, second in enumerate(sequences[:a]):
            shared = len(runs(first) & runs(second))
            if 2 * shared >= min(len(runs(first)), len(runs(second))):
                head = [head[b] if one == head[a] else one for one in head]
    together = {}
    for place, one in enumerate(head):
        together.setdefault(one, []).append(place)
    assert families(sequences) == sorted(together.values())


def test_a_turn_of_phrase_that_all_have_pairs_not_all_with_all():
    rng = np.random.default_rng(0)
    sequences = [[*range(100, 110), *rng.integers(0, 30, 40)] for _ in range(4000)]
    began = time.process_time()
    assert len(families(sequences)) == 4000
    assert time.process_time() - began < 5  # seconds; 0.7 measured, and 8 million pairs


def test_thousands_of_sequences_take_a_moment():
    rng = np.random.default_rng(0)
    sequences = [rng.integers(0, 12, 40).tolist() for _ in range(3000)]
    assert len(families([*sequences, *sequences[:10]])) > 2900


def test_no_pair_that_shares_half_is_missed_among_many():
    rng = np.random.default_rng(1)
    tunes = [tuple(rng.integers(0, 5, size).tolist()) for size in rng.integers(4, 40, 150)]
    tunes += [(*tune[: len(tune) // 2 + 3], *rng.integers(0, 5, 9).tolist()) for tune in tunes[::3]]
    expected = set()
    for b, second in enumerate(tunes):
        for a, first in enumerate(tunes[:b]):
            shared, fewer = (
                len(runs(first) & runs(second)),
                min(len(runs(first)), len(runs(second))),
            )
            if shared >= 6 and 2 * shared >= fewer:
                expected.add((a, b))
    assert len(expected) > 30
    assert {tuple(sorted(pair)) for pair in sharing_half(tunes, 4, 6)} == expected


def test_copies_are_paired_with_the_first_of_them():
    assert sorted(sharing_half(["abcde"] * 4)) == [(0, 1), (0, 2), (0, 3)]


def walks(count, rng):
    return [np.cumsum(rng.integers(1, 4, 60)) % 12 for _ in range(count)]


def test_runs_that_few_have_stay_short():
    sequences = walks(20, np.random.default_rng(0))
    held = rare_runs(sequences, 12, 4)
    assert set(held.weights) == {1}
    for sequence, numbers, shifts in zip(sequences, held.runs, held.shifts, strict=True):
        steps = np.diff(sequence) % 12
        places = {(*steps[at : at + 4], sequence[at]) for at in range(len(steps) - 3)}
        assert len(numbers) == len(shifts) == len(places)


@pytest.mark.parametrize("work", [40, 300])
def test_the_work_does_not_grow_with_the_collection(work):
    sequences = walks(400, np.random.default_rng(0))
    held = rare_runs([*sequences, *sequences[:10]], 12, 4, work)
    holders = np.bincount(np.concatenate(held.runs))
    assert (holders**2).sum() / 2 <= work * 410
    assert len(set(held.weights)) > 1
    for place in range(10):  # what is the same has the same runs
        assert held.runs[place].tolist() == held.runs[400 + place].tolist()


def test_nothing_has_no_runs():
    assert rare_runs([], 12, 4).runs == []
    assert [len(each) for each in rare_runs([np.array([1]), np.array([], int)], 12, 4).runs] == [
        0,
        0,
    ]
