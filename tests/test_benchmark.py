# ruff: noqa: E501 - a table of messages keeps one row a line
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from melodyrnn import benchmark
from melodyrnn.cli import main
from melodyrnn.data.gather import gather
from melodyrnn.errors import ConfigError, MelodyError, MelodyWarning, RunError
from melodyrnn.experiments.benchmark import benchmark as workflow
from melodyrnn.experiments.benchmark.melodies import melodies_of
from melodyrnn.experiments.benchmark.published import TABLES
from melodyrnn.experiments.benchmark.rows import NGRAMS, BenchmarkRow, combination, mixed
from melodyrnn.models.combining import Mixture

TUNES = """\
X:1
T:Tied, and with a rest
M:2/4
L:1/4
K:C
C-C|zD|

X:2
T:Up and down
M:2/4
L:1/4
K:G
GA|Bc|

X:7
T:Silence
K:C
z4|
"""


def call(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


@pytest.fixture(autouse=True, scope="module")
def _rows_that_count():
    """Networks take minutes; test_network_rows.py has them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workflow, "ROWS", NGRAMS)
        yield


@pytest.fixture(scope="module")
def kinder(tmp_path_factory):
    """Made where a folder has the corpus's name, with which it is not to be confused."""
    folder = tmp_path_factory.mktemp("kinder")
    (folder / "kinder").mkdir()
    (folder / "kinder" / "song.txt").write_text("c4 d4 e4", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return benchmark("kinder", output=folder / "table")


@pytest.fixture
def humdrum(tmp_path):
    """A folder of five short melodies."""
    folder = tmp_path / "songs"
    folder.mkdir()
    random = np.random.default_rng(0)
    for number in range(5):
        notes = "".join(f"4{letter}\n" for letter in random.choice(list("cdefg"), 12))
        (folder / f"{number}.krn").write_text(f"**kern\n*M4/4\n{notes}*-\n", "utf-8")
    return folder


def test_the_collection_is_the_published_one(kinder):
    dataset = kinder.to_json()["dataset"]
    assert dataset == {"melodies": 213, "notes": 8393, "pitches": 27}


def test_every_published_row_is_reproduced(kinder):
    rows = {row["model"]: row for row in kinder.to_json()["rows"]}
    assert TABLES["kinder"].bits.keys() <= rows.keys()
    for model, published in TABLES["kinder"].bits.items():
        assert rows[model]["published"] == published
        # With the largest bias, which nobody uses, the difference is largest.
        within = 0.025 if model.endswith("bias 16") else 0.02
        assert rows[model]["by_melody"] == pytest.approx(published, abs=within)
        assert rows[model]["bits"] < published + 0.01


def test_rows_hold_the_bits_of_their_folds(kinder):
    for row in kinder.to_json()["rows"]:
        assert len(row["folds"]) == 10
        assert row["bits"] == pytest.approx(np.mean(row["folds"]))
        assert row["by_melody"] == pytest.approx(np.mean(row["folds_by_melody"]))


def test_each_melody_is_predicted_once_and_never_learned_in_that_fold(
    humdrum, tmp_path, monkeypatch
):
    seen = []

    def spy(fold, others):
        seen.append((set(fold.train), set(fold.test)))
        return [np.full((len(each.pitches), fold.pitches), 1 / fold.pitches) for each in fold.test]

    monkeypatch.setattr(workflow, "ROWS", (BenchmarkRow("uniform", "", "nothing", spy),))
    result = benchmark("kinder", songs=humdrum, folds=3, output=tmp_path / "out")
    everything = set(result.data.melodies)
    assert sum(len(test) for _, test in seen) == len(everything)
    assert set().union(*(test for _, test in seen)) == everything
    for learned, test in seen:
        assert not learned & test
        assert learned | test == everything
    assert result.rows[0].bits == pytest.approx(np.log2(len(result.data.alphabet)))


def test_a_row_is_given_the_predictions_of_those_above_it(humdrum, tmp_path, monkeypatch):
    alone = BenchmarkRow("together", "", "pitch", mixed(["LTM+"], Mixture()))
    monkeypatch.setattr(workflow, "ROWS", (*NGRAMS, alone))
    result = benchmark("kinder", songs=humdrum, folds=2, output=tmp_path / "out")
    rows = {row.row.model: row for row in result.rows}
    assert rows["together"].folds == pytest.approx(rows["LTM+"].folds)


def test_same_seed_same_bytes_and_another_seed_other_folds(humdrum, tmp_path):
    results = [
        benchmark("kinder", songs=humdrum, folds=2, seed=seed, output=tmp_path / name).file
        for name, seed in (("a", 0), ("b", 0), ("c", 1))
    ]
    a, b, c = (file.read_bytes() for file in results)
    assert a == b
    assert json.loads(a)["tests"] != json.loads(c)["tests"]


def test_folds_do_not_depend_on_the_names_and_the_order_of_files(humdrum, tmp_path):
    renamed = tmp_path / "renamed"
    renamed.mkdir()
    for number, file in enumerate(sorted(humdrum.iterdir(), reverse=True)):
        shutil.copy(file, renamed / f"{number}.krn")
    one, other = (
        benchmark("kinder", songs=songs, folds=2, output=tmp_path / name)
        for songs, name in ((humdrum, "a"), (renamed, "b"))
    )
    assert [row.folds for row in one.rows] == [row.folds for row in other.rows]


def test_other_songs_have_no_published_figures(humdrum, tmp_path):
    document = benchmark("kinder", songs=humdrum, folds=2, output=tmp_path / "out").to_json()
    assert document["dataset"]["melodies"] == 5
    assert [row["published"] for row in document["rows"]] == [None] * len(NGRAMS)


def test_tied_notes_are_one_and_rests_none(tmp_path):
    file = tmp_path / "tunes.abc"
    file.write_text(TUNES, "utf-8")
    with pytest.warns(MelodyWarning, match="^left out 1 of 3 tunes: "):
        data = melodies_of(gather(file))
    pitches = {melody.name: data.alphabet.decode(melody.pitches) for melody in data.melodies}
    assert pitches == {"tunes-1": ["60", "62"], "tunes-2": ["67", "69", "71", "72"]}
    assert (data.notes, data.alphabet.symbols) == (6, ("60", "62", "67", "69", "71", "72"))


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"name": "pearce"}, ConfigError, "benchmark 'pearce' measures the data sets of a folder; data FOLDER names it"),
        ({"name": None, "songs": None}, ConfigError, "no benchmark is named; choose from kinder, chorales, pearce, or songs PATH measures on songs of your own"),
        ({"name": "kindr"}, ConfigError, "unknown benchmark 'kindr'; did you mean 'kinder'?; choose from kinder"),
        ({"folds": 1}, ConfigError, "folds 1 is out of range; it must be a whole number at least 2"),
        ({"folds": 6}, ConfigError, "folds 6 needs as many melodies, and there are 5; use folds 5 or less"),
        ({"seed": -1}, ConfigError, "seed -1 is out of range; it must be a whole number at least 0"),
        ({"songs": "nowhere"}, MelodyError, "nowhere: no such file"),
    ],
)  # fmt: skip
def test_messages(humdrum, tmp_path, settings, error, message):
    given = {"name": "kinder", "songs": humdrum, "output": tmp_path / "out"} | settings
    with pytest.raises(error) as caught:
        benchmark(**given)
    assert str(caught.value).startswith(message)
    assert not (tmp_path / "out").exists()


