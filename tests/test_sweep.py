"""Grids: read, run, resumed, summed up."""

import json
from math import nan
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn import sweep
from melodyrnn.cli import main
from melodyrnn.data.gather import gather
from melodyrnn.data.split import Split, split
from melodyrnn.errors import ConfigError, MelodyError, RunError
from melodyrnn.evaluation.note_bits import note_bits
from melodyrnn.experiments import carry_out
from melodyrnn.experiments.sweep import images_grid
from melodyrnn.experiments.sweep.grid import combinations, read_grid, settings_of, shown
from melodyrnn.experiments.sweep.lesson_sweep import LessonSweep
from melodyrnn.experiments.sweep.outcome import ACCURACY, BITS, Outcome
from melodyrnn.experiments.sweep.song_sweep import SongSweep
from melodyrnn.experiments.sweep.summary import Summary
from melodyrnn.experiments.sweep.sweep import lesson_of
from melodyrnn.experiments.sweep.sweepable import Execution
from melodyrnn.models.config import FitConfig, ModelConfig, SequenceConfig, TrainConfig
from melodyrnn.music.notation.text import parse
from melodyrnn.music.song import Song
from melodyrnn.runs.run import Run
from melodyrnn.system.progress import silent
from melodyrnn.tasks.songs import SongTask

LESSON = settings_of(SequenceConfig, FitConfig)
SONG = settings_of(ModelConfig, TrainConfig)
HERE = Execution(Path("runs"), 1, silent)

pytestmark = pytest.mark.usefixtures("no_workers")  # test_cluster.py sweeps by two


def test_values_take_the_type_of_their_setting():
    words = ["learning-rate=0.1,1e-3,1", "units = 32, 64", "clip=none,1", "cell=rnn,gru"]
    assert read_grid([*words, "early_stop=yes,no"], LESSON) == {
        "learning_rate": [0.1, 0.001, 1.0],
        "units": [32, 64],
        "clip": [None, 1.0],
        "cell": ["rnn", "gru"],
        "early_stop": [True, False],
    }


@given(
    st.lists(st.integers(1, 8192), min_size=1, max_size=5, unique=True),
    st.lists(st.floats(1e-6, 10, exclude_min=True), min_size=1, max_size=3, unique=True),
)
def test_a_grid_is_every_combination_once(units, rates):
    words = [f"units={','.join(map(str, units))}", f"learning_rate={','.join(map(repr, rates))}"]
    grid = read_grid(words, LESSON)
    assert grid == read_grid({"units": units, "learning_rate": rates}, LESSON)
    found = [tuple(each.values()) for each in combinations(grid)]
    assert found == [(a, b) for a in units for b in rates]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "a sweep needs a grid, such as grid learning_rate=0.1,0.01,0.001"),
        (["units"], "grid 'units' is not like learning_rate=0.1,0.01,0.001"),
        (["=3"], "grid '=3' is not like"),
        (["units="], "grid units: has no value; give some"),
        (["units=4,,5"], "grid 'units=4,,5' has an empty value between its commas"),
        (["unit=4"], "grid unit: there is no such setting; did you mean 'units'?; there are"),
        (["units=4", "units=5"], "grid units: given twice; name all its values at once"),
        (["units=4,4"], "grid units: 4 is given twice"),
        (["learning_rate=0.1,1e-1"], "grid learning_rate: 0.1 is given twice"),
        (["units=many"], "grid units: 'many' is out of range; it must be a whole number at le"),
        (["units=2.5"], "grid units: 2.5 is out of range; it must be a whole number"),
        (["units=0"], "grid units: 0 is out of range"),
        (["learning_rate=nan"], "grid learning_rate: nan is out of range; it must be a number"),
        (["learning_rate=11"], "must be a number greater than 0 and at most 10"),
        (["cell=lstn"], "grid cell: 'lstn' is unknown; did you mean 'lstm'?; choose from"),
        (["early_stop=maybe"], "grid early_stop: 'maybe' is neither True nor False"),
        ([f"units={','.join(map(str, range(1, 8000)))}", "layers=1,2"], "a grid of 15,998 comb"),
    ],
)
def test_a_wrong_grid_is_refused(words, message):
    with pytest.raises(ConfigError) as caught:
        read_grid(words, LESSON)
    assert message in str(caught.value)


