# ruff: noqa: E501 - a table of messages keeps one row a line
import json

import numpy as np
import pytest
from click.testing import CliRunner

from melodyrnn.cli import main
from melodyrnn.errors import MelodyError
from melodyrnn.experiments.benchmark import data_sets as workflow
from melodyrnn.experiments.benchmark.data_sets import DataSet, benchmark_sets, data_sets
from melodyrnn.experiments.benchmark.folds import predict_folds
from melodyrnn.experiments.benchmark.protocol import CrossValidation
from melodyrnn.experiments.benchmark.published import CORPORA, DATA_SETS
from melodyrnn.experiments.benchmark.rows import BIASES, COMBINED, NGRAMS
from melodyrnn.experiments.benchmark.viewpoint_rows import VIEWPOINTS


def write(folder, count, seed):
    folder.mkdir(parents=True)
    random = np.random.default_rng(seed)
    for number in range(count):
        notes = "".join(f"4{letter}\n" for letter in random.choice(list("cdefg"), 12))
        (folder / f"{number}.krn").write_text(f"**kern\n*M4/4\n{notes}*-\n", "utf-8")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two sets, one of them without a number; none comes along, for kinder takes long."""
    write(tmp_path / "data" / "3-alsatian", 6, 0)
    write(tmp_path / "data" / "my own", 5, 1)
    (tmp_path / "data" / "README.md").write_text("two sets", "utf-8")
    monkeypatch.setattr(workflow, "CORPORA", {})
    monkeypatch.setattr(workflow, "PITCH_ALONE", (*NGRAMS, *VIEWPOINTS))
    return tmp_path / "data"


def call(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_each_set_has_its_rows_and_the_published_figures(folder, tmp_path):
    done = call(
        "benchmark", "pearce", "--data", folder, "--folds", 3, "--seeds", 2,
        "--output", tmp_path / "out", "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert json.loads((tmp_path / "out" / "benchmark.json").read_text("utf-8")) == document
    alsatian, own = document["sets"]
    assert (alsatian["set"], alsatian["name"]) == (3, "3-alsatian")
    assert (own["set"], own["name"]) == (None, "my own")
    assert alsatian["dataset"]["melodies"] == 6
    rows = {row["model"]: row for row in alsatian["rows"]}
    assert {name: row["published"] for name, row in rows.items() if row["published"]} == dict(
        DATA_SETS[3].bits
    )
    assert {row["published"] for row in own["rows"]} == {None}
    for row in rows.values():
        assert row["bits_by_melody"] == pytest.approx(np.mean(row["folds_by_melody"]))
        assert len(row["folds"]) == 2 * 3
        against = row[f"against {COMBINED}"]
        assert against["low"] <= against["value"] <= against["high"]
    assert rows[COMBINED][f"against {COMBINED}"] == {"value": 0.0, "low": 0.0, "high": 0.0}
    means = {row["model"]: row for row in document["means"]}
    own_rows = {row["model"]: row for row in own["rows"]}
    for model, mean in means.items():
        both = [rows[model]["bits_by_melody"], own_rows[model]["bits_by_melody"]]
        assert mean == {
            "model": model,
            "bits_by_melody": pytest.approx(np.mean(both)),
            "published": None,
        }


def test_a_table_for_people(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    done = call(
        "benchmark", "pearce", "--data", folder, "--fast", "--folds", 4, "-o", tmp_path / "out"
    )
    assert done.exit_code == 0, done.output
    assert (
        "3-alsatian (Alsatian folk songs): 6 melodies, 72 notes, 5 pitches, 3 of 4 folds"
        in done.output
    )
    assert "Mean over 2 data sets" in done.output
    assert "bias 16" not in done.output
    printed = [line for line in done.output.splitlines() if str(tmp_path) not in line]
    assert max(map(len, printed)) <= 80


def test_a_difference_is_paired_over_melodies(folder, tmp_path):
    result = benchmark_sets(folder, protocol=CrossValidation(folds=3), output=tmp_path / "out")
    rows = {row.row.model: row for row in result.sets[0].rows}
    apart = rows["STM"].difference_from(rows["LTM+"])
    assert apart.value == pytest.approx((rows["STM"].melodies - rows["LTM+"].melodies).mean())
    assert np.isfinite(rows["STM"].melodies).all()


def test_same_seed_same_bytes(folder, tmp_path):
    files = [
        benchmark_sets(
            folder, protocol=CrossValidation(folds=2, seed=3), output=tmp_path / name
        ).file
        for name in "ab"
    ]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_what_comes_along_is_measured_unless_the_folder_has_it(folder, monkeypatch):
    monkeypatch.setattr(workflow, "CORPORA", CORPORA)
    assert [each.number for each in data_sets(folder)] == [3, 7, None]
    write(folder / "7_german", 5, 2)
    assert data_sets(folder)[1] == DataSet("7_german", 7, folder / "7_german")


@pytest.mark.parametrize("name", ["12-other", "0-zero", "9-fink", "songs 1"])
def test_other_numbers_are_none_of_the_table(folder, name):
    write(folder / name, 5, 2)
    assert [each.number for each in data_sets(folder)] == [3, None, None]


def test_messages(folder, tmp_path):
    layout = (
        "it holds one folder of songs for each data set, such as 1-canadian/ (docs/benchmark.md)"
    )
    empty = tmp_path / "empty"
    empty.mkdir()
    one = tmp_path / "one"
    write(one / "3-alsatian", 1, 0)
    twice = tmp_path / "twice"
    write(twice / "3-a", 5, 0)
    write(twice / "3-b", 5, 0)
    for data, message in [
        (tmp_path / "nowhere", f"{tmp_path}/nowhere: no such folder; {layout}"),
        (empty, f"{empty}: no data sets; {layout}"),
        (one, "3-alsatian: 1 song cannot be cut into 10 folds; give it more songs, one file each"),
        (folder, "3-alsatian: 6 songs cannot be cut into 10 folds; use --folds 6 or less, or give it more songs, one file each"),
        (twice, f"{twice}: 3-a and 3-b are both data set 3; give one of them a name without that number"),
    ]:  # fmt: skip
        done = call("benchmark", "pearce", "--data", data, "--output", tmp_path / "out")
        assert (done.exit_code, done.stdout) == (1, ""), done.output
        assert message in done.stderr
        assert not (tmp_path / "out").exists()


def test_options_that_do_not_go_together(folder):
    for arguments, message in [
        (["kinder", "--data", folder], "--data and --seeds are options of 'benchmark pearce'"),
        (["kinder", "--seeds", 2], "--data and --seeds are options of 'benchmark pearce'"),
        (["pearce", "--data", folder, "--songs", folder], "give one"),
    ]:
        done = call("benchmark", *arguments)
        assert done.exit_code == 2
        assert message in done.stderr
    done = call("benchmark", "pearce")
    assert "--data FOLDER names it" in done.stderr


def test_too_few_folds_are_refused():
    with pytest.raises(MelodyError, match="seeds 0 is out of range"):
        CrossValidation(seeds=0)


def test_viewpoints_predict_distributions_of_the_pitches(folder):
    data = workflow.melodies_of(workflow.gather(folder / "3-alsatian"))
    folds = CrossValidation(folds=3).deal(data)
    predicted = predict_folds((*NGRAMS, *VIEWPOINTS), folds[:1], lambda *step: None)
    assert predicted.keys() == {row.model for row in (*NGRAMS, *VIEWPOINTS)}
    for row in VIEWPOINTS:
        found = {}
        for above in (*NGRAMS, *VIEWPOINTS[: VIEWPOINTS.index(row)]):
            found[above.model] = above.predict(folds[0], found)
        for melody, p in zip(folds[0].test, row.predict(folds[0], found), strict=True):
            assert p.shape == (len(melody.pitches), folds[0].pitches)
            assert p.sum(-1) == pytest.approx(np.ones(len(p)))
            assert (p > 0).all()


def test_biases_of_the_published_table():
    assert DATA_SETS.keys() == set(range(1, 9))
    assert [DATA_SETS[number].bits[COMBINED] for number in DATA_SETS] == [
        2.468, 2.347, 2.540, 2.588, 2.454, 2.651, 2.106, 2.681,
    ]  # fmt: skip
    averages = {"STM": 3.147, "LTM PPM* C interpolated": 2.878, "LTM+": 2.614, COMBINED: 2.479}
    averages |= {f"{COMBINED}, bias 1": 2.486, f"{COMBINED}, bias 16": 2.595}
    averages |= {"LTM order 2 C interpolated": 2.957}
    for model, average in averages.items():
        mean = np.mean([table.bits[model] for table in DATA_SETS.values()])
        assert mean == pytest.approx(average, abs=0.0006)
    assert BIASES == (0, 1, 2, 3, 4, 16)


def test_more_seeds_go_on_from_those_measured(folder, tmp_path):
    output = tmp_path / "out"
    one = benchmark_sets(folder, protocol=CrossValidation(folds=3), output=output)
    assert len(list((output / "folds").iterdir())) == 2 * 3
    times = {file: file.stat().st_mtime_ns for file in (output / "folds").iterdir()}
    protocol = CrossValidation(folds=3, seeds=2)
    two = benchmark_sets(folder, protocol=protocol, output=output, overwrite=True)
    kept = {file: file.stat().st_mtime_ns for file in (output / "folds").iterdir()}
    assert len(kept) == 2 * 2 * 3
    assert times.items() <= kept.items()
    for before, after in zip(one.sets, two.sets, strict=True):
        assert [row.folds for row in before.rows] == [row.folds[:3] for row in after.rows]
