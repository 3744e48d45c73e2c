"""Comparisons: the split, the statistics, the sentence, and one true comparison."""

import json
import math
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from processes import running, wait_until

from melodyrnn import parse
from melodyrnn.cli import main
from melodyrnn.data.gather import Named, gather
from melodyrnn.data.split import split
from melodyrnn.errors import ConfigError, MelodyError, RunError
from melodyrnn.evaluation.paired_differences import compare_held_out
from melodyrnn.experiments.comparison import verdict
from melodyrnn.experiments.comparison.compare import OF_ONE_SONG, OF_SEVERAL, compare, with_cell
from melodyrnn.music.song import Key, Note, Song
from melodyrnn.render.pages.comparison_data import (
    Ceiling,
    HeldOut,
    HeldOutRow,
    MemoryRow,
    Pair,
    Spread,
)
from melodyrnn.runs.run import Run
from melodyrnn.tasks.baselines import STRONGEST
from melodyrnn.workflows.train import train


def named(name, text):
    return Named(name, parse(text))


def tunes(count):
    drawn = np.random.default_rng(0).choice(list("cdefgab"), (count, 20))
    return [named(f"song{number}", " ".join(notes)) for number, notes in enumerate(drawn)]


def test_a_split_keeps_every_song_once_and_is_always_the_same():
    songs = tunes(12)
    parts = split(songs, 0.25)
    assert [len(part) for part in parts] == [7, 2, 3]
    assert sorted(song.name for part in parts for song in part) == sorted(s.name for s in songs)
    assert split(songs, 0.25) == parts


def test_a_tune_stands_on_one_side_transposed_or_not():
    songs = tunes(8)
    songs[0] = named("song0", "c4 d8 e1 g8 e4 d8 c8 e8 f4")
    songs += [
        named("transposed", "d4 e8 f#1 a8 f#4 e8 d8 f#8 g4"),
        named("varied", "c4 d8 e1 g8 e4 d8 c8 e4 f4 c4"),
    ]
    for fraction in (0.1, 0.3, 0.5, 0.7):
        sides = [{song.name for song in part} for part in split(songs, fraction)]
        assert sum({"song0", "transposed", "varied"} <= side for side in sides) == 1


def test_no_two_of_our_songs_are_taken_for_one(request):
    songs = gather(request.config.rootpath / "songs")
    sides = split(songs, 0.5)
    assert len(songs) > 10
    assert abs(len(sides.held_out) - len(songs) / 2) <= 1


@given(st.randoms(use_true_random=False), st.integers(0, 3))
def test_the_order_of_songs_and_their_files_names_change_nothing_of_a_split(random, seed):
    songs = tunes(9)
    songs.append(songs[0])
    parts = split(songs, 0.3, seed)
    random.shuffle(songs)
    assert split(songs, 0.3, seed) == parts
    renamed = split([Named(f"other{song.name}", song.song) for song in songs], 0.3, seed)
    assert [[song.song for song in part] for part in renamed] == [
        [song.song for song in part] for part in parts
    ]


def test_seeds_split_differently():
    songs = tunes(12)
    assert (
        len({frozenset(s.name for s in split(songs, 0.25, seed).held_out) for seed in range(9)}) > 5
    )


def copies(count):
    return [named(f"copy{number}", "c4 d8 e1 g8 e4 d8 c8 e8 f4") for number in range(count)]


@given(st.integers(2, 30), st.integers(3, 40), st.sampled_from([0.1, 0.25, 0.5]), st.integers(0, 9))
def test_songs_are_dealt_out_and_no_family_is_most_of_a_side(many, single, fraction, seed):
    train, validation, held_out = split([*copies(many), *tunes(single)], fraction, seed)
    count = many + single
    assert len(train) + len(validation) + len(held_out) == count
    assert train
    assert held_out
    if single >= round(fraction * count):
        for side, of in ((held_out, count), (validation, count - len(held_out))):
            copied = sum(song.name.startswith("copy") for song in side)
            assert 2 * copied <= len(side) or not copied
            if len(train) > many + 1:
                assert len(side) == max(1, round(fraction * of))


