"""A run trained again from its record alone; and the card that says what a run is."""

import json
import re
import shutil
from dataclasses import replace

import pytest
from click.testing import CliRunner

from melodyrnn import ConfigError, Run, RunError, open_run, parse, reproduce, train
from melodyrnn.cli import main
from melodyrnn.data.gather import gather
from melodyrnn.data.split import Split
from melodyrnn.data.texts import read_texts
from melodyrnn.evaluation.model_card import model_card
from melodyrnn.runs.base import Base
from melodyrnn.runs.command import train_command
from melodyrnn.runs.record import write_record
from melodyrnn.tasks import songs
from melodyrnn.tasks.text import TextTask
from melodyrnn.workflows.train import Folder, learn_parts
from tests.conftest import ROOT

SONGS = [str(ROOT / "songs" / f"{name}.txt") for name in ("nabiya", "amazing_grace", "arirang")]


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """A network that learned a song by heart, for a moment."""
    path = tmp_path_factory.mktemp("network") / "mlp"
    return train(SONGS[0], model="mlp", units=4, epochs=2, output=path).run


@pytest.fixture(scope="module")
def by_heart(tmp_path_factory):
    """The same by a model that counts, in no time."""
    path = tmp_path_factory.mktemp("by_heart") / "ngram"
    return train(SONGS[0], model="ngram", output=path).run


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """A tradition that was counted, in no time."""
    path = tmp_path_factory.mktemp("counted") / "ppm"
    return train(SONGS, model="ppm", held_out=0.4, output=path).run


def test_the_texts_of_many_songs_lie_beside_the_record(tmp_path, monkeypatch):
    items = gather([parse(text) for text in ("c4 d4 e4 c4", "g8 f8 e2", "c4 c'4 b8 a8")])
    parts = Split((items[0],), (items[1],), (items[2],))
    few = songs.SongTask().record(parts, {"model": "ngram", "window": 1})
    monkeypatch.setattr(songs, "RECORDED", 2)
    many = songs.SongTask().record(parts, {"model": "ngram", "window": 1})
    assert [song["text"] for song in many.songs] == [""]
    assert many.validation == many.held_out == ()
    for name, record in {"few": few, "many": many}.items():  # as many with texts are read as before
        run = learn_parts(tmp_path / name, record, parts, Folder("", page=False)).run
        assert open_run(run.path).parts == parts
        assert run.record.counts == {"train": 1, "validation": 1, "held_out": 1}
        assert "held out: 1 song, only measured" in (run.path / "README.md").read_text()
        same = run.resumed(run.task.digests(items[::-1], run.record), {})
        assert same.record == run.record
        with pytest.raises(RunError, match="as they then were"):
            run.resumed(run.task.digests(items[1:], run.record), {})


def changed(run, path, **fields):
    """A copy of a run whose record has other fields."""
    shutil.copytree(run.path, path)
    write_record(path, replace(run.record, **fields))
    return path


def test_a_network_comes_out_the_same_to_the_last_bit(network, tmp_path):
    result = reproduce(network, output=tmp_path / "again")
    assert result.agrees
    assert result.same_weights
    assert len(result.weights) == len(network.predictor().dense) * 2 + 3
    assert {each.name for each in result.figures} >= {"epochs", "bits_per_note", "one_step.right"}
    assert (tmp_path / "again" / "README.md").is_file()
    assert result.trained.run.record.command == network.record.command


def shifted(run, difference):
    """Its figures, one of them another."""
    figures = run.record.metrics
    return figures | {"bits_per_note": figures["bits_per_note"] + difference}


def test_what_differs_is_named_and_is_the_exit_status(by_heart, tmp_path):
    run = changed(by_heart, tmp_path / "other", metrics=shifted(by_heart, 0.25))
    done = CliRunner().invoke(main, ["reproduce", str(run), "-o", str(tmp_path / "again")])
    assert done.exit_code == 1
    assert re.search(r"figures +(\d+) of (?!\1)\d+ +agree to the last digit", done.stdout)
    assert re.search(r"bits_per_note: [\d.]+ then, [\d.]+ now", done.stdout)


