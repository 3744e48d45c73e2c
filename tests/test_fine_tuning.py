"""Training that begins with the weights of another run, and what that run had learned before."""

import json
import shutil
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from melodyrnn.errors import ConfigError, MelodyWarning, RunError
from melodyrnn.models.config import StreamConfig, viewpoint_defaults
from melodyrnn.music.song import Key, Note, Song
from melodyrnn.runs import pretraining
from melodyrnn.runs.training_files import CHECKPOINT
from melodyrnn.training.trainer import Trainer
from melodyrnn.workflows.evaluate import evaluate
from melodyrnn.workflows.generate import generate
from melodyrnn.workflows.inspect import inspect_run
from melodyrnn.workflows.train import train, train_text

SMALL = {"units": 6, "epochs": 2, "batch": 4}
STEPS = {"viewpoints": {}, "lstm": {"steps": 8}, "lookback": {"steps": 8}}
OF_MODEL = {model: {**steps, "embedding": 4} if steps else {} for model, steps in STEPS.items()}


def tunes(seed, count=10, notes=30):
    """Tunes of the white keys, no two of which share much."""
    random = np.random.default_rng(seed)
    scale = [Key().pitch(midi) for midi in (60, 62, 64, 65, 67, 69, 71, 72)]
    lengths = (Fraction(1, 2), Fraction(1))
    return [
        Song(
            tuple(
                Note(scale[random.integers(8)], lengths[random.integers(2)]) for _ in range(notes)
            ),
            title=f"{seed}-{n}",
        )
        for n in range(count)
    ]


def variant(song, title):
    """Five semitones up, all notes alike long, one note left out."""
    notes = [Note(Key().pitch(note.pitch.midi + 5), Fraction(1)) for note in song.notes]
    return replace(song, notes=tuple(notes[:11] + notes[12:]), title=title)


@pytest.fixture(scope="module")
def base_of(tmp_path_factory):
    """The run "base" of a model, trained once; who changes it changes a copy."""

    @cache
    def run(model):
        settings = {**SMALL, **OF_MODEL[model], "model": model}
        folder = tmp_path_factory.mktemp(model)
        return train(tunes(1), output=folder / "base", held_out=0.2, **settings).run

    return run


def weights_of(run):
    return {file.name: file.read_bytes() for file in run.path.iterdir() if file.name[:5] != "histo"}


@pytest.mark.parametrize("model", OF_MODEL)
def test_it_begins_where_the_other_run_ended(tmp_path, base_of, model, monkeypatch):
    base = base_of(model)
    begun = []
    advance = Trainer.advance

    def watched(trainer, until=None):
        begun.append(trainer.program.weights())
        advance(trainer, until)

    monkeypatch.setattr(Trainer, "advance", watched)
    settings = {"epochs": 2, "batch": 4, **STEPS[model]}
    result = train(tunes(2), from_run=base, output=tmp_path / "tuned", **settings)
    record, before = result.record, base.predictor()
    assert sum(weight.size for weight in begun[0]) == before.parameters
    if model == "viewpoints":
        known = list(before.weights.values())
        assert all((a == b).all() for a, b in zip(begun[0], known, strict=True))
    assert record.vocabulary == base.vocabulary
    assert record.model.units == base.record.model.units == 6
    assert record.training.learning_rate == 2e-3
    assert result.to_json()["from"]["name"] == "base"
    assert evaluate(result.run).bits == pytest.approx(result.bits)
    assert len(generate(result.run, count=2, bars=2).songs) == 2


def killed(monkeypatch, calls):
    """Training ends after so many calls of the program, as by kill -9: nothing is tidied up."""

    class Killed(BaseException):
        pass

    advance, left = Trainer.advance, [calls]

    def until(trainer, most=None):
        if not left[0]:
            raise Killed
        left[0] -= 1
        advance(trainer, most)

    monkeypatch.setattr(Trainer, "advance", until)
    return Killed


@pytest.mark.parametrize("model", ["viewpoints", "lookback"])
def test_a_resumed_fine_tuning_ends_in_the_same_bytes(tmp_path, base_of, model):
    base = base_of(model)
    settings = {"epochs": 3, "batch": 4, **STEPS[model]}
    whole = train(tunes(2), from_run=base, output=tmp_path / "whole", **settings)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(killed(patch, 2)):
        train(tunes(2), from_run=base, output=tmp_path / "cut", **settings)
    assert (tmp_path / "cut" / CHECKPOINT).is_file()
    # The start is in the checkpoint: the base is asked for no more.
    again = train(tunes(2), output=tmp_path / "cut", resume=True, **settings)
    for name in ("weights.npz", "model.keras", "history.csv"):
        if (whole.run.path / name).exists():
            assert (whole.run.path / name).read_bytes() == (again.run.path / name).read_bytes()


def test_without_a_checkpoint_the_start_is_taken_from_the_base_again(tmp_path, base_of):
    base, settings = base_of("viewpoints"), {"epochs": 2, "batch": 4}
    whole = train(tunes(2), from_run=base, output=tmp_path / "whole", **settings)
    (tmp_path / "whole" / CHECKPOINT).unlink()
    weights = (tmp_path / "whole" / "weights.npz").read_bytes()
    with pytest.raises(RunError, match="resume it with from_run base"):
        train(tunes(2), output=whole.run.path, resume=True, **settings)
    other = train(tunes(3), output=tmp_path / "other", model="viewpoints", **SMALL).run
    with pytest.raises(RunError, match="began with base as it then was"):
        train(tunes(2), from_run=other, output=whole.run.path, resume=True, **settings)
    train(tunes(2), from_run=base, output=whole.run.path, resume=True, **settings)
    assert (tmp_path / "whole" / "weights.npz").read_bytes() == weights


