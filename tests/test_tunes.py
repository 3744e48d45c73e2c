"""Many tunes as a stream: start and end, transposition, held-out bits, resuming, leaks."""

import csv
import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.data.gather import Named
from melodyrnn.errors import ConfigError, RunError
from melodyrnn.models.backend import keras
from melodyrnn.models.config import STREAM_MODEL, ModelConfig, StreamConfig
from melodyrnn.models.networks import step_network as models
from melodyrnn.models.networks.layers import FactoredLogits
from melodyrnn.models.networks.numpy_network import Network
from melodyrnn.models.networks.plain_weights import parts
from melodyrnn.music.notation.text import parse
from melodyrnn.music.note_tokens import plain_tokens, respelled, shifted, to_tokens
from melodyrnn.music.song import Key, Note, Pitch, Song
from melodyrnn.sequences.score import total
from melodyrnn.sequences.streams import Chunk, Stream
from melodyrnn.sequences.vocabulary import END, START
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.notes import scores_of
from melodyrnn.tasks.songs import SongTask
from melodyrnn.tasks.tokenizer import TuneTokenizer
from melodyrnn.tasks.tunes import TuneTask, epochs
from melodyrnn.workflows.evaluate import evaluate
from melodyrnn.workflows.generate import generate
from melodyrnn.workflows.train import train
from tests.strategies import songs as any_songs

SMALL = {"units": 12, "embedding": 8, "epochs": 3, "steps": 8}


LSTM = {**SMALL, "model": "lstm"}


def tunes(count=24):
    """Short tunes of few notes that no two of them share much of."""
    random = np.random.default_rng(4)
    scale = [Key().pitch(midi) for midi in (60, 62, 64, 65, 67, 69, 71, 72)]
    lengths = (Fraction(1, 2), Fraction(1), Fraction(3, 2))
    return [
        Song(
            tuple(
                Note(scale[random.integers(8)], lengths[random.integers(3)])
                for _ in range(random.integers(8, 20))
            ),
            title=f"tune {n}",
        )
        for n in range(count)
    ]


def test_all_seeds_hold_out_the_same_songs():
    songs = [Named(song.title, song) for song in tunes()]
    for task in (SongTask(), TuneTask()):
        sides = [task.plan(songs, {"held_out": 0.2, "seed": seed})[1] for seed in (0, 1)]
        assert sides[0] == sides[1]


@given(any_songs(changes=False), st.integers(-11, 11))
def test_plain_tokens_move_as_pitches_do(song, shift):
    moved = [shifted(token, shift) for token in plain_tokens(song)]
    midi = [note.pitch and note.pitch.midi + shift for note in song.notes]
    if all(m is None or 0 <= m <= 127 for m in midi):
        notes = tuple(
            Note(m if m is None else Key().pitch(m), note.duration)
            for m, note in zip(midi, song.notes, strict=True)
        )
        assert moved == plain_tokens(replace(song, notes=notes))
    else:
        assert None in moved


@given(any_songs(changes=False))
def test_respelling_changes_no_sound(song):
    respelt = respelled(song)
    assert [n.pitch and n.pitch.midi for n in respelt.notes] == [
        n.pitch and n.pitch.midi for n in song.notes
    ]
    assert plain_tokens(respelt) == plain_tokens(song)


def test_the_vocabulary_is_closed_and_ends_with_start_and_end():
    tokenizer = TuneTokenizer.of(tunes(), 2)
    vocabulary = tokenizer.vocabulary
    assert vocabulary.symbols[-2:] == (START, END)
    table = tokenizer.moved(2)
    sequences = Dataset.of([Named(s.title, s) for s in tunes()], 1, tokenizer).sequences
    for sequence in sequences:
        assert sequence[0] == vocabulary.index(START)
        assert sequence[-1] == vocabulary.index(END)
        assert (table[:, sequence] >= 0).all()
        up = vocabulary.decode(table[4][sequence])[1:-1]
        assert up == [shifted(token, 2) for token in vocabulary.decode(sequence)[1:-1]]
    assert (table[2] == np.arange(len(vocabulary))).all()