def test_tunes_are_taken_from_the_run_and_a_tolerance_may_be_given(counted, tmp_path):
    run = changed(counted, tmp_path / "other", metrics=shifted(counted, 0.01))
    asked = ["reproduce", str(run), "-o", str(tmp_path / "again"), "--within", "0.1", "--json"]
    done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["agrees"]
    assert document["weights"] == {}
    assert open_run(document["again"]).record.songs == counted.record.songs


def test_songs_that_are_no_more_as_they_were_are_refused(network, counted, tmp_path):
    (song,) = network.record.songs
    run = changed(network, tmp_path / "song", songs=({**song, "text": song["text"] + " c4"},))
    with pytest.raises(RunError, match="nabiya are no more as they were"):
        reproduce(run)
    shutil.copytree(counted.path, tmp_path / "tunes")
    tunes = tmp_path / "tunes" / "tunes"
    (tunes / "held_out").write_bytes((tunes / "train").read_bytes())
    with pytest.raises(RunError, match="3 songs are no more as they were"):
        reproduce(tmp_path / "tunes")


def test_a_run_on_text_needs_its_files_as_they_were(tmp_path):
    text = tmp_path / "book.txt"
    text.write_text("나비야 나비야\n" * 9, encoding="utf-8")
    record, parts = TextTask().plan(read_texts(text), {"model": "lstm"})
    path = tmp_path / "text"
    Run.begin(path, replace(record, status="finished"), parts, fresh=False, overwrite=False)
    with pytest.raises(RunError, match="a run on text keeps none; name the files of book"):
        reproduce(path)
    text.write_text("나비야 나비야\n" * 8, encoding="utf-8")
    with pytest.raises(RunError, match="book are no more as they were"):
        reproduce(path, text)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "interrupted"}, "its training is interrupted"),
        (
            {"base": Base("gone", "0" * 64, 3)},
            "began with gone, which is gone; name it by from_run",
        ),
        ({"base": Base("folk", "0" * 64, 3)}, "began with folk as it then was"),
    ],
)
def test_what_cannot_be_reproduced_is_refused_with_the_reason(counted, tmp_path, fields, words):
    run = changed(counted, tmp_path / "run", **fields)
    with pytest.raises(RunError, match=words):
        reproduce(run)


def test_songs_given_to_a_run_that_keeps_them_are_refused(counted):
    with pytest.raises(RunError, match="keeps its songs itself"):
        reproduce(counted, SONGS[0])


# The card


def test_the_card_says_what_the_run_is_and_the_command_that_asks_for_it(network, counted):
    card = (network.path / "README.md").read_text(encoding="utf-8")
    for words in (
        "# mlp",
        "## Data",
        "SHA-256",
        "| units | 4 |",
        "| one_step |",
        "stock layers only",
    ):
        assert words in card
    assert f"    melodyrnn train {SONGS[0]} --model mlp --units 4 --epochs 2\n" in card
    card = (counted.path / "README.md").read_text(encoding="utf-8")
    for words in (
        "held out: 1 song, only measured",
        "| escape | c |",
        "has no weights",
        "Not recorded",
    ):
        assert words in card


def test_the_carried_run_has_a_card_with_the_licence_of_its_data():
    run = open_run("folk")
    card = model_card("folk", run.task, run.record, run.predictor().parameters)
    assert (run.path / "README.md").read_text(encoding="utf-8") == card
    assert "    melodyrnn train oneills ryans-mammoth airds --units 128\n" in card
    assert "- oneills, ryans-mammoth, airds: music21's corpus/license.txt" in card


def test_a_song_in_hand_has_no_command_and_a_run_without_a_card_opens(tmp_path):
    run = train(parse("c4 d4 e4 c4 " * 3), model="ngram", output=tmp_path / "run").run
    assert run.record.command == ""
    assert "It was asked for by" not in (run.path / "README.md").read_text(encoding="utf-8")
    (run.path / "README.md").unlink()
    assert open_run(run.path).predictor().parameters


def test_the_command_is_what_a_shell_reads():
    command = train_command(["my songs"], {"seed": 3, "early_stop": False, "layers": None})
    assert command == "melodyrnn train 'my songs' --seed 3 --no-early-stop"
    assert train_command([], {}) == ""
    with pytest.raises(ConfigError, match="units 0"):
        train(SONGS[0], units=0)