def test_the_course_has_54_settings_of_each_cell_and_54_trainings():
    swept = LessonSweep("images")
    every = combinations(read_grid(swept.default_grid, swept.fields))
    assert len(every) == 3 * 54
    plans = swept.plans(every, {"seed": 0}, HERE)
    assert len(plans) == 54
    assert {plan.epochs for plan in plans} == {(30, 50, 100)}
    assert len({plan.path for plan in plans}) == 54


def outcome(score=0.5, diverged=False, **settings):
    return Outcome(settings, score, diverged, 1.0, "run")


GRID = {"cell": ["rnn", "gru"], "units": [8, 16], "epochs": [5]}
OUTCOMES = [
    outcome(0.1, True, cell="rnn", units=8, epochs=5),
    outcome(nan, True, cell="rnn", units=16, epochs=5),
    outcome(0.7, cell="gru", units=8, epochs=5),
    outcome(0.9, cell="gru", units=16, epochs=5),
]


def test_the_best_has_not_diverged():
    assert ACCURACY.best(OUTCOMES).score == 0.9
    assert BITS.best(OUTCOMES).score == 0.7
    assert ACCURACY.best(OUTCOMES[:2]) is None


def test_a_table_has_the_last_setting_side_by_side():
    headings, rows = Summary("images", GRID, ACCURACY, OUTCOMES).table()
    assert headings == ["cell", "units 8", "units 16"]
    assert rows == [["rnn", "10.0%*", "–*"], ["gru", "70.0%", "90.0%"]]


def test_heat_maps_pair_the_settings_that_vary():
    (only,) = Summary("images", GRID, ACCURACY, OUTCOMES).heat_maps()
    assert (only.name, only.rows, only.columns) == ("cell-units", ["rnn", "gru"], ["8", "16"])
    assert str(only.values) == "[[nan, nan], [0.7, 0.9]]"
    three = GRID | {"epochs": [5, 6]}
    more = [
        outcome(each.score / part, each.diverged, **each.settings | {"epochs": epochs})
        for each in OUTCOMES
        for epochs, part in ((5, 1), (6, 2))
    ]
    maps = {each.name: each for each in Summary("images", three, ACCURACY, more).heat_maps()}
    assert list(maps) == ["grid", "cell-units", "cell-epochs", "units-epochs"]
    assert maps["cell-epochs"].title == "images: accuracy, best over units"
    assert str(maps["cell-epochs"].values) == "[[nan, nan], [0.9, 0.45]]"
    assert maps["grid"].columns == ["8 5", "8 6", "16 5", "16 6"]


def test_what_diverged_is_described_by_what_it_shares():
    def said(outcomes):
        return list(Summary("images", GRID, ACCURACY, outcomes).sentences())

    assert said(OUTCOMES) == [
        "best: accuracy 90.0% with cell gru, units 16",
        "2 of 4 diverged, all with cell rnn",
    ]
    assert said(OUTCOMES[2:])[1] == "none of 2 diverged"
    one = [*OUTCOMES[2:], outcome(nan, True, cell="gru", units=8, epochs=5)]
    assert said(one)[1] == "1 of 3 diverged: cell gru, units 8"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_sweep_of_a_lesson_is_resumed(here, monkeypatch):
    grid = ["epochs=1,2", "units=2,3"]
    found = sweep("images", grid=grid, jobs=1)
    assert [tuple(each.settings.values()) for each in found.outcomes] == [
        (1, 2),
        (1, 3),
        (2, 2),
        (2, 3),
    ]
    files = sorted(here.rglob("outcomes.json"))
    assert [path.parent.name for path in files] == ["units=2", "units=3"]  # epochs share a run
    assert {path.name for path in found.files} == {
        "epochs-units.svg",
        "epochs-units.png",
        "sweep.json",
    }
    assert json.loads((found.output / "sweep.json").read_text())["target"] == "images"
    files[1].unlink()  # as if it had been killed there
    ran = []
    share_out = carry_out.share_out

    def counting(work, tasks, *rest, **hearing):
        ran.extend(plan.path.name for plan in tasks.values())
        share_out(work, tasks, *rest, **hearing)

    monkeypatch.setattr(carry_out, "share_out", counting)
    again = sweep("images", grid=grid, jobs=1)
    assert ran == ["units=3"]
    assert [each.score for each in again.outcomes] == [each.score for each in found.outcomes]
    with pytest.raises(RunError, match="holds another sweep; overwrite=True replaces it"):
        sweep("images", grid=["epochs=1"], output=found.output)
    files[0].write_text(files[1].read_text())
    with pytest.raises(RunError, match="holds another run; overwrite=True replaces the sweep"):
        sweep("images", grid=grid, jobs=1)


