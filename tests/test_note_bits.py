"""What notes cost by their sound, whatever tokens a model has."""

import numpy as np
import pytest

from melodyrnn.data.gather import Named
from melodyrnn.evaluation.note_bits import NoteBits, common_start, note_bits
from melodyrnn.models.predictor import Predictor
from melodyrnn.music.notation.text import parse, parse_token
from melodyrnn.music.notation.tokens import token
from melodyrnn.music.note_tokens import SPELLED_PITCHES, spelling_bits, spellings
from melodyrnn.music.song import Key, Note
from melodyrnn.sequences.open_vocabulary import OpenVocabulary
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.tokenizer import SongTokenizer, TuneTokenizer


class Fixed(Predictor):
    """The same distribution everywhere."""

    def __init__(self, p, window=1):
        self.table, self.window = np.log(p), window

    @property
    def parameters(self):
        return 0

    def step(self, rows, state):
        return np.tile(self.table, (len(rows), 1)), state

    def logits(self, sequences):
        return [np.tile(self.table, (len(ids) - self.window, 1)) for ids in sequences]


def dataset(tokenizer, text, window=1):
    return Dataset.of([Named("song", parse(text))], window, tokenizer)


def test_every_name_of_a_pitch_is_a_spelling_of_one_sound():
    eighth = parse_token("c8").duration
    names = [spellings(token(Note(Key().pitch(midi), eighth))) for midi in range(128)]
    assert 1 + sum(map(len, names)) == SPELLED_PITCHES
    for midi, tokens in enumerate(names):
        assert {parse_token(each).pitch.midi for each in tokens} == {midi}
        assert {parse_token(each).duration for each in tokens} == {eighth}
    assert set(spellings("c#4")) == set(spellings("d-4")) == {"c#4", "d-4", "B##4"}
    assert spellings("r4") == ("r4",)


def test_tokens_that_sound_alike_are_one_note_and_spellings_that_none_has_count_as_well():
    tokenizer = SongTokenizer.of([parse("c#4 d-4 g4")])
    symbols = tokenizer.vocabulary.symbols
    p = {"c#4": 0.2, "d-4": 0.3, "g4": 0.5}
    model = Fixed([p[symbol] for symbol in symbols])
    vocabulary = tokenizer.opened(0.1)
    found = note_bits(model, dataset(tokenizer, "g4 d-4 g4 e4"), vocabulary)
    assert (found.skipped, found.has_ends) == (1, False)

    def unknown(token):
        new = [each for each in spellings(token) if each not in tokenizer.vocabulary]
        bits = vocabulary.spelled([spelling_bits(each, SPELLED_PITCHES) for each in new])
        return np.exp2(-bits).sum()

    expected = [0.9 * 0.5 + unknown("d-4"), 0.9 * 0.5 + unknown("g4"), unknown("e4")]
    np.testing.assert_allclose(found.bits, [-np.log2(expected)])


def test_a_tune_costs_what_its_tokens_cost_and_its_end():
    tokenizer = TuneTokenizer.of([parse("c4 g4")], 0)
    symbols = tokenizer.vocabulary.symbols
    p = np.arange(1, len(symbols) + 1) / sum(range(1, len(symbols) + 1))
    found = note_bits(Fixed(p), dataset(tokenizer, "c4 g4 g4"), OpenVocabulary(0.2))
    ids = [tokenizer.vocabulary.index(each) for each in tokenizer.tokens(parse("c4 g4 g4"))[1:]]
    np.testing.assert_allclose(found.bits, [-np.log2(0.8 * p[ids])])
    assert (found.skipped, found.has_ends, len(found.bits[0])) == (0, True, 4)


def test_models_are_compared_on_the_notes_that_all_predict():
    tune = NoteBits(0, True, [[9.0, 1.0, 2.0, 3.0, 4.0], [8.0, 6.0, 5.0, 7.0]])
    windows = NoteBits(2, False, [[2.0, 4.0], [6.0]])
    assert common_start([tune, tune]) == 0
    assert common_start([tune, windows]) == 2
    assert tune.notes(0) == [4, 3]
    assert tune.per_note(0) == [pytest.approx(19 / 4), pytest.approx(26 / 3)]
    assert tune.mean(0) == pytest.approx(45 / 7)
    assert tune.notes(2) == windows.notes(2) == [2, 1]
    assert tune.per_note(2) == [2.5, 5.0]
    assert windows.per_note(2) == [3.0, 6.0]
    assert windows.mean(2) == 4.0