def test_what_it_came_from_is_told_down_to_the_first(tmp_path, base_of):
    base = base_of("viewpoints")
    second = train(tunes(2), from_run=base, output=tmp_path / "second", epochs=1).run
    third = train(tunes(3), from_run=second, output=tmp_path / "third", epochs=1).run
    told = json.loads((third.path / "run.json").read_text())["from"]
    assert [told["name"], told["from"]["name"], told["from"]["from"]] == ["second", "base", None]
    learned = [len(run.parts.train) + len(run.parts.validation) for run in (base, second)]
    assert [told["from"]["songs"], told["songs"]] == [learned[0], sum(learned)]
    before = pretraining.kept(third.path)
    assert len(before.known) == sum(learned)
    assert before.slopes is not None
    assert second.whole_songs
    np.testing.assert_array_equal(before.slopes, second.whole_songs.slopes)
    assert str(third.record.base) == "second, fine-tuned from base"
    assert inspect_run(third).to_json()["from"] == told == evaluate(third).to_json()["from"]
    assert not base.record.base
    assert evaluate(base).to_json()["from"] is None


def test_a_held_out_variant_of_what_was_learned_before_is_left_out(tmp_path, base_of):
    base = base_of("viewpoints")
    new = tunes(2, 20)
    planted = [variant(each.song, f"planted {n}") for n, each in enumerate(base.parts.train)]
    first = train(
        [*new, *planted], from_run=base, output=tmp_path / "first", epochs=1, held_out=0.4
    )
    second = train(new, from_run=first.run, output=tmp_path / "second", epochs=1, held_out=0.4)
    for run in (first, second):  # of the base's tunes, and of what its own base had been
        result = evaluate(run.run, [*planted, *tunes(7, 3)])
        learned = {named.name for part in run.run.parts[:2] for named in part}
        hidden = [song.title for song in planted if song.title not in learned]
        assert list(result.in_pretraining) == hidden
        assert result.generalising.songs == 3
    names = {named.name for named in first.run.parts.held_out if "planted" in named.name}
    assert names
    assert set(first.metrics["in_pretraining"]) == names
    kept = len(first.run.parts.held_out) - len(names)
    assert first.metrics["songs"]["held_out"] == kept == evaluate(first.run).generalising.songs
    assert evaluate(first.run).to_json()["bits_per_note"] == pytest.approx(first.bits)
    assert second.metrics["in_pretraining"] == [
        named.name
        for named in second.run.parts.held_out
        if named.name in {each.name for part in first.run.parts[:2] for each in part}
    ]


def test_tokens_that_the_base_lacks_are_learned_as_the_nearest(tmp_path, base_of):
    base = base_of("viewpoints")
    odd = [
        replace(song, notes=(*song.notes[:-1], replace(song.notes[-1], duration=Fraction(5, 8))))
        for song in tunes(2)
    ]
    with pytest.warns(MelodyWarning, match="notes to learn are no tokens of base, such as"):
        result = train(odd, from_run=base, output=tmp_path / "tuned", epochs=1)
    assert result.record.unknown_rate > base.record.unknown_rate
    assert result.held_out.unknown == len(result.run.parts.held_out)


def test_what_cannot_be_gone_on_with_is_refused(tmp_path, base_of):
    base = shutil.copytree(base_of("lstm").path, tmp_path / "base")
    counted = train(tunes(1), model="ppm", output=tmp_path / "ppm").run
    (tmp_path / "a.txt").write_text("a text of some characters, " * 20)
    small = {"epochs": 1, "units": 4}
    text = train_text(tmp_path / "a.txt", output=tmp_path / "text", steps=8, **small).run
    heart = train(tunes(1, 1), output=tmp_path / "heart", **small).run

    def refused(run, error, words, **settings):
        with pytest.raises(error, match=words):
            train(tunes(2), from_run=run, output=tmp_path / "new", **settings)
        assert not (tmp_path / "new").exists()

    refused(
        base, ConfigError, "tokenization factored: from_run .* has joint", tokenization="factored"
    )
    refused(base, ConfigError, "units 7: from_run .* has 6", units=7)
    refused(base, ConfigError, "model viewpoints: from_run .* has lstm", model="viewpoints")
    refused(counted, ConfigError, "the variable-order Markov model has no weights to begin with")
    refused(text, ConfigError, "a run on text, and only one on many tunes can be fine-tuned")
    refused(heart, ConfigError, "a run on songs, and only one")
    refused(tmp_path / "bass", RunError, "bass: no such run folder; did you mean '.*base'")
    (base / "model.keras").unlink()
    refused(base, RunError, "has no model.keras yet")


def test_its_defaults_are_those_of_training_but_for_the_rate(tmp_path, base_of):
    base = base_of("viewpoints")
    result = train(tunes(2), from_run=base, output=tmp_path / "tuned", epochs=1, dropout=0.0)
    usual = viewpoint_defaults(0)["input_dropout"]
    assert (result.record.model.dropout, result.record.model.input_dropout) == (0.0, usual)
    assert result.record.training.early_stop
    assert StreamConfig().learning_rate == result.record.training.learning_rate == 2e-3