def test_a_family_too_large_for_a_side_is_for_training():
    for seed in range(20):
        parts = split([*copies(20), *tunes(9)], 0.2, seed)
        assert sum(song.name.startswith("copy") for song in parts.train) == 20


def test_a_small_family_is_held_out_as_often_as_a_song():
    sides = [split([*copies(3), *tunes(17)], 0.3, seed).held_out for seed in range(60)]
    assert 8 <= sum("copy0" in {song.name for song in side} for side in sides) <= 28  # 18 expected


@settings(max_examples=15, deadline=None)  # each finds the families once a fold
@given(st.integers(1, 9), st.integers(20, 40), st.sampled_from([2, 3, 5, 10]), st.integers(0, 3))
def test_each_song_is_held_out_in_one_fold(many, single, folds, seed):
    songs = [*copies(many), *tunes(single)]
    held_out = []
    for fold in range(folds):
        parts = split(songs, 1 / folds, seed, fold)
        assert sorted(each.name for part in parts for each in part) == sorted(s.name for s in songs)
        held_out += [song.name for song in parts.held_out]
        for part in parts:
            assert sum(song.name.startswith("copy") for song in part) in (0, many)
    assert len(set(held_out)) == len(held_out)
    missing = {song.name for song in songs} - set(held_out)
    assert missing <= {song.name for song in copies(many)}
    assert not missing or many > len(songs) // folds // 2


def test_fold_0_is_the_split_where_no_fold_is_named():
    assert split(tunes(12), 0.25) == split(tunes(12), 0.25, fold=0)


@pytest.mark.parametrize(
    ("fraction", "fold", "message"),
    [
        (0.25, 4, "fold 4 is out of range; held_out 0.25 has 4 folds"),
        (0, 1, "fold 1: no song is held out; give held_out, too"),
        (0.01, 50, "too few different tunes for 100 folds; ask for fewer"),
    ],
)
def test_a_fold_that_is_not_there(fraction, fold, message):
    with pytest.raises(ConfigError) as caught:
        split(tunes(5), fraction, fold=fold)
    assert str(caught.value) == message


def test_two_tunes_are_one_and_one():
    parts = split([*copies(5), *tunes(1)], 0.25)
    assert [len(part) for part in parts] == [5, 0, 1]
    parts = split([*copies(5), *tunes(1) * 3], 0.25)
    assert [len(part) for part in parts] == [5, 0, 3]


def test_with_nothing_held_out_all_songs_train():
    songs = tunes(1) * 3
    assert split(songs, 0) == (tuple(songs), (), ())


def higher(note):
    return Note(note.pitch and Key().pitch(note.pitch.midi + 5), note.duration)


PLANTED = {
    "exact": lambda notes: notes,
    "transposed": lambda notes: map(higher, notes),
    "with a repeated section": lambda notes: [*notes[:16], *notes],
    "in half the values": lambda notes: [Note(n.pitch, n.duration / 2) for n in notes],
}


@pytest.mark.parametrize("how", PLANTED)
def test_a_planted_song_is_found(how):
    songs = tunes(40)
    for number in range(40):
        notes = tuple(PLANTED[how](songs[number].song.notes))
        songs.append(Named(f"plant{number}", Song(notes)))
    for part in split(songs, 0.3):
        names = {song.name for song in part}
        assert {f"plant{n}" for n in range(40) if f"song{n}" in names} == {
            name for name in names if name.startswith("plant")
        }


