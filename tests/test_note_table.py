"""A row for each note: the figures, the places, and that they add up to what is printed."""

import csv
import json
import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import melodyrnn
from melodyrnn.cli import main
from melodyrnn.errors import MelodyError
from melodyrnn.evaluation.note_figures import Expectation
from melodyrnn.evaluation.note_table import COLUMNS

TEN = "c4 d4 c4 d4 c4 e4 c4 d4 c4 e8"


@given(
    st.lists(st.lists(st.floats(-30, 30), min_size=4, max_size=4), min_size=1, max_size=5),
    st.data(),
)
def test_content_entropy_and_rank_of_any_distribution(rows, data):
    came = np.array([data.draw(st.integers(0, 3)) for _ in rows])
    log_p = np.array(rows) - np.logaddexp.reduce(rows, axis=1, keepdims=True)
    found = Expectation.of(log_p, came)
    for n, row in enumerate(np.exp(log_p)):
        assert found.information_content[n] == pytest.approx(-math.log2(row[came[n]]))
        entropy = -sum(p * math.log2(p) for p in row if p)
        assert found.entropy[n] == pytest.approx(entropy, abs=1e-9)
        assert found.rank[n] == 1 + sum(log_p[n] > log_p[n][came[n]])


def test_what_cannot_come_costs_nothing_of_the_entropy():
    found = Expectation.of(np.array([[0.0, -np.inf]]), np.array([0]))
    assert found.entropy.tolist() == [0.0]


@pytest.fixture(scope="module")
def ten(tmp_path_factory):
    """An order-1 model that counts, of a song of ten notes, and its table."""
    folder = tmp_path_factory.mktemp("ten")
    (folder / "ten.txt").write_text(f"meter: 3/4\npickup: 4\n{TEN}\n")
    run = melodyrnn.train(folder / "ten.txt", model="ngram", window=1, output=folder / "run").run
    return melodyrnn.evaluate(run, notes=folder / "ten.csv"), folder / "ten.csv", run


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_an_n_gram_counted_by_hand(ten):
    result, path, _ = ten
    rows, tokens = rows_of(path), TEN.split()
    assert list(rows[0]) == list(COLUMNS)
    assert [row["token"] for row in rows] == tokens
    assert rows[0]["probability"] == rows[0]["rank"] == ""  # given, not predicted
    by_hand = {  # what followed it, with absolute discounting by a half
        "c4": {"d4": 3, "e4": 1, "e8": 1},
        "d4": {"c4": 3},
        "e4": {"c4": 1},
    }
    ever = Counter(tokens)
    for row, (before, token) in zip(rows[1:], pairwise(tokens), strict=True):
        p = {}
        for each in ever:
            whole = (ever[each] - 0.5 + 0.5 * 4 / 4) / 10
            after = by_hand[before]
            kept = after[each] - 0.5 if each in after else 0
            p[each] = (kept + 0.5 * len(after) * whole) / sum(after.values())
        assert sum(p.values()) == pytest.approx(1)
        assert float(row["probability"]) == pytest.approx(p[token], rel=1e-4)
        assert float(row["information_content"]) == pytest.approx(-math.log2(p[token]), abs=1e-4)
        entropy = -sum(q * math.log2(q) for q in p.values())
        assert float(row["entropy"]) == pytest.approx(entropy, abs=1e-4)
        pitch = sum(q for each, q in p.items() if each[0] == token[0])
        assert float(row["pitch_information_content"]) == pytest.approx(-math.log2(pitch), abs=1e-4)
        assert int(row["rank"]) == 1 + sum(q > p[token] for q in p.values())
    bits = [float(row["information_content"]) for row in rows[1:]]
    assert np.mean(bits) == pytest.approx(result.bits, abs=1e-5)


def test_places_are_those_of_the_score(ten):
    rows = rows_of(ten[1])
    assert [float(row["onset"]) for row in rows] == list(range(10))
    assert [int(row["bar"]) for row in rows] == [0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert [float(row["beat"]) for row in rows] == [3, 1, 2, 3, 1, 2, 3, 1, 2, 3]
    assert [row["duration"] for row in rows] == ["1"] * 9 + ["0.5"]
    assert {row["pitch"] for row in rows} == {"60", "62", "64"}


def test_an_array_has_the_same(ten):
    result, path, _ = ten
    array = result.notes.to_array()
    assert array.dtype.names == tuple(COLUMNS)
    assert np.isnan(array["entropy"][0])
    written = [float(row["entropy"]) for row in rows_of(path)[1:]]
    assert array["entropy"][1:] == pytest.approx(written, rel=1e-5)


def test_a_frame_has_the_same(ten):
    pandas = pytest.importorskip("pandas", reason="pandas is optional")
    frame = ten[0].notes.to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame.columns) == list(COLUMNS)
    assert len(frame) == 10


def test_the_end_is_a_row_and_the_table_adds_up_to_what_is_printed(tmp_path):
    tunes = [melodyrnn.parse(f"c4 d4 e4 {note}4 r4 c2") for note in "fgabcde" * 2]
    run = melodyrnn.train(tunes, model="ppm", held_out=0.3, output=tmp_path / "run").run
    (tmp_path / "한글.txt").write_text("c4 d4 e4 r4 b-16 c2\nc4 d4\n", encoding="utf-8")
    arguments = ["evaluate", run.path, tmp_path / "한글.txt", "--notes", tmp_path / "n.csv"]
    found = CliRunner().invoke(main, [*map(str, arguments), "--json"])
    document = json.loads(found.stdout)
    rows = rows_of(tmp_path / "n.csv")
    assert document["files"] == [str(tmp_path / "n.csv")]
    assert rows[-1]["token"] == "<end>"
    assert rows[-1]["pitch"] == rows[-1]["duration"] == ""
    assert {row["song"] for row in rows} == {"한글"}
    bits = [float(row["information_content"]) for row in rows]
    assert sum(bits) / (len(bits) - 1) == pytest.approx(document["bits_per_note"], abs=1e-4)
    pitches = [float(row["pitch_information_content"]) for row in rows[:-1]]
    assert np.mean(pitches) == pytest.approx(document["songs"][0]["bits"]["pitch"], abs=1e-4)
    assert rows[3]["pitch"] == ""  # a rest


def test_a_folder_that_is_not_there(ten, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MelodyError) as caught:
        melodyrnn.evaluate(ten[2], notes="missing/n.csv")
    assert str(caught.value) == (
        "missing/n.csv: cannot write: no such file or directory; make the folder first"
    )


def test_a_text_has_no_notes(tmp_path):
    (tmp_path / "book.txt").write_text("abracadabra " * 9)
    run = melodyrnn.train_text(
        tmp_path / "book.txt", units=2, epochs=1, held_out=0, output=tmp_path / "run"
    ).run
    with pytest.raises(MelodyError, match="notes has no effect with a text; leave it out"):
        melodyrnn.evaluate(run, notes=tmp_path / "n.csv")