def whole(stream: Stream) -> Chunk:
    """All chunks as one."""
    return Chunk(*(np.concatenate(arrays) for arrays in zip(*stream, strict=True)))


def test_each_epoch_has_every_tune_once_in_an_order_and_key_of_its_own():
    tokenizer = TuneTokenizer.of(tunes(), 1)
    dataset = Dataset.of([Named(s.title, s) for s in tunes()], 1, tokenizer)
    sequences = dataset.sequences
    config = StreamConfig(transpose=1, batch=3, steps=8)
    stream = epochs(dataset, ModelConfig(), config)
    first, again, second = whole(stream(0)), whole(stream(0)), whole(stream(1))
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert first.x.shape != second.x.shape or (first.x != second.x).any()
    for batches in (first, second):
        assert (~batches.keep).sum() == len(sequences)
        assert batches.mask.sum() == sum(len(sequence) - 1 for sequence in sequences)
        assert (batches.x[~batches.keep] == tokenizer.start).all()
    with_bars = whole(epochs(dataset, ModelConfig("lookback"), config)(1))
    assert (with_bars.x[..., 0] == second.x).all()
    assert (with_bars.y == second.y).all()


def test_factored_logits_are_the_sums_of_their_parts():
    ids = parts([[60, 1], [62, 1], [60, 2]])
    assert ids.tolist() == [[0, 0], [1, 0], [0, 1]]
    layer = FactoredLogits(ids)
    h = np.random.default_rng(0).normal(size=(2, 5)).astype(np.float32)
    logits = np.asarray(layer(h))
    scores = h @ np.asarray(layer.kernel)
    expected = [
        scores[:, 0] + scores[:, 2],
        scores[:, 1] + scores[:, 2],
        scores[:, 0] + scores[:, 3],
    ]
    np.testing.assert_allclose(logits, np.stack(expected, 1), atol=1e-6)


def test_a_factored_model_is_saved_and_loaded(tmp_path):
    tokenizer = TuneTokenizer.of(tunes(), 0)
    config = ModelConfig(**STREAM_MODEL | {"units": 8, "tokenization": "factored"})
    network = models.build(config, len(tokenizer.vocabulary), 1, tokenizer.attributes)
    network.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    x = np.array([[3]], dtype=np.int32)
    np.testing.assert_allclose(loaded(x), network(x), atol=1e-6)
    with pytest.raises(
        ConfigError, match="tokenization factored needs input embedding, not onehot"
    ):
        models.build(ModelConfig(input="onehot", tokenization="factored"), 5)
    with pytest.raises(
        ConfigError, match="tokenization factored needs the attributes of all 5 tokens"
    ):
        models.build(ModelConfig(input="embedding", tokenization="factored"), 5)


def test_logits_of_many_sequences_are_those_of_each():
    tokenizer = TuneTokenizer.of(tunes(), 0)
    sequences = Dataset.of([Named(s.title, s) for s in tunes()], 1, tokenizer).sequences
    config = ModelConfig(**STREAM_MODEL | {"units": 8})
    network = Network.of(models.build(config, len(tokenizer.vocabulary), 1), config)
    together = network.logits(sequences)
    for sequence, logits in zip(sequences, together, strict=True):
        state, rows = network.begin(1), []
        for index in sequence[:-1]:
            row, state = network.step(np.array([[index]], dtype=np.int32), state)
            rows.append(row[0])
        np.testing.assert_allclose(logits, rows, atol=1e-5)