@pytest.mark.parametrize(
    ("songs", "fraction", "message"),
    [
        (tunes(5), -0.1, "held_out -0.1 is out of range; it is a part, such as 0.25"),
        (tunes(5), 1.5, "held_out 1.5 is out of range; it is a part, such as 0.25"),
        (tunes(1) * 3, 0.5, "songs held out need at least two different tunes; give more songs"),
    ],
)
def test_a_split_that_cannot_be(songs, fraction, message):
    with pytest.raises(ConfigError) as caught:
        split(songs, fraction)
    assert str(caught.value) == message


def test_bits_are_averaged_over_seeds_and_weighted_by_notes():
    held_out = compare_held_out({"a": [[1.0, 4.0], [3.0, 4.0]]}, [30, 10])
    assert held_out.rows[0].bits_per_note == pytest.approx((2 * 30 + 4 * 10) / 40)
    assert (held_out.songs, held_out.notes) == (2, 40)
    assert held_out.rows[0].low == 0  # two songs say next to nothing, and bits are never below 0
    assert held_out.rows[0].high > 10


def test_the_interval_is_the_one_of_the_textbook_for_many_equal_songs():
    values = np.random.default_rng(1).normal(3, 1, 400)
    row = compare_held_out({"a": [values.tolist()]}, [50] * 400).rows[0]
    half = 1.96 * values.std() / math.sqrt(400)
    assert row.low == pytest.approx(values.mean() - half, abs=0.015)
    assert row.high == pytest.approx(values.mean() + half, abs=0.015)


def test_pairing_sees_a_small_steady_difference_that_songs_drown():
    songs = np.random.default_rng(2).normal(3, 1, 20)
    steady, noise = songs - 0.05, songs + np.random.default_rng(3).normal(0, 1, 20)
    bits = {name: [v.tolist()] for name, v in (("a", songs), ("b", steady), ("c", noise))}
    held_out = compare_held_out(bits, [40] * 20)
    found = {(pair.first, pair.second): pair for pair in held_out.pairs}
    assert found["a", "b"].beyond_chance
    assert found["a", "b"].difference == pytest.approx(0.05)
    assert not found["a", "c"].beyond_chance
    low, high = held_out.rows[0].low, held_out.rows[0].high
    assert low < held_out.rows[1].bits_per_note < high


def test_one_song_held_out_is_never_beyond_chance():
    assert not compare_held_out({"a": [[1.0]], "b": [[2.0]]}, [40]).pairs[0].beyond_chance


def row(model, rights, first_wrong):
    spread = Spread.of(rights)
    return MemoryRow(model, 1, spread, spread, spread, spread, 50, spread, first_wrong)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            [row("mlp", [46, 46], 8), row("lstm", [50, 50], None)],
            "The LSTM passes the ceiling of any model that sees only 4 notes and plays the song "
            "whole; the MLP stops at it and makes its first error at note 8.",
        ),
        (
            [row("lstm-stateless", [44, 45], 9), row("mlp", [44, 46], 8)],
            "The MLP never passes the ceiling of any model that sees only 4 notes and makes its "
            "first error at note 8; the LSTM that forgets stays below it and makes its first "
            "error at note 9.",
        ),
        (
            [row("lstm", [46, 50], 30)],
            "The LSTM passes the ceiling of any model that sees only 4 notes with some seeds and "
            "makes its first error at note 30.",
        ),
    ],
)
def test_the_sentence_says_what_the_table_shows(rows, sentence):
    assert verdict.remembered(rows, Ceiling(4, 46, 50)) == sentence


def test_too_few_songs_are_said_to_be_too_few():
    rows = [HeldOutRow("ngram", 3.0, 2.8, 3.2), HeldOutRow("lstm", 2.5, 2.3, 2.7)]
    pair = Pair("ngram", "lstm", 0.5, 0.2, 0.8, False, None, False)
    assert verdict.generalised(HeldOut(5, 200, rows, [pair], families=3)).endswith(
        "0.50 bits, cannot be judged: 3 tunes are too few to tell it from chance."
    )


