import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.sequences.overlap import sharing
from melodyrnn.sequences.repetitions import recall

CODES = st.lists(st.integers(0, 3), max_size=24)


def slowly(codes, known, alike):
    """Straight from the definition."""
    found = []
    for t in range(len(codes)):
        best = (-1, 0)
        for j in range(t):
            run, back = 0, int(not known)
            while back + run <= j and codes[j - back - run] == codes[t - back - run]:
                run += 1
            if run and alike[t][j] and run >= best[1]:
                best = (j, run)
        found.append(best)
    return found


@given(CODES, st.booleans(), st.integers(0, 2**32 - 1))
def test_as_defined(codes, known, seed):
    alike = np.random.default_rng(seed).random((len(codes), len(codes))) < 0.8
    recalled = recall(codes, known=known, alike=alike)
    assert list(zip(recalled.place.tolist(), recalled.length.tolist(), strict=True)) == slowly(
        codes, known, alike
    )


def test_what_came_the_last_time():
    recalled = recall(list("abcabdab"))
    assert recalled.place.tolist() == [-1, -1, -1, -1, 1, 2, -1, 4]
    assert recalled.length.tolist() == [0, 0, 0, 0, 1, 2, 0, 1]


def test_nothing_to_recall():
    assert recall([]).place.shape == (0,)
    assert recall(["a"]).place.tolist() == [-1]


@given(CODES.filter(len), st.data())
def test_what_comes_later_changes_nothing_before(codes, data):
    cut = data.draw(st.integers(0, len(codes) - 1))
    other = codes[:cut] + data.draw(st.lists(st.integers(0, 3), max_size=5))
    one, two = recall(codes), recall(other)
    assert one.place[: cut + 1].tolist()[: len(other)] == two.place[: cut + 1].tolist()


def test_sharing_finds_long_runs_only():
    sequences = ["xxabcdyy", "abc", "abcabc", "", "bcd"]
    assert sharing(sequences, ["zzabcd"], 4) == {0}
    assert sharing(sequences, ["zzabcd"], 3) == {0, 1, 2, 4}
    assert sharing(sequences, ["ab"], 4) == {0, 1, 2}  # a short one counts as a whole
    assert sharing(sequences, [""], 4) == set()
