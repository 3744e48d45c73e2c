"""What a run expects: the same numbers by which it is measured and draws."""

import json
from math import log2

import numpy as np
import pytest
from click.testing import CliRunner

from melodyrnn import parse, predict, read_song, train
from melodyrnn.cli import main
from melodyrnn.errors import ConfigError, NotationError, WindowError
from melodyrnn.tasks.dataset import Dataset, logits_of

TUNE = "key: F major\nmeter: 3/4\nf4 a4 c'4 | b-4 g4 e4 | f2."


@pytest.fixture(scope="module")
def counted(tmp_path_factory, nabiya):
    """A model that counts, on one song: trained in no time."""
    folder = tmp_path_factory.mktemp("counted")
    return train(nabiya, model="ppm", output=folder / "ppm").run


def test_each_note_has_the_probability_by_which_a_run_is_measured(counted, nabiya):
    song = read_song(nabiya)
    found = predict(counted, song)
    dataset = Dataset.of(counted.parts.train, counted.record.model.window, counted.tokenizer)
    (logits,) = logits_of(counted.predictor(), dataset)
    p = np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))
    expected = p[np.arange(len(p)), dataset.sequences[0][len(dataset.sequences[0]) - len(p) :]]
    given = found.given[len(found.given) - len(p) :]
    assert [each.probability for each in given] == pytest.approx(expected.tolist())
    assert [each.bits for each in given] == pytest.approx([-log2(each) for each in expected])
    assert len(found.given) == len(song)


def test_what_is_expected_next_is_what_is_expected_of_one_note_more():
    one, more = predict("folk", "g8 a8"), predict("folk", "g8 a8 b8")
    for before, after in zip(one.next.likeliest, more.given[-1].likeliest, strict=True):
        assert (before.token, before.probability) == pytest.approx(after)
    assert len(one.next.likeliest) == 5
    probabilities = [each.probability for each in one.next.likeliest]
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(each.probability for each in predict("folk", count=1000).next.likeliest) <= 1 + 1e-9


def test_pitches_are_spelled_in_the_key_of_the_song():
    found = predict("folk", parse(TUNE), count=1000)
    assert [each.token for each in found.given] == ["f4", "a4", "c'4", "b-4", "g4", "e4", "f2."]
    tokens = {each.token for each in found.next.likeliest}
    assert "b-4" in tokens
    assert "a#4" not in tokens
    assert "<end>" in tokens


def test_what_a_run_does_not_know_has_no_probability():
    strange = predict("folk", "g8 5:4{a64} b8")
    assert strange.given[1].probability is None
    assert strange.given[1].bits is None
    assert strange.given[2].probability > 0


def test_a_window_that_is_not_full_expects_nothing(counted, nabiya, tmp_path):
    run = train(nabiya, model="ngram", window=4, output=tmp_path / "windows").run
    found = predict(run, "g8 e8 e4 f8 d8")
    assert [len(each.likeliest) > 0 for each in found.given] == [False] * 4 + [True]
    assert found.given[0].to_json()["probability"] is None
    with pytest.raises(WindowError, match="the primer has 2 notes and this run's window needs 4"):
        predict(run, "g8 e8")


def test_the_command(melodyrnn):
    done = melodyrnn("predict", "folk", "g8 e8", "--count", 3)
    assert "Expected after g8 e8" in done.stdout
    assert len(done.stdout.split("probability")[1].strip().splitlines()) == 3
    document = json.loads(melodyrnn("predict", "folk", "g8 e8", "--json").stdout)
    assert [each["token"] for each in document["given"]] == ["g8", "e8"]
    assert document["next"]["likeliest"][0]["token"] == "d8"


def run(*arguments):
    return CliRunner().invoke(main, [*map(str, arguments)])


@pytest.fixture(scope="module")
def expected():
    return predict("folk", "g8 e8", count=101)


def test_what_is_expected_is_drawn(expected, tmp_path):
    done = run("predict", "folk", "g8 e8", "-o", tmp_path / "next.svg")
    assert done.stdout.splitlines()[-1] == str(tmp_path / "next.svg")
    drawn = (tmp_path / "next.svg").read_text("utf-8")
    for each in expected.next.likeliest[:5]:
        assert f'aria-label="{each.probability:.1%}"' in drawn
    assert "<title>Expected after g8 e8</title>" in drawn
    run("--lang", "ko", "predict", "folk", "g8 e8", "-o", tmp_path / "ko.svg", "--json")
    assert "<title>g8 e8 다음에 기대하는 것</title>" in (tmp_path / "ko.svg").read_text("utf-8")


def test_what_cannot_be_drawn_is_refused_in_one_line(expected, tmp_path):
    done = run("predict", "folk", "g8", "-o", "next.gif")
    formats = "formats of pictures are .svg .png .pdf"
    assert done.stderr == f"error: next.gif: unknown format '.gif'; {formats}\n"
    assert done.exit_code == 1
    with pytest.raises(ConfigError, match="count 101 is too many for a picture; 100 at most"):
        expected.write_picture(tmp_path / "many.png")


def test_errors_are_one_line():
    with pytest.raises(NotationError, match="primer:1:4: unknown pitch 'x8'"):
        predict("folk", "g8 x8")
    with pytest.raises(ConfigError, match="count 0 is out of range"):
        predict("folk", "g8", count=0)