def test_the_sentence_on_songs_held_out():
    rows = [HeldOutRow("ngram", 3.0, 2.8, 3.2), HeldOutRow("lstm", 2.5, 2.3, 2.7)]
    pair = Pair("ngram", "lstm", 0.5, 0.2, 0.8, True)
    assert verdict.generalised(HeldOut(5, 200, rows, [pair])) == (
        "On 5 songs held out the LSTM does best, 2.50 bits per note; "
        "what it gains on the n-gram model, 0.50 bits, is beyond chance."
    )


@pytest.fixture(scope="module")
def compared(melodyrnn, tmp_path_factory, request):
    folder = tmp_path_factory.mktemp("compared")
    nabiya = request.config.rootpath / "songs" / "nabiya.txt"
    arguments = ("compare", nabiya, "--models", "lstm,mlp,ngram,repeat", "--seeds", 2, "--json")
    return folder, arguments, melodyrnn(*arguments, cwd=folder)


def test_compare_json(compared):
    folder, _, done = compared
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["ceiling"] == {"right": 46, "all": 50}
    models = {model["model"]: model for model in document["models"]}
    assert list(models) == ["lstm", "mlp", "ngram", "repeat"]
    for name, runs in ((name, model["runs"]) for name, model in models.items()):
        assert [run["seed"] for run in runs] == ([0, 1] if name in ("lstm", "mlp") else [0])
        for run in runs:
            assert (folder / run["run"] / "run.json").is_file()
            card = (folder / run["run"] / "README.md").read_text(encoding="utf-8")
            assert card.startswith(f"# {Path(run['run']).name}\n")
            assert run["one_step"]["all"] == run["whole_song"]["all"] == 50
    for run in models["lstm"]["runs"]:
        assert run["one_step"] == run["whole_song"] == {"right": 50, "all": 50}
        assert run["first_wrong"] is None
    for run in models["mlp"]["runs"]:
        assert run["one_step"]["right"] == 46
        assert run["whole_song"]["right"] < 46
        assert 5 <= run["first_wrong"] <= 54
    assert models["ngram"]["runs"][0]["one_step"]["right"] == 46
    assert models["lstm"]["parameters"] == 68366
    assert document["sentence"].startswith(
        "The LSTM passes the ceiling of any model that sees only 4"
    )
    page = (folder / document["report"]).read_text(encoding="utf-8")
    assert "나비야" in page


def test_a_comparison_goes_on_where_it_stopped(compared, monkeypatch, no_workers):
    """And what a worker trained, this process trains too."""
    folder, arguments, done = compared
    first = json.loads(done.stdout)
    lost = folder / first["models"][1]["runs"][1]["run"]
    kept = folder / first["models"][0]["runs"][0]["run"] / "model.keras"
    before = kept.stat().st_mtime_ns
    (lost / "trial.json").write_text('{"plan": ')
    monkeypatch.chdir(folder)
    again = json.loads(CliRunner().invoke(main, list(map(str, arguments))).stdout)
    for run in (r for document in (first, again) for m in document["models"] for r in m["runs"]):
        run.pop("seconds")
    assert again == first
    assert kept.stat().st_mtime_ns == before
    assert json.loads((lost / "trial.json").read_text(encoding="utf-8"))["trial"]["model"] == "mlp"


def test_another_comparison_does_not_disturb_this_one(compared, melodyrnn):
    folder, arguments, _ = compared
    output = folder / "runs" / "nabiya-compare"
    done = melodyrnn(*arguments, "--units", 64, "-o", output, cwd=folder)
    assert done.returncode == 1
    assert "holds another comparison; --overwrite replaces it" in done.stderr