def test_progress_and_what_was_left_out_are_reported(humdrum, tmp_path):
    (humdrum / "broken.abc").write_text("no tune", "utf-8")
    steps = []
    with pytest.warns(
        MelodyWarning,
        match=r"^left out 1 of 6 tunes: not ABC, in broken.abc; report=True lists them",
    ):
        benchmark(
            "kinder",
            songs=humdrum,
            folds=2,
            output=tmp_path / "out",
            progress=lambda *step: steps.append(step),
        )
    read = [step for step in steps if step[2] == "files read"]
    assert read[-1] == (6, 6, "files read")
    assert steps[len(read) :] == [(done, 2, "steps, folds") for done in range(3)]
    done = call(
        "benchmark",
        "kinder",
        "--songs",
        humdrum,
        "--folds",
        2,
        "--report",
        "--output",
        tmp_path / "listed",
    )
    assert f"note: {humdrum}/broken.abc: not ABC: no 'K:' line;" in done.stderr


def test_a_collection_of_one(tmp_path):
    file = tmp_path / "one.abc"
    file.write_text(TUNES.split("\n\n")[0], "utf-8")
    with pytest.raises(ConfigError) as caught:
        benchmark("kinder", songs=file, output=tmp_path / "out")
    assert str(caught.value) == "folds 10 needs as many melodies, and there is 1; give more songs"


def test_nothing_is_overwritten_unasked(humdrum, tmp_path):
    settings = {"songs": humdrum, "folds": 2, "output": tmp_path / "out"}
    benchmark("kinder", **settings)
    with pytest.raises(
        RunError, match="already exists; overwrite=True replaces it, or choose another output"
    ):
        benchmark("kinder", **settings)
    benchmark("kinder", overwrite=True, **settings)
    with pytest.raises(RunError, match="stands there and is no benchmark"):
        benchmark("kinder", **settings | {"output": humdrum})


def counting(calls, stop_at=None):
    """A row that notes each fold it predicts; at one of them it is cut off."""

    def predict(fold, others):
        if len(calls) == stop_at:
            raise KeyboardInterrupt
        calls.append(fold)
        return [np.full((len(each.pitches), fold.pitches), 1 / fold.pitches) for each in fold.test]

    return (*NGRAMS, BenchmarkRow("uniform", "", "nothing", predict))