@pytest.mark.parametrize("tokens", ["joint", "factored"])
@pytest.mark.parametrize("model", ["lstm", "attention", "lookback"])
def test_many_tunes_leave_a_run_that_is_measured_on_others(tmp_path, model, tokens):
    result = train(
        tunes(), output=tmp_path / "run", model=model, tokenization=tokens, transpose=1, **SMALL
    )
    counts = result.metrics["songs"]
    assert sum(counts.values()) == 24
    assert counts["held_out"] >= 2
    parts, notes = result.run.parts, result.held_out.all
    held_out = {song.song.title for song in parts.held_out}
    assert not held_out & {song.song.title for song in parts.train}
    assert notes == sum(len(song.song) for song in parts.held_out)
    assert 0 < result.bits < 12
    found = evaluate(result.run)
    assert (found.memory, found.generalising.notes) == (None, notes)
    assert found.generalising.with_end.value == pytest.approx(result.bits)
    assert found.generalising.predicted["both"].bits.value < result.bits
    validation = Dataset.of(parts.validation, 1, TuneTokenizer(result.record.vocabulary))
    vocabulary = validation.tokenizer.opened(result.record.unknown_rate)
    with (tmp_path / "run" / "history.csv").open() as file:
        chosen = list(csv.DictReader(file))[result.record.best_epoch - 1]["val_bits"]
    again = total(scores_of(result.run.predictor(), validation, vocabulary))
    assert again.bits == pytest.approx(float(chosen), abs=1e-4)
    strange = parse("title: strange\n\nc4 d4 CC64", "strange")
    some = evaluate(result.run, [tunes()[0], strange, tunes()[1]])
    assert [each.scores["both"].unknown for each in some.items] == [0, 1, 0]
    assert [each.model for each in result.baselines] == [
        "order-2 PPM",
        "PPM*",
        "ppm --memory both+",
    ]
    document = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert document["task"] == "tunes"
    assert document["metrics"] == result.metrics
    assert result.to_json()["codes"] == len(result.record.vocabulary)
    assert document["metrics"]["bits_per_note"] == pytest.approx(result.bits)


def test_what_is_done_beside_the_learning_is_reported(tmp_path):
    seen = []
    result = train(
        tunes(), output=tmp_path / "run", progress=lambda *news: seen.append(news), **LSTM
    )
    held_out = len(result.run.parts.held_out)
    calls = [each for each in seen if not each[2].startswith("steps")]
    assert calls[0] == (0, 24, "tunes sorted by what they are for")
    assert calls[1:] == [
        (done, held_out, f"songs, {model} predicts")
        for model in ("order-2 PPM", "PPM*", "ppm --memory both+")
        for done in (0, *range(held_out))
    ]


@pytest.mark.parametrize("model", ["mlp", "ngram"])
def test_a_model_of_windows_too_is_measured_on_songs_held_out(tmp_path, model):
    settings = {"model": model, "held_out": 0.2, "output": tmp_path / "run"}
    settings |= {"epochs": 30} if model == "mlp" else {}
    result = train(tunes(), **settings)
    record = result.record
    parts = [
        {song["name"] for song in part}
        for part in (record.songs, record.validation, record.held_out)
    ]
    assert len(set().union(*parts)) == sum(map(len, parts)) == 24
    assert (model == "ngram") == (not record.validation)
    held_out = result.to_json()["held_out"]
    assert held_out["songs"] == len(record.held_out) > 2
    found = evaluate(result.run)
    assert not any(item.in_training_set for item in found.items)
    document = found.to_json()
    assert document["one_step"] == held_out["one_step"]
    assert document["bits_per_note"] == pytest.approx(held_out["bits_per_note"])
    assert train(tunes(), resume=True, **settings).held_out.bits == pytest.approx(
        result.held_out.bits
    )
    by_heart = train(tunes(), model="ngram", output=tmp_path / "whole")
    assert (by_heart.held_out, len(by_heart.record.songs)) == (None, 24)


def test_counting_runs_of_any_length_is_a_model_among_the_others(tmp_path):
    result = train(tunes(), output=tmp_path / "run", model="ppm")
    baseline = {each.model: each.bits for each in result.baselines}
    assert result.bits == pytest.approx(baseline["PPM*"])
    assert not result.advice
    assert not result.run.parts.validation
    assert evaluate(result.run).generalising.with_end.value == pytest.approx(result.bits)
    joined = evaluate(result.run, with_short_term=True).generalising.with_end.value
    assert joined != pytest.approx(result.bits)
    (made,) = generate(result.run, bars=2, meter="4/4").songs
    assert made.song.duration == 8
    two = train(tunes(), output=tmp_path / "two", model="ppm", order=2)
    assert two.bits == pytest.approx(baseline["order-2 PPM"])