@pytest.mark.usefixtures("no_workers")
def test_only_a_comparison_or_an_empty_folder_is_written_to(tmp_path, nabiya):
    asked = {"models": ["repeat"], "output": tmp_path / "out", "jobs": 1}
    (tmp_path / "out").mkdir()
    assert compare(nabiya, **asked).report.is_file()
    (tmp_path / "out" / "compare.json").unlink()
    for overwrite in (True, False):
        with pytest.raises(RunError) as caught:
            compare(nabiya, **asked, overwrite=overwrite)
        assert str(caught.value) == (
            f"{tmp_path / 'out'}: stands there and is no comparison; choose another output"
        )
    assert (tmp_path / "out" / "report.html").is_file()


@pytest.mark.parametrize("way", ["file", "standard input"])
def test_a_script_without_a_guard_can_compare(tmp_path, nabiya, way):
    script = tmp_path / "script.py"
    script.write_text(
        "import melodyrnn\n"
        "print('once')\n"
        f"comparison = melodyrnn.compare({str(nabiya)!r}, models=['ngram'], output='out')\n"
        "print(comparison.rows[0].one_step.mean)\n"
    )
    given = {"args": [sys.executable, str(script)]}
    if way == "standard input":
        given = {"args": [sys.executable], "input": script.read_text()}
    done = subprocess.run(**given, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr) == ("once\n46.0\n", "")


@contextmanager
def _begun(folder, nabiya):
    """A comparison too long to wait for, in the midst of its first trainings."""
    line = ["compare", nabiya, "--no-early-stop", "--epochs", "100000", "-o", "out"]
    with running(*line, cwd=folder) as process:
        wait_until(lambda: list(folder.glob("out/runs/*/run.json")), process)
        yield process