@pytest.mark.parametrize("named", [True, False])
def test_one_that_was_cut_off_goes_on(humdrum, tmp_path, monkeypatch, named):
    monkeypatch.chdir(tmp_path)
    settings = {"songs": humdrum, "folds": 4}
    whole = benchmark("kinder", output=tmp_path / "whole", **settings)
    monkeypatch.setattr(workflow, "ROWS", counting([]))
    rows_alone = benchmark("kinder", output=tmp_path / "rows", **settings)
    output = {"output": tmp_path / "out"} if named else {}
    calls = []
    monkeypatch.setattr(workflow, "ROWS", counting(calls, stop_at=3))
    with pytest.raises(KeyboardInterrupt):
        benchmark("kinder", **settings, **output)
    monkeypatch.setattr(workflow, "ROWS", counting(calls))
    steps = []
    result = benchmark("kinder", **settings, **output, progress=lambda *step: steps.append(step))
    assert len(calls) == 4
    assert steps[-2:] == [(3, 4, "steps, folds"), (4, 4, "steps, folds")]
    assert result.output == (tmp_path / "out" if named else Path("runs/songs-benchmark"))
    assert result.file.read_bytes() == rows_alone.file.read_bytes()
    assert result.to_json()["rows"][: len(NGRAMS)] == whole.to_json()["rows"]


@pytest.mark.parametrize("damage", ["other seed", "other songs", "other rows", "broken", "empty"])
def test_what_was_kept_of_others_is_not_taken(humdrum, tmp_path, monkeypatch, damage):
    calls = []
    settings = {"songs": humdrum, "folds": 2, "output": tmp_path / "out"}
    monkeypatch.setattr(workflow, "ROWS", counting(calls))
    benchmark("kinder", **settings)
    kept = sorted((tmp_path / "out" / "folds").iterdir())
    assert len(kept) == 2
    calls.clear()
    benchmark("kinder", **settings, overwrite=True)
    assert not calls
    if damage == "other seed":
        settings["seed"] = 1
    elif damage == "other songs":
        (humdrum / "0.krn").write_text("**kern\n*M4/4\n4c\n4d\n4e\n*-\n", "utf-8")
    elif damage == "other rows":
        monkeypatch.setattr(workflow, "ROWS", counting(calls)[1:])
    else:
        for file in kept:
            file.write_bytes(file.read_bytes()[:100] if damage == "broken" else b"")
    benchmark("kinder", **settings, overwrite=True)
    assert len(calls) == 2


def test_a_table_for_people(kinder, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    done = call("benchmark", "kinder", "--fast", "--output", tmp_path / "out")
    assert done.exit_code == 0, done.output
    printed = [line for line in done.output.splitlines() if str(tmp_path) not in line]
    assert max(map(len, printed)) <= 80
    assert any(line.startswith("LTM+ with STM ") and line.endswith("2.106") for line in printed)
    assert "3 of 10 folds" in done.output
    fast = json.loads((tmp_path / "out" / "benchmark.json").read_text("utf-8"))
    whole = json.loads(kinder.file.read_text("utf-8"))
    assert fast["rows"][0]["folds"] == whole["rows"][0]["folds"][:3]


def test_one_json_document(humdrum, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = call("benchmark", "kinder", "--songs", humdrum, "--folds", 2, "--json")
    document = json.loads(done.stdout)
    assert document.keys() >= {"dataset", "rows"}
    for row in document["rows"]:
        assert row.keys() >= {"model", "inputs", "bits", "folds", "published"}
    written = tmp_path / "runs" / "songs-benchmark" / "benchmark.json"
    assert json.loads(written.read_text("utf-8")) == document
    again = call("benchmark", "kinder", "--songs", humdrum, "--folds", 2, "--quiet")
    assert again.stdout == "runs/songs-benchmark-2/benchmark.json\n"


def test_songs_need_no_name_of_a_benchmark(humdrum, tmp_path):
    output = tmp_path / "out"
    done = call("benchmark", "--songs", humdrum, "--folds", 2, "--json", "--output", output)
    named = call(
        "benchmark", "kinder", "--songs", humdrum, "--folds", 2, "--json", "-o", tmp_path / "named"
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["rows"] == json.loads(named.stdout)["rows"]


def test_ltm_and_stm_are_combined_by_the_arithmetic_weighted_mean():
    a, b = np.array([0.5, 0.25, 0.25]), np.array([0.9, 0.05, 0.05])
    entropies = [-sum(p * np.log2(p) for p in each) for each in (a, b)]
    ratios = [entropy / np.log2(3) for entropy in entropies]
    w = [ratio**-2 for ratio in ratios]
    by_hand = (w[0] * a + w[1] * b) / (w[0] + w[1])
    above = {"LTM+": [a[None]], "STM": [b[None]]}
    (found,) = combination(2).predict(None, above)
    assert found[0] == pytest.approx(by_hand)
    (even,) = combination(0).predict(None, above)
    assert even[0] == pytest.approx((a + b) / 2)
