import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.sequences.overlap import sharing
from melodyrnn.sequences.repetitions import recall

CODES = st.lists(st.integers(0, 3), max_size=24)


def slowly(symbols, alike):
    """Straight from the definition."""
    found = []
    for t in range(len(symbols)):
        best = (-1, 0)
        for j in range(t):
            run = 0
            while run < j and symbols[j - 1 - run] == symbols[t - 1 - run]:
                run += 1
            if run and alike[t][j] and run >= best[1]:
                best = (j, run)
        found.append(best)
    return found


@given(CODES, st.integers(0, 2**32 - 1))
def test_as_defined(symbols, seed):
    alike = np.random.default_rng(seed).random((len(symbols), len(symbols))) < 0.8
    recalled = recall(symbols, alike=alike)
    assert list(zip(recalled.place.tolist(), recalled.length.tolist(), strict=True)) == slowly(
        symbols, alike
    )


def test_what_came_the_last_time():
    recalled = recall(list("abcabdab"))
    assert recalled.place.tolist() == [-1, -1, -1, -1, 1, 2, -1, 4]
    assert recalled.length.tolist() == [0, 0, 0, 0, 1, 2, 0, 1]


def test_nothing_to_recall():
    assert recall([]).place.shape == (0,)
    assert recall(["a"]).place.tolist() == [-1]


@given(CODES.filter(len), st.data())
def test_what_comes_later_changes_nothing_before(symbols, data):
    cut = data.draw(st.integers(0, len(symbols) - 1))
    other = symbols[:cut] + data.draw(st.lists(st.integers(0, 3), max_size=5))
    one, two = recall(symbols), recall(other)
    assert one.place[: cut + 1].tolist()[: len(other)] == two.place[: cut + 1].tolist()


def test_sharing_finds_long_runs_only():
    sequences = ["xxabcdyy", "abc", "abcabc", "", "bcd"]
    assert sharing(sequences, ["zzabcd"], 4) == {0}
    assert sharing(sequences, ["zzabcd"], 3) == {0, 1, 2, 4}
    assert sharing(sequences, ["ab"], 4) == {0, 1, 2}  # a short one counts as a whole
    assert sharing(sequences, [""], 4) == set()
