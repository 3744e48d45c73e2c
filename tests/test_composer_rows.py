"""The model of ``train`` and ``generate``, asked for pitches whose times are known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import songs

from melodyrnn import parse
from melodyrnn.data.gather import Gathered, Named
from melodyrnn.errors import VocabularyError
from melodyrnn.experiments.benchmark import composer, other_traditions
from melodyrnn.experiments.benchmark.composer import Composer, songs_of, tokenizer_of
from melodyrnn.experiments.benchmark.given_times import PitchesGivenTimes
from melodyrnn.experiments.benchmark.melodies import melodies_of
from melodyrnn.experiments.benchmark.network_rows import NETWORKS
from melodyrnn.experiments.benchmark.rows import LTM_PLUS, STM_X5UI, Fold
from melodyrnn.models.predictor import Predictor
from melodyrnn.music.song import Key, Note
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.tokenizer import PartsTokenizer, TuneTokenizer

sounding = songs().filter(lambda song: any(note.pitch for note in song.notes))


class Drawn(Predictor):
    """Logits drawn at random, up to a number that is another at each place."""

    window = 1
    parameters = 0

    def __init__(self, codes, seed):
        self.codes, self.seed = codes, seed

    def step(self, rows, state):
        raise NotImplementedError

    def logits(self, sequences):
        random = np.random.default_rng(self.seed)
        return [random.normal(0, 9, (len(ids) - 1, self.codes)) for ids in sequences]


def tune(seed, notes=12):
    random = np.random.default_rng(seed)
    steps = random.choice(list("gabdcfr"), notes)
    return parse("meter: 2/4\nkey: G major\n" + " ".join(f"{step}4" for step in ["g", *steps]))


def notes_of(tokenizer):
    return [(code, note) for code, note in enumerate(tokenizer.notes) if note]


@pytest.fixture(scope="module")
def fold():
    """The alphabet has pitches that no training melody has, and the test a duration."""
    odd = parse("meter: 2/4\nkey: G minor\nG4 g''4. r8 b-4 b-4 | g4 g4 d4 d4 c4 c4")
    songs = [Named("odd", odd), *(Named(str(seed), tune(seed)) for seed in range(6))]
    data = melodies_of(songs)
    test = [melody for melody in data.melodies if melody.name in ("odd", "0")]
    train = [melody for melody in data.melodies if melody not in test]
    return Fold(tuple(train), tuple(test), tuple(map(int, data.alphabet.symbols)), seed=0)


@pytest.fixture
def tiny(monkeypatch):
    small = {"units": 4, "batch": 4, "epochs": 2, "patience": 1}
    monkeypatch.setattr(composer, "SETTINGS", {**composer.SETTINGS, **small})
    monkeypatch.setattr(composer, "PRETRAINING", {})
    monkeypatch.setattr(composer, "PRETRAINING_EPOCHS", 1)
    monkeypatch.setattr(composer, "ROOM", 0)  # so that one program serves all trainings
    monkeypatch.setattr("melodyrnn.models.networks.event_reader.MOST_UNROLLED", 0)


@settings(max_examples=25)
@given(song=sounding, others=st.sets(st.integers(0, 127), max_size=5), seed=st.integers(0, 99))
def test_over_any_alphabet_it_is_a_distribution(song, others, seed):
    """And the product of both, p(duration) p(pitch | duration), is what the model says of a token,
    of all pitches of the alphabet.
    """
    own = {note.pitch.midi for note in song.notes if note.pitch}
    midi = sorted(own | others)
    tokenizer = PartsTokenizer.between([song], midi[0], midi[-1])
    data = Dataset.of([Named("it", song)], 1, tokenizer)
    model = Drawn(len(tokenizer.vocabulary), seed)
    (found,) = PitchesGivenTimes(tokenizer, midi).distributions(model, data)
    notes = [place for place, note in enumerate(song.notes) if note.pitch]
    assert found.shape == (len(notes), len(midi))
    assert found.sum(-1) == pytest.approx(np.ones(len(notes)))
    joint = model.distributions(data.sequences)[0][notes]
    codes = {(note.duration, note.pitch.midi): n for n, note in notes_of(tokenizer) if note.pitch}
    for row, p, place in zip(found, joint, notes, strict=True):
        alike = [p[codes[song.notes[place].duration, pitch]] for pitch in midi]
        assert row * sum(alike) == pytest.approx(alike, abs=1e-12)
    asked = PitchesGivenTimes(tokenizer, midi)
    (found,) = asked.distributions(model, data, own_duration=False)
    assert found.sum(-1) == pytest.approx(np.ones(len(notes)))
    for row, p in zip(found, joint, strict=True):
        alike = [sum(p[n] for (_, pitch), n in codes.items() if pitch == each) for each in midi]
        assert row * sum(alike) == pytest.approx(alike, abs=1e-12)


@settings(max_examples=25)
@given(learned=sounding, song=sounding)
def test_whatever_was_learned_each_note_of_another_song_is_predicted(learned, song):
    """Durations that no training melody has count as the nearest, and rests as rests."""
    midi = sorted({note.pitch.midi for each in (learned, song) for note in each if note.pitch})
    tokenizer = tokenizer_of([Named("learned", learned)], midi)
    data = Dataset.of([Named("it", song)], 1, tokenizer)
    model = Drawn(len(tokenizer.vocabulary), 0)
    (found,) = PitchesGivenTimes(tokenizer, midi).distributions(model, data)
    assert found.shape == (sum(1 for note in song if note.pitch), len(midi))


def test_a_vocabulary_without_a_pitch_of_the_alphabet_is_refused():
    tokenizer = TuneTokenizer.of([tune(0)], transpose=0)
    with pytest.raises(VocabularyError):
        PitchesGivenTimes(tokenizer, range(20, 90))


def test_it_predicts_over_the_alphabet_and_sees_nothing_that_comes_later(fold, tiny):
    inner = fold.inner
    learned = Composer.trained(songs_of(inner.train), fold.midi, 0, held_out=songs_of(inner.test))
    assert 1 <= learned.epochs <= 2
    odd = next(melody for melody in fold.test if melody.name == "odd")
    (found,) = learned.predict([odd], fold.midi)
    assert found.shape == (len(odd.pitches), fold.pitches)
    assert found.sum(-1) == pytest.approx(np.ones(len(found)))
    assert (found > 0).all()
    cut = 4
    pitch = Key().pitch(fold.midi[0])
    later = [
        Note(note.pitch and pitch, note.duration) if place > cut else note
        for place, note in enumerate(odd.song.song.notes)
    ]
    changed = replace(odd, song=replace(odd.song, song=replace(odd.song.song, notes=tuple(later))))
    (other,) = learned.predict([changed], fold.midi)
    assert other[:cut] == pytest.approx(found[:cut], abs=1e-9)
    assert not np.allclose(other[cut:], found[cut:])


def test_the_rows_choose_on_training_melodies_alone(fold, tiny, monkeypatch):
    """One network and several from scratch, and one that has learned other traditions."""
    others = Gathered(tuple(Named(str(n), tune(n)) for n in range(100, 104)), (), ())
    monkeypatch.setattr(other_traditions, "gather_all", lambda corpus: others)
    names = {melody.song.name for melody in fold.test}
    seen, trained = [], Composer.trained

    def spied(songs, midi, seed, **given):
        assert not names & {named.name for named in (*songs, *given.get("held_out", ()))}
        seen.append((len(songs), seed, given.get("epochs"), bool(given.get("start"))))
        return trained(songs, midi, seed, **given)

    monkeypatch.setattr(Composer, "trained", spied)
    above = {}
    for row in (LTM_PLUS, STM_X5UI, *(row for row in NETWORKS if "viewpoints" in row.model)):
        if row.prepare:
            fold.prepared[row.model] = row.prepare((*fold.train, *fold.test), 0)
        above[row.model] = row.predict(fold, above)
        for melody, p in zip(fold.test, above[row.model], strict=True):
            assert p.shape == (len(melody.pitches), fold.pitches)
            assert p.sum(-1) == pytest.approx(np.ones(len(p)))
    some, every = len(fold.inner.train), len(fold.train)
    scratch, tuned = fold.chosen["viewpoints"], fold.chosen["viewpoints, pretrained"]
    assert seen == [
        (some, 0, None, False),
        *((every, seed, scratch, False) for seed in (0, 1000, 2000)),
        (4, 0, composer.PRETRAINING_EPOCHS, False),
        (some, 0, None, True),
        (every, 0, tuned, True),
    ]