def _workers(folder):
    """The processes at work in ``folder``."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").resolve() == folder.resolve():
                found.append(int(process.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="finds processes by /proc")
def test_no_worker_outlives_a_comparison_that_was_killed(tmp_path, nabiya):
    with _begun(tmp_path, nabiya) as process:
        assert len(_workers(tmp_path)) > 1
        process.kill()
        process.communicate(timeout=20)
    deadline = time.monotonic() + 10
    while _workers(tmp_path):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_ctrl_c_stops_at_once_and_says_how_to_go_on(tmp_path, nabiya):
    with _begun(tmp_path, nabiya) as process:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert errors.decode().endswith("stopped; give the same command again to go on\n")
    assert b"Traceback" not in errors


def melodies(count):
    """Of few turns, so that there is something to learn."""
    turns = ["c8 d8", "e8 c4", "g4 e8", "f8 e8", "a8 g8", "d8 g4", "b8 a4", "f4 d8", "e4 f8"]
    rng = np.random.default_rng(0)
    return [
        Song(parse(" ".join(rng.choice(turns, 14))).notes, title=f"노래 {number}")
        for number in range(count)
    ]


SMALL = {"units": 16, "epochs": 2, "embedding": 8}


@pytest.fixture(scope="module")
def generalised(tmp_path_factory):
    """Models of windows and of whole tunes, and an n-gram model of each."""
    return compare(
        melodies(12),
        models=["lstm", "mlp", "ngram"],
        seeds=2,
        held_out=0.25,
        output=tmp_path_factory.mktemp("generalised") / "out",
        jobs=1,  # a worker; the command above has two
        **SMALL,
    )


def test_a_cell_takes_the_place_of_the_lstm():
    named = [with_cell(name, "gru") for name in (*OF_ONE_SONG, *OF_SEVERAL)]
    assert named == ["gru", "gru-stateless", "mlp", "viewpoints", "lookback", "gru"]
    assert with_cell("lstm", "peephole-full") == "peephole-full"
    assert with_cell("lstm-stateless", None) == "lstm-stateless"


def without_seconds(path):
    document = json.loads((path / "run.json").read_text(encoding="utf-8"))
    assert document.pop("seconds") >= 0
    return document


@pytest.mark.parametrize(("model", "seed"), [("lstm", 1), ("mlp", 1), ("ngram", 0)])
def test_a_comparison_of_several_songs_trains_what_train_trains(generalised, model, seed, tmp_path):
    run = generalised.output / "runs" / f"{model}-seed{seed}"
    shared = SMALL if model != "ngram" else {}  # of these it has a use for none
    asked = {"model": model, "seed": seed, "held_out": 0.25, **shared}
    trained = train(melodies(12), output=tmp_path / "run", **asked)
    assert without_seconds(run) == without_seconds(trained.run.path)
    if model != "ngram":
        weights = [path / "model.keras" for path in (run, trained.run.path)]
        assert weights[0].read_bytes() == weights[1].read_bytes()


def test_all_models_and_seeds_hold_out_the_same_songs(generalised):
    held_out = {
        tuple(sorted(song.name for song in Run.open(trial.run).parts.held_out))
        for trial in generalised.trials
    }
    assert held_out == {tuple(sorted(generalised.held_out_songs))}
    assert len(generalised.held_out_songs) == 3


def test_songs_held_out_are_compared_beside_the_strongest_n_gram_model(generalised):
    document = generalised.to_json()
    found = document["held_out"]
    names = ["lstm", "mlp", "ngram", STRONGEST]
    assert [row["model"] for row in found["rows"]] == names
    assert len(found["pairs"]) == 6
    assert (found["songs"], found["window"], found["with_end"]) == (3, 4, False)
    assert [each["model"] for each in document["models"]] == names[:-1]
    (baseline,) = document["baselines"]
    assert baseline["model"] == STRONGEST
    assert baseline["runs"][0]["bits_per_note"] == pytest.approx(found["rows"][-1]["bits_per_note"])
    for model in document["models"]:
        for run in model["runs"]:
            assert not {"one_step", "whole_song", "first_wrong"} & run.keys()
    assert not {"ceiling", "window"} & document.keys()
    assert "plays" not in generalised.sentence
    page = generalised.report.read_text(encoding="utf-8")
    assert page.index("Songs held out") < page.index("How they learned")
    assert "12 songs" in page
    assert "The music" not in page


@pytest.mark.usefixtures("no_workers")
def test_tunes_alone_are_compared_with_their_ends_as_train_measures_them(tmp_path):
    found = compare(
        melodies(12), models=["ppm"], memory="both+", held_out=0.25, output=tmp_path / "out", jobs=1
    )
    assert found.held_out.window == 0
    assert [row.model for row in found.held_out.rows] == ["ppm"]  # it is the strongest itself
    measured = Run.open(found.trials[0].run).record.metrics
    assert found.held_out.rows[0].bits_per_note == pytest.approx(measured["bits_per_note"])
    strongest = measured["baselines"][-1]
    assert strongest["model"] == STRONGEST
    assert measured["bits_per_note"] == pytest.approx(strongest["bits_per_note"])
    assert found.held_out.notes == measured["held_out_notes"]
    with_window = compare(
        melodies(12), models=["ppm"], window=2, held_out=0.25, output=tmp_path / "two", jobs=1
    )
    assert [row.model for row in with_window.held_out.rows] == ["ppm", STRONGEST]
    assert with_window.held_out.window == 2


@pytest.mark.usefixtures("no_workers")
def test_folds_hold_each_song_out_once_and_are_scored_together(tmp_path):
    songs = melodies(12)
    found = compare(songs, models=["ppm"], folds=3, output=tmp_path / "out", jobs=1)
    assert found.held_out.songs == 12
    assert sorted(found.held_out_songs) == sorted(named.name for named in gather(songs))
    assert [(trial.model, trial.fold) for trial in found.trials] == [
        (model, fold) for fold in range(3) for model in ("ppm", STRONGEST)
    ]
    for row in found.held_out.rows:
        parts = [trial.held_out for trial in found.trials if trial.model == row.model]
        costs = [bits for part in parts for song in part.bits for bits in song]
        notes = sum(sum(part.notes(0)) for part in parts)
        assert row.bits_per_note == pytest.approx(sum(costs) / notes)
    alone = train(songs, model="ppm", held_out=1 / 3, fold=2, output=tmp_path / "alone")
    third = next(t for t in found.trials if (t.model, t.fold) == ("ppm", 2))
    assert alone.record.metrics["bits_per_note"] == pytest.approx(third.held_out.mean(0))
    runs = found.to_json()["models"][0]["runs"]
    assert [run["fold"] for run in runs] == [0, 1, 2]
    goes_on = compare(songs, models=["ppm"], folds=3, output=tmp_path / "out", jobs=1)
    assert goes_on.held_out == found.held_out


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"windows": "1-3"}, "windows compares how one song is remembered; give window"),
        ({"models": "mlp", "transpose": 2}, "mlp: transpose has no effect here; leave it out"),
        ({"window": 60}, "song has "),
        ({"held_out": 0.0}, "held_out 0 "),
        ({"held_out": 0.1, "folds": 5}, "folds holds each song out once; leave held_out out"),
        ({"folds": 1}, "folds 1 is out of range"),
        ({"folds": 50}, "too few different tunes for 50 folds; ask for fewer"),
    ],
)
def test_what_several_songs_cannot_be_asked(setting, message, tmp_path):
    songs = [Song(song.notes, title="song") for song in melodies(20)]
    with pytest.raises(MelodyError) as caught:
        compare(songs, output=tmp_path / "out", **setting)
    assert message in str(caught.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"model": "lstm"}, "a comparison has no one model; give models"),
        ({"seed": 3}, "a comparison has no one seed; give seeds"),
        ({"fold": 3}, "a comparison has no one fold; give folds"),
        ({"folds": 3}, "folds is for several songs: one is learned by heart"),
        ({"models": "lstm,lstm"}, "models names each model once, such as lstm,mlp"),
        ({"models": []}, "models names each model once, such as lstm,mlp"),
    ],
)
def test_settings_that_a_comparison_varies_are_refused(nabiya, tmp_path, setting, message):
    with pytest.raises(ConfigError) as caught:
        compare(nabiya, output=tmp_path / "out", **setting)
    assert str(caught.value) == message


@pytest.mark.parametrize("windows", ["", "x", "8-1", "1-", "-3", "1,,2", "1-2-3", "1-9999"])
def test_what_is_no_range_of_windows(nabiya, windows, tmp_path):
    with pytest.raises(ConfigError) as caught:
        compare(nabiya, windows=windows, output=tmp_path / "out")
    assert str(caught.value) == f"windows {windows!r} is not like 1-8 or 2,4,8"
    assert not (tmp_path / "out").exists()


def test_the_sentence_names_a_baseline_as_what_it_is():
    rows = [HeldOutRow("lstm", 3.0, 2.8, 3.2), HeldOutRow(STRONGEST, 2.5, 2.3, 2.7)]
    pair = Pair("lstm", STRONGEST, 0.5, 0.2, 0.8, True)
    assert verdict.generalised(HeldOut(9, 200, rows, [pair])).startswith(
        "On 9 songs held out the n-gram model ppm --memory both+ does best, 2.50 bits per note; "
        "what it gains on the LSTM,"
    )


def test_window_lengths(tmp_path, nabiya, monkeypatch):
    """And to count takes no TensorFlow: the workers would import what raises."""
    (tmp_path / "tensorflow.py").write_text("raise ImportError")
    monkeypatch.syspath_prepend(tmp_path)
    document = compare(
        nabiya, models=["ngram"], windows="1-3,8", output=tmp_path / "out", jobs=1, seeds=1
    ).to_json()
    rights = {
        each["window"]: each["models"][0]["runs"][0]["one_step"] for each in document["windows"]
    }
    ceilings = {each["window"]: each["ceiling"] for each in document["windows"]}
    assert list(rights) == [1, 2, 3, 4, 8]
    assert rights == ceilings
    assert ceilings[8] == {"right": 46, "all": 46}
