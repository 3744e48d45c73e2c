from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from melodyrnn import parse
from melodyrnn.data.gather import Gathered, Named
from melodyrnn.experiments import carry_out
from melodyrnn.experiments.benchmark import other_traditions, pitch_network, tonic_rows
from melodyrnn.experiments.benchmark.all_rows import PITCH_ALONE, ROWS
from melodyrnn.experiments.benchmark.folds import predict_folds
from melodyrnn.experiments.benchmark.melodies import melodies_of
from melodyrnn.experiments.benchmark.network_rows import NETWORKS
from melodyrnn.experiments.benchmark.rows import LTM_PLUS, NGRAMS, STM, Fold
from melodyrnn.experiments.benchmark.timed_rows import LINKED
from melodyrnn.models.config import EventConfig
from melodyrnn.music.song import Key, Note
from melodyrnn.system.place import Place

TINY = EventConfig(units=4, batch=4, steps=3, moves=1)


def tune(seed, notes=12):
    steps = np.random.default_rng(seed).choice(list("gabdcf"), notes)
    return parse("meter: 2/4\nkey: G major\n" + " ".join(f"{step}4" for step in steps))


@pytest.fixture(scope="module")
def fold():
    data = melodies_of([Named(str(seed), tune(seed)) for seed in range(7)])
    midi = tuple(int(symbol) for symbol in data.alphabet.symbols)
    return Fold(data.melodies[2:], data.melodies[:2], midi, seed=0)


@pytest.fixture
def tiny(monkeypatch):
    """One set of programs serves all trainings."""
    for settings in ("SETTINGS", "PRETRAINING", "FINE_TUNING"):
        monkeypatch.setattr(pitch_network, settings, TINY)
    monkeypatch.setattr(tonic_rows, "DEGREE_SETTINGS", TINY)


def test_every_row_predicts_over_the_alphabet(fold, tiny, monkeypatch):
    others = Gathered(tuple(Named(str(n), tune(n)) for n in range(100, 104)), (), ())
    monkeypatch.setattr(other_traditions, "gather_all", lambda corpus: others)
    predicted = {}
    rows = [row for row in ROWS if row.inputs == "pitch"]
    assert len([row for row in rows if row in NETWORKS]) == 6
    for row in rows:
        if row.prepare:
            made = row.prepare((*fold.train, *fold.test), 0)
            before = fold
            fold = replace(fold, prepared={row.model: made})
            fold.validated.update(before.validated)
            fold.chosen.update(before.chosen)
        predicted[row.model] = row.predict(fold, predicted)
        for melody, p in zip(fold.test, predicted[row.model], strict=True):
            assert p.shape == (len(melody.pitches), fold.pitches)
            assert p.sum(-1) == pytest.approx(np.ones(len(p)))


def test_choices_are_made_on_learned_melodies_alone(fold):
    inner = fold.inner
    assert set(inner.train) | set(inner.test) == set(fold.train)
    assert not set(inner.train) & set(inner.test)
    assert not {*inner.train, *inner.test} & set(fold.test)
    assert fold.inner is inner


def test_a_single_learned_melody_is_its_own_inner_validation(fold):
    alone = replace(fold, train=fold.train[:1])
    assert alone.inner.test == alone.inner.train == alone.train


def test_variants_of_the_targets_are_not_learned_before():
    learned, other = tune(0, 30), tune(1, 30)
    up = tuple(Note(Key().pitch(note.pitch.midi + 5), note.duration) for note in learned.notes)
    slow = tuple(Note(note.pitch, note.duration * 2) for note in learned.notes)
    uneven = tuple(
        Note(note.pitch, note.duration * (1 + n % 3)) for n, note in enumerate(learned.notes)
    )
    quoting = (*other.notes[:5], *learned.notes[8:20], *other.notes[5:])
    short_quote = (*other.notes[:5], *learned.notes[8:16], *other.notes[5:])
    rest = Note(None, Fraction(1))
    apart = other_traditions.apart(
        [
            Named("one", replace(learned, notes=notes))
            for notes in (up, slow, uneven, quoting, short_quote, (rest,), other.notes)
        ],
        [learned],
    )
    assert [named.song.notes for named in apart] == [short_quote, other.notes]


