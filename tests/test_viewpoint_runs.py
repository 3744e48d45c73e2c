"""The model of viewpoints through the whole house: trained, resumed, evaluated, and at play."""

import json
import shutil
from collections import Counter

import numpy as np
import pytest
from click.testing import CliRunner

from melodyrnn import parse
from melodyrnn.cli import main
from melodyrnn.data.gather import gather
from melodyrnn.errors import ConfigError, RunError
from melodyrnn.models.ensemble import Ensemble
from melodyrnn.music.song import Song
from melodyrnn.runs.run import Run
from melodyrnn.tasks.dataset import Dataset, context_of
from melodyrnn.tasks.tokenizer import PartsTokenizer
from melodyrnn.tasks.tunes import TuneTask
from melodyrnn.tasks.whole_songs.features import features_of
from melodyrnn.workflows.evaluate import evaluate
from melodyrnn.workflows.generate import generate
from melodyrnn.workflows.train import train
from tests.processes import killed_training
from tests.test_tunes import tunes

SMALL = {"model": "viewpoints", "units": 8, "epochs": 3, "batch": 8}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Tunes in two meters and keys, in files."""
    folder = tmp_path_factory.mktemp("tunes")
    for number, song in enumerate(tunes()):
        header = "meter: 3/4\nkey: F major\n" if number % 3 else "meter: 2/4\npickup: 8\n"
        notes = " ".join(map(str, _tokens(song)))
        (folder / f"{number}.txt").write_text(f"title: {number}\n{header}{notes}\n")
    return folder


def _tokens(song: Song) -> list[str]:
    from melodyrnn.music.note_tokens import to_tokens

    return to_tokens(song)


@pytest.fixture(scope="module")
def run(folder, tmp_path_factory):
    return train(folder, output=tmp_path_factory.mktemp("run") / "run", **SMALL).run


def test_it_knows_every_pitch_with_every_duration(run):
    durations = {"8", "4", "4."}
    symbols = run.record.vocabulary.symbols
    assert len(symbols) == 3 * 13 + 2  # c to c' and no rest; start and end
    assert {symbol.strip("abcdefg'#-") for symbol in symbols[:-2]} == durations
    assert run.record.model.dropout == 0.5  # as is usual for few tunes


def test_what_it_was_told_is_charged_apart(run):
    metrics = run.record.metrics
    assert metrics["bits_per_note"] > metrics["bits_per_note_without_end"] > 0
    assert 0 < metrics["header_bits_per_note"] < 1
    found = evaluate(run)
    assert found.bits == pytest.approx(metrics["bits_per_note"], abs=1e-6)
    charged = found.to_json()["header_bits_per_note"]
    assert charged == pytest.approx(metrics["header_bits_per_note"], abs=1e-6)


def test_what_it_was_told_is_printed_beside_the_bits_per_note(run, folder):
    learned = evaluate(run, folder)
    both = [learned.header_bits_of(seen) for seen in (True, False)]
    assert min(both) > 0
    shown = CliRunner().invoke(main, ["evaluate", str(run.path), str(folder)])
    charged = [line.split() for line in shown.output.splitlines() if line.startswith("header")]
    assert charged == [["header", f"{bits:.3f}"] for bits in both]


def test_same_seed_same_bytes(folder, run, tmp_path):
    again = train(folder, output=tmp_path / "again", **SMALL).run
    other = train(folder, output=tmp_path / "other", seed=1, **SMALL).run
    first, second, third = (
        (each.path / "weights.npz").read_bytes() for each in (run, again, other)
    )
    assert first == second != third
    songs = [generate(each, count=3, seed=5).songs for each in (run, again)]
    assert songs[0] == songs[1]


def test_a_killed_training_goes_on_to_the_same_bytes(folder, run, tmp_path):
    path = tmp_path / "killed"
    when = "self._trainer.program.place == 1 and self._trainer.epoch == 1"
    assert killed_training(folder, path, SMALL, when) == 9
    with pytest.raises(RunError, match=r"has no weights\.npz yet; its training was cut off"):
        generate(path)
    resumed = train(folder, output=path, resume=True).run
    assert (resumed.path / "weights.npz").read_bytes() == (run.path / "weights.npz").read_bytes()
    assert resumed.record.metrics == run.record.metrics


def test_songs_have_headers_of_their_own_and_the_same_whatever_is_drawn_beside_them(run):
    made = generate(run, count=40).songs
    meters = Counter(str(each.song.meter) for each in made)
    assert set(meters) == {"2/4", "3/4"}
    assert meters["3/4"] > meters["2/4"]
    assert {str(each.song.key) for each in made} == {"C major", "F major"}
    assert {each.song.pickup for each in made if str(each.song.meter) == "3/4"} == {0}
    few = generate(run, count=5).songs
    assert [each.tokens for each in few] == [each.tokens for each in made[:5]]
    assert [each.take for each in made] == list(range(1, 41))


def test_new_songs_are_like_people_s_as_wholes(run):
    """Of a network that hardly knows where songs are over."""
    assert (run.path / "whole_songs.npz").is_file()
    learned = _mean_features(run.parts.train)
    weighed, once = (
        _mean_features(generate(run, count=60, candidates=candidates).songs)
        for candidates in (32, 1)
    )
    deviations = run.whole_songs.deviations[: len(learned)]
    apart = [
        np.abs((found - learned) / np.where(deviations > 0, deviations, 1)).mean()
        for found in (weighed, once)
    ]
    assert apart[0] < 0.8 * apart[1]


def _mean_features(items) -> np.ndarray:
    return np.mean([features_of(each.song) for each in items], axis=0)


def test_how_many_are_drawn_for_each(run, tmp_path):
    usual = run.whole_songs.candidates
    assert usual > 1
    assert generate(run).to_json()["candidates"] == usual
    for asked in ({"bars": 2, "ties": True}, {"length": 9}, {"primer": "c4 d4"}, {"beam": 2}):
        assert generate(run, **asked).to_json()["candidates"] == 1
    alone, weighed = (
        generate(run, count=8, bars=2, ties=True, candidates=candidates).songs
        for candidates in (1, 16)
    )
    assert [each.tokens for each in alone] != [each.tokens for each in weighed]
    for other, named in (({"beam": 3}, "beam 3"), ({"temperature": 0}, "temperature 0")):
        with pytest.raises(ConfigError, match=f"candidates has no effect with {named}"):
            generate(run, candidates=2, **other)
    without = tmp_path / "without"
    shutil.copytree(run.path, without)
    (without / "whole_songs.npz").unlink()
    assert generate(without).to_json()["candidates"] == 1
    with pytest.raises(ConfigError, match="has not learned what whole songs weigh"):
        generate(without, candidates=2)


def test_new_songs_are_called_after_the_collections_of_a_run(run, folder):
    assert run.record.songs[0]["collections"] == folder.name
    assert generate(run).songs[0].song.title == f"After {folder.name}"
    assert generate(run, title="Mine").songs[0].song.title == "Mine"
    gathered = gather([folder, folder])
    assert gathered.collections == (folder.name,) * 2
    assert gather(sorted(folder.glob("*.txt"))[:2]).collections == ()


def test_degrees_are_counted_from_the_tonic_whatever_is_the_lowest_pitch():
    songs = [parse("key: D major\n\ng4 d4"), parse("key: F major\n\ng4 f4")]  # g is the lowest
    tokenizer = PartsTokenizer.of([*songs, parse("GG4 g'4")], 0)
    observer = tokenizer.observer()
    for song in songs:
        observed = observer.begin([context_of(song)])
        for token in tokenizer.encode(song)[:-1]:
            observed = observer.append(observed, np.array([token]))
        degree = observed.seen.factors[0, 3]
        assert (degree, observer.layout.degrees[observed.seen.last[0]]) == (1, 0)


def test_what_is_asked_for_is_kept(run):
    result = generate(run, count=8, bars=4, meter="4/4", key="G major", end=True, ties=True)
    for made in result.songs:
        assert str(made.song.meter) == "4/4"
        assert made.song.duration == 16 + made.song.pickup
        assert made.song[-1].pitch.step == "g"
    with pytest.raises(ConfigError, match="a pickup of 4 quarter notes; it is shorter than a bar"):
        generate(run, pickup="1")


def test_a_beam_and_a_short_term_model_and_an_ensemble(run):
    found = generate(run, beam=4, count=2, bars=2, ties=True).songs
    assert found[0].log_probability >= found[1].log_probability
    assert str(found[0].song.meter) == "3/4"  # as most have
    assert generate(run, with_short_term=True, max_copy=6, avoid_loops=True, top_p=0.9).songs
    predictor = run.predictor()
    dataset = Dataset.of(run.parts.held_out, 1, run.tokenizer)
    both = Ensemble([predictor, predictor]).with_contexts(dataset.contexts)
    alone = predictor.with_contexts(dataset.contexts)
    for a, b in zip(
        both.log_probs(dataset.sequences), alone.log_probs(dataset.sequences), strict=True
    ):
        np.testing.assert_allclose(a, b, atol=1e-9)


def test_how_many_bars_are_asked_for_changes_what_is_expected(run):
    known, unknown = (
        generate(run, count=1, seed=3, meter="3/4", key="F", pickup="0", **bars)
        for bars in ({"bars": 8, "ties": True}, {"length": 20})
    )
    task, form = TuneTask(), known.form
    assert form.bars == 8
    assert known.songs[0].log_probability != unknown.songs[0].log_probability
    assert task.name == run.record.task


def test_damaged_weights_are_named(run, tmp_path):
    path = tmp_path / "damaged"
    path.mkdir()
    for name in ("run.json", "weights.npz"):
        (path / name).write_bytes((run.path / name).read_bytes())
    (path / "weights.npz").write_bytes(b"PK" + bytes(50))
    with pytest.raises(RunError, match=r"weights\.npz: is damaged or holds another network"):
        Run.open(path).predictor()
    document = json.loads((run.path / "run.json").read_text())
    document["vocabulary"] = document["vocabulary"][13:]
    (path / "run.json").write_text(json.dumps(document))
    (path / "weights.npz").write_bytes((run.path / "weights.npz").read_bytes())
    with pytest.raises(RunError, match=r"holds another network than run\.json says"):
        Run.open(path).predictor()


@pytest.mark.parametrize("option", ["layers", "steps", "embedding"])
def test_settings_without_effect_are_refused(folder, option):
    with pytest.raises(ConfigError, match=f"{option} has no effect with model viewpoints"):
        train(folder, model="viewpoints", **{option: 2})


def test_it_learns_no_song_by_heart(folder):
    with pytest.raises(ConfigError, match="model viewpoints learns several songs"):
        train(folder / "0.txt", model="viewpoints")


def test_parts_of_new_tokens_are_expected_as_often_as_durations_are_new():
    songs = tunes()
    tokenizer = PartsTokenizer.of(songs, 2)
    assert len(tokenizer.vocabulary) == 3 * 17 + 2
    named = [type("Named", (), {"song": song})() for song in songs]
    notes = sum(len(song) + 1 for song in songs)
    assert tokenizer.unknown_rate(named) == pytest.approx(0.5 / (notes + 1))
