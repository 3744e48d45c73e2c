"""A person's own text: read, learned, continued, measured, through the command line too."""

import json
import math
import unicodedata

import pytest
from click.testing import CliRunner

from melodyrnn.cli import main
from melodyrnn.data.texts import Text, read_texts
from melodyrnn.errors import (
    ConfigError,
    MelodyError,
    RunError,
    VocabularyError,
)
from melodyrnn.workflows.evaluate import evaluate
from melodyrnn.workflows.generate import generate
from melodyrnn.workflows.predict import predict
from melodyrnn.workflows.train import train_text

VERSE = "나비야 나비야 이리 날아 오너라\n노랑나비 흰나비 춤을 추며 오너라\n"
SMALL = {"units": 32, "embedding": 16, "learning_rate": 0.02, "dropout": 0.0}


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """A verse learned by heart."""
    folder = tmp_path_factory.mktemp("text")
    file = folder / "verse.txt"
    file.write_text(VERSE * 4, encoding="utf-8")
    settings = SMALL | {"held_out": 0.0, "epochs": 80, "steps": 36, "early_stop": False}
    return file, train_text(file, output=folder / "run", **settings)


def test_text_is_composed_and_has_one_kind_of_line_end():
    apart = unicodedata.normalize("NFD", "나비")
    assert len(apart) == 4
    assert Text.of("x", f"{apart}\r\n{apart}\rn").characters == "나비\n나비\nn"


@pytest.mark.parametrize("content", ["a😀나é\n", "\t\0\x7f", "ab"])
def test_every_character_is_a_symbol(content, tmp_path):
    (tmp_path / "t.txt").write_bytes(content.encode())
    (text,) = read_texts(tmp_path / "t.txt")
    assert text.characters == unicodedata.normalize("NFC", content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "t.txt: a text of 0 characters; what comes next is learned from at least 2"),
        (b"a", "t.txt: a text of 1 character; what comes next is learned from at least 2"),
        (b"ab\xff", "t.txt: byte 2 is not UTF-8 text; save it as UTF-8"),
    ],
)
def test_what_is_no_text_is_said(content, message, tmp_path):
    (tmp_path / "t.txt").write_bytes(content)
    with pytest.raises(MelodyError, match=message):
        train_text(tmp_path / "t.txt", output=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_text_too_short_to_hold_some_out_names_the_remedy(tmp_path):
    (tmp_path / "t.txt").write_text("abc")
    with pytest.raises(ConfigError, match=r"t: of 3 characters, held_out 0.1 leaves nothing"):
        train_text(tmp_path / "t.txt", output=tmp_path / "run")


def test_models_and_inputs_that_take_no_stream_are_refused(tmp_path):
    (tmp_path / "t.txt").write_text(VERSE, encoding="utf-8")
    with pytest.raises(ConfigError, match="model mlp learns no stream; for text choose from"):
        train_text(tmp_path / "t.txt", model="mlp")
    with pytest.raises(ConfigError, match="a stream of text has window 1"):
        train_text(tmp_path / "t.txt", window=4)


def test_a_verse_is_learned_by_heart_and_written_on(learned):
    _, result = learned
    assert result.held_out is None
    assert result.bits < 0.2 < 3 < result.baselines[0].bits
    made = generate(result.run, primer="나비야", length=len(VERSE), temperature=0)
    assert made.texts[0].text == (VERSE * 2)[: len(VERSE) + 3]
    assert made.texts[0].primer == 3


def test_without_a_primer_it_begins_as_the_text_does(learned):
    text = generate(learned[1].run, length=1).texts[0]
    assert text.text[: text.primer] == VERSE.split("\n")[0]


def test_an_evaluation_keeps_the_training_set_and_held_out_texts_apart(learned, tmp_path):
    file, result = learned
    other = tmp_path / "other.txt"
    other.write_text("오너라 나비야 춤을 추며 노랑나비", encoding="utf-8")
    measured = evaluate(result.run, [file, other])
    assert [text.in_training_set for text in measured.items] == [True, False]
    known, new = (text.scores["both"] for text in measured.items)
    assert known.bits < 0.5 < new.bits
    assert new.all == 17


def test_what_the_run_never_read_is_named(learned, tmp_path):
    _, result = learned
    with pytest.raises(VocabularyError, match="primer: 'x' is not among the"):
        generate(result.run, primer="x")
    with pytest.raises(ConfigError, match="primer '' is empty"):
        generate(result.run, primer="")
    with pytest.raises(ConfigError, match="track has no effect with a text"):
        generate(result.run, track="1")
    for count in (1, 2):
        with pytest.raises(MelodyError, match=r"^\.: a folder; name a file in it to write"):
            generate(result.run, count=count, output=".")
    (tmp_path / "t.txt").write_text("xy")
    (text,) = evaluate(result.run, [tmp_path / "t.txt"]).items
    score = text.scores["both"]
    assert (score.all, score.unknown, score.right) == (1, 1, 0)
    assert score.bits == pytest.approx(-math.log2(result.record.unknown_rate) + 20.0875, abs=1e-3)
    with pytest.raises(ConfigError, match="name the texts to measure it on"):
        evaluate(result.run)


def test_a_resumed_training_ends_in_the_same_files(tmp_path):
    file = tmp_path / "verse.txt"
    file.write_text(VERSE * 4, encoding="utf-8")
    settings = SMALL | {"epochs": 4, "steps": 12}  # compiled in less time than the usual 64
    straight = train_text(file, output=tmp_path / "straight", **settings)

    def stop(done, total, words):
        if done == 3:
            raise KeyboardInterrupt

    settings["output"] = tmp_path / "cut"
    cut = train_text(file, progress=stop, **settings)
    assert cut.interrupted
    resumed = train_text(file, resume=True, **settings)
    for name in ("model.keras", "history.csv"):
        one, two = (result.run.path / name for result in (straight, resumed))
        assert one.read_bytes() == two.read_bytes()
    with pytest.raises(RunError, match="was trained with units 32, not 16"):
        train_text(file, resume=True, **settings | {"units": 16})


def call(*arguments):
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_from_the_command_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "verse.txt").write_text(VERSE * 4, encoding="utf-8")
    options = ["--text", "--units", "8", "--epochs", "2", "--steps", "12", "--json"]
    document = json.loads(call("train", "verse.txt", *options))
    assert document["run"] == "runs/verse-lstm"
    assert document["characters"] == len(set(VERSE))
    assert document["held_out_characters"] == 15
    assert document["learned_characters"] + document["held_out_characters"] == len(VERSE * 4) - 1
    assert 0 < document["bits_per_character"] < document["unigram_bits_per_character"] + 1
    made = call("generate", document["run"], "--length", "5", "-o", "on.txt", "--count", "2")
    assert (tmp_path / "on-1.txt").read_text(encoding="utf-8").startswith("나비야")
    assert "on-2.txt" in made


def test_what_is_expected_after_characters(learned):
    run = learned[1].run
    found = predict(run, VERSE[:3] + "☃", count=2)
    assert [each.token for each in found.given] == [*VERSE[:3], "☃"]
    assert found.given[1].probability > 0.9  # by heart
    assert found.given[3].probability is None
    assert len(found.next.likeliest) == 2
    assert found.to_json()["unit"] == "character"
    with pytest.raises(ConfigError, match="track has no effect with a text"):
        predict(run, "나", track="1")