def test_a_sweep_of_a_song_leaves_runs(here):
    runner = CliRunner()
    words = ["sweep", "song.txt", "--grid", "model=mlp,ngram", "--grid", "epochs=1,2", "--jobs=1"]
    (here / "song.txt").write_text("c8 d8 e8 f8 g8 a8 c8 d8 e4")
    done = runner.invoke(main, [*words, "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["score"] == "bits per note"
    assert [each["settings"] for each in found["outcomes"]] == [
        {"model": model, "epochs": epochs} for model in ("mlp", "ngram") for epochs in (1, 2)
    ]
    assert (here / found["outcomes"][0]["run"] / "run.json").is_file()
    table = runner.invoke(main, words)  # nothing is run again
    assert "song: bits per note on the training set, 4 settings" in table.stdout
    assert (found["chosen_on"], found["held_out"]) == ("training", None)
    assert all(len(line) <= 80 for line in table.stdout.splitlines())
    with pytest.raises(MelodyError, match="song has 9 notes and a window of 99"):
        sweep("song.txt", grid={"window": [4, 99]})


def test_songs_are_read_as_train_reads_them(here):
    (here / "tunes").mkdir()
    tunes = ("c8 d8 e8 f8 g8", "c8 g8 c8 g8 c8", "e8 d8 c8 d8 e4", "g8 g8 a8 b4 a8 g8")
    for place, tune in enumerate(tunes):
        (here / "tunes" / f"{place}.txt").write_text(tune)
    (here / "tunes" / "broken.txt").write_text("c8 h8")
    words = ["sweep", "tunes", "--grid", "order=1,2", "--grid", "model=ppm", "--jobs=1", "--json"]
    done = CliRunner().invoke(main, [*words, "--report"])
    assert done.exit_code == 0, done.output
    assert "broken.txt" in done.stderr
    found = json.loads(done.stdout)
    assert (found["target"], found["chosen_on"], found["held_out"]["songs"]) == (
        "tunes",
        "validation",
        1,
    )
    lesson = CliRunner().invoke(main, ["sweep", "images", "--track", "1"])
    assert "--track and --report are for songs; images is a lesson" in lesson.output


def test_songs_know_cells_by_name():
    swept = SongSweep(gather(parse("c4 d4 e4 f4 g4 a4 b4 c'4")))
    every = combinations(read_grid(["cell=lstm,gru", "epochs=1"], swept.fields))
    swept.check(every)
    planned = swept.plans(every, {"seed": 0}, HERE)
    assert [(plan.model, plan.settings["model"]) for plan in planned] == [
        ("lstm",) * 2,
        ("gru",) * 2,
    ]
    with pytest.raises(ConfigError, match="grid cell names models, as grid model does"):
        swept.check([{"cell": "gru", "model": "lstm"}])
    with pytest.raises(ConfigError, match="order has no effect with model lstm, gru; leave it out"):
        swept.check([{**each, "order": 2} for each in every])


def test_a_corpus_is_no_lesson():
    assert lesson_of("kinder") is None
    assert lesson_of("images") == "images"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (
            "image",
            "image: neither a lesson nor songs; did you mean 'images'?; 'melodyrnn lesson'",
        ),
        ("nabiya.txt", "nabiya.txt: no such file"),
    ],
)
@pytest.mark.usefixtures("here")
def test_what_is_neither_a_lesson_nor_a_song_is_refused(target, message):
    with pytest.raises(MelodyError) as caught:
        sweep(target, grid=["units=4"])
    assert message in str(caught.value)


def test_other_limits_are_checked_before_anything_is_made(here):
    for options, message in (
        ({"jobs": 0}, "jobs 0 is out of range"),
        ({"seed": -1}, "seed -1 is out of range"),
        ({"grid": ["bidirectional=yes"]}, "grid bidirectional: there is no such setting"),
    ):
        with pytest.raises(ConfigError, match=message):
            sweep("images", **{"grid": ["units=4"], **options})
    assert not list(here.iterdir())