@pytest.mark.parametrize("row", LINKED)
def test_linked_viewpoints_know_the_time_of_a_note_and_no_pitch_before_it_came(fold, row):
    predicted = row.predict(fold, {})
    for melody, p in zip(fold.test, predicted, strict=True):
        assert p.shape == (len(melody.pitches), fold.pitches)
        assert p.sum(-1) == pytest.approx(np.ones(len(p)))
    first = fold.test[0]
    other = first.pitches.copy()
    other[6:] = (other[6:] + 1) % fold.pitches
    changed = row.predict(replace(fold, test=(replace(first, pitches=other),)), {})[0]
    assert (changed[:7] == predicted[0][:7]).all()
    assert not np.allclose(changed[7:], predicted[0][7:])


def test_copies_and_recent_pitches_are_in_the_pool_and_not_in_the_table():
    printed = {row.model for row in PITCH_ALONE if row.printed}
    hidden = {row.model for row in PITCH_ALONE} - printed
    assert {"recent pitches", "LSTM of degrees, copying"} <= hidden
    assert {row.model for row in PITCH_ALONE if not row.counts} == {"recent pitches"}


def test_workers_predict_what_is_predicted_here(fold):
    alone = [replace(row, alone=True) for row in (LTM_PLUS, STM)]
    steps = []
    predicted = predict_folds(alone, [fold, fold], lambda *step: steps.append(step[:2]))
    here = predict_folds([LTM_PLUS, STM], [fold], lambda *step: None)
    for model, found in predicted.items():
        for bits in found:
            for one, other in zip(bits, here[model][0], strict=True):
                assert (one == other).all()
    assert steps[-1] == (2, 2)


def test_progress_says_who_is_at_work(fold, monkeypatch):
    def share_out(work, tasks, place, after, lost, *, hear):
        for number, task in tasks.items():
            hear("2 workers")
            after(number, work(task))
            hear("2 workers")

    monkeypatch.setattr(carry_out, "share_out", share_out)
    steps, place = [], Place(cluster="tcp://127.0.0.1:1")
    predict_folds([STM], [fold], lambda *step: steps.append(step), place=place)
    said = [(0, 1, "steps, folds"), (0, 1, "steps, folds, 2 workers")]
    assert steps == [*said, (1, 1, "steps, folds, 2 workers")]


def test_rows_have_names_of_their_own():
    assert len({row.model for row in ROWS}) == len(ROWS)
    assert all(("viewpoints" in row.model) == ("time" in row.inputs) for row in NETWORKS)
    assert sum(row.fast for row in NETWORKS) == 2


def test_pitch_alone_learns_from_no_other_songs_and_no_key():
    assert {row.inputs for row in PITCH_ALONE} == {"pitch"}
    assert not any(row.pretrained or row.prepare for row in PITCH_ALONE)
    assert set(NGRAMS) <= set(PITCH_ALONE)
    assert {row.model for row in ROWS if row.pretrained} == {
        row.model for row in ROWS if "pretrained" in row.model
    }


def test_a_network_of_degrees_does_not_know_in_which_key_its_songs_stand(fold, tiny):
    up = [replace(melody, pitches=melody.pitches + 0) for melody in fold.test]
    moved = replace(fold, test=tuple(up), midi=tuple(midi + 3 for midi in fold.midi))
    here = tonic_rows.DegreeNetwork(fold)
    there = tonic_rows.DegreeNetwork(moved)
    assert [(t + 3) % 12 for t in here.pitches.tonics.of] == list(there.pitches.tonics.of)