@pytest.mark.parametrize("model", ["lstm", "lookback"])
def test_a_run_on_many_tunes_makes_whole_songs_from_nothing(tmp_path, model):
    run = train(tunes(), output=tmp_path / "run", model=model, **SMALL).run
    for made in generate(run, count=5, bars=4, meter="4/4", key="C", end=True).songs:
        assert made.primer == 0
        assert made.song.duration == 16
        assert made.song.notes[-1].pitch.step == "c"
        assert list(made.tokens) == to_tokens(made.song)
    started = generate(run, primer="c4", length=3, count=9, output=tmp_path / "new.txt").songs
    assert {song.tokens[0] for song in started} == {"c4"}
    assert {song.primer for song in started} == {1}
    assert max(len(song.tokens) for song in started) <= 4
    assert all(song.file.exists() for song in started)


def test_looking_back_needs_learned_vectors(tmp_path):
    for songs in (tunes(), tunes(1)):
        with pytest.raises(ConfigError, match="model lookback needs input embedding, not oneh"):
            train(songs, output=tmp_path / "run", model="lookback", input="onehot")
    assert not (tmp_path / "run").exists()


def test_the_split_does_not_depend_on_the_order_of_files(tmp_path):
    one = train(tunes(), output=tmp_path / "one", **LSTM)
    other = train(tunes()[::-1], output=tmp_path / "other", **LSTM)
    for mine, theirs in zip(one.run.parts, other.run.parts, strict=True):
        assert {n.song.title for n in mine} == {n.song.title for n in theirs}


def test_a_planted_song_never_stands_on_both_sides(tmp_path):
    planted = tunes(1)[0]
    up = tuple(replace(n, pitch=Key().pitch(n.pitch.midi + 2)) for n in planted.notes)
    copies = [replace(planted, title="copy"), replace(planted, notes=up, title="moved")]
    result = train([*tunes(), *copies], output=tmp_path / "run", **LSTM)
    sides = [
        {n.song.title for n in part} & {"tune 0", "copy", "moved"} for part in result.run.parts
    ]
    assert sorted(map(len, sides)) == [0, 0, 3]


def test_a_resumed_training_ends_in_the_same_bytes(tmp_path):
    straight = train(tunes(), output=tmp_path / "straight", transpose=2, **LSTM)

    def stop(done, total, words):
        if words.startswith("steps") and done == 2:
            raise KeyboardInterrupt

    settings = {"output": tmp_path / "cut", "transpose": 2, **LSTM}
    stopped = train(tunes(), progress=stop, **settings)
    assert stopped.interrupted
    assert not stopped.baselines  # whoever stops it does not wait for them
    resumed = train(tunes()[::-1], resume=True, **settings)
    assert resumed.bits == straight.bits
    for name in ("model.keras", "history.csv"):
        one, two = ((tmp_path / run / name).read_bytes() for run in ("straight", "cut"))
        assert one == two
    with pytest.raises(RunError, match="was trained on 24 songs as they then were"):
        train(tunes(23), resume=True, **settings)


def test_what_leaves_nothing_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="songs held out need at least two different tunes"):
        train([tunes(1)[0]] * 3, output=tmp_path / "run")
    with pytest.raises(ConfigError, match="a stream of tunes has window 1"):
        train(tunes(), output=tmp_path / "run", model="lstm", input="index")
    assert not (tmp_path / "run").exists()


def test_with_nothing_held_out_memory_is_measured_and_named_so(tmp_path):
    settings = {"model": "lstm", "epochs": 2, "units": 4, "steps": 8}
    result = train(tunes(), output=tmp_path / "run", held_out=0.0, **settings)
    metrics = result.record.metrics
    assert metrics["songs"] == {"train": 24, "validation": 0, "held_out": 0}
    assert result.held_out is None
    assert (metrics["held_out_notes"], metrics["learned_notes"]) == (0, sum(map(len, tunes())))
    assert metrics["bits_per_note"] == result.bits > 0


def test_a_pitch_of_another_name_is_the_same_token():
    sharp, flat = (
        Song((Note(Pitch(step, alter), Fraction(1)),)) for step, alter in (("c", 1), ("d", -1))
    )
    assert plain_tokens(sharp) == plain_tokens(flat)