TUNES = ["c8 d8 e8 f8 g8", "c8 g8 c8 g8 c8", "e8 d8 c8 d8 e4", "c8 c8 d8 d8 e8 f8"]


def test_a_grid_over_seeds_has_the_same_songs_held_out():
    swept = SongSweep(gather(map(parse, TUNES)))
    assert SongSweep(gather(parse(TUNES[0]))).parts.held_out == ()
    plans = swept.plans([{"seed": 3}, {"seed": 4}], {}, HERE)
    assert [plan.settings for plan in plans] == [{"seed": seed, "held_out": 0.1} for seed in (3, 4)]
    assert [len(part) for part in swept.parts] == [2, 1, 1]
    assert "held_out" not in swept.fields
    assert {"transpose", "window", "units"} <= swept.fields.keys()
    assert shown(None) == "none"


def test_several_songs_are_chosen_on_the_validation_set_and_measured_apart_once(here):
    """By an n-gram model too, which learns the validation songs where nothing is chosen."""
    songs = [
        Song(parse(text).notes, title=f"tune {place}")
        for place, text in enumerate([*TUNES, "g8 a8 b8 a8 g4", "f8 f8 f4 f8 f4", "e8 g8 e8 g2 c8"])
    ]
    grid = {"model": ["ngram", "ppm"], "window": [1, 2]}
    found = sweep(songs, grid=grid, held_out=0.3, jobs=1, output=here / "out")
    assert found.chosen_on == "validation"
    parts = split(gather(songs), 0.3)
    assert found.held_out.songs == len(parts.held_out) == 2
    assert found.sentences[0].startswith("best: bits per note ")
    assert " on the validation set with model " in found.sentences[0]
    assert found.sentences[-1].startswith("on 2 songs held out, which chose nothing, the best has ")
    for outcome in found.outcomes:
        settings = outcome.settings | {"seed": 0}
        known = SongTask().record(Split(parts.train, (), parts.validation), settings)
        data = SongTask().encode(known, Split(parts.train, (), parts.validation))
        model = known.model.spec.make(
            data.train.sequences, known.model.window, len(known.vocabulary), known.model
        )
        bits = note_bits(model, data.held_out, data.train.tokenizer.opened(known.unknown_rate))
        assert outcome.score == pytest.approx(bits.mean(2))
        run = Run.open(outcome.run)
        assert len(run.parts.train) == len(parts.train) + len(parts.validation)
    document = found.to_json()
    assert document["held_out"].keys() == {"songs", "notes", "bits_per_note", "low", "high"}
    with pytest.raises(ConfigError, match="3 songs leave none to choose settings by"):
        sweep(songs[:3], grid={"model": ["ngram"]}, output=here / "three")
    with pytest.raises(ConfigError, match="held_out is for songs; images is a lesson"):
        sweep("images", grid={"epochs": [1]}, held_out=0.2)


@pytest.mark.parametrize(
    "swept", [LessonSweep("images"), SongSweep(gather(parse("c8 d8 e8 f8 g8")))]
)
def test_a_lesson_and_songs_are_swept_the_same_way(swept):
    assert swept.name
    assert {"units", "epochs", "learning_rate"} <= swept.fields.keys()
    assert json.loads(json.dumps(swept.identity)) == swept.identity
    swept.check([{"epochs": 1}])
    (plan,) = swept.plans([{"epochs": 1}], {"seed": 5}, HERE)
    assert plan.path.parent == Path("runs/runs")


def test_remedies_are_summed_up_by_what_helps_with_every_seed():
    tried = images_grid.remedy_combinations(seed=7)
    assert len(tried) == 8 * images_grid.SEEDS
    assert [each["seed"] for each in tried[:3]] == [7, 8, 9]
    found = [Outcome(each, 0.9, each["learning_rate"] == 0.1, 1.0, "run") for each in tried]
    summed_up = images_grid.remedies(found)
    assert [each.diverged for each in summed_up] == [3, 3, 3, 3, 0, 0, 3, 3]
    helps, fails = images_grid.remedy_sentences(summed_up)
    assert helps.endswith(
        "no longer diverges with rate 0.01 (90% or more), rate 0.001 (90% or more)"
    )
    assert "no remedy, gradient clipping, orthogonal weights, both, LSTM, GRU" in fails
