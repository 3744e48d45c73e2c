"""The five shapes on melodies: what the lessons see, and that they run as they say."""

import json
from collections import Counter
from fractions import Fraction
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from melodyrnn.data.gather import Named
from melodyrnn.lessons import answer, bars, label, tradition
from melodyrnn.lessons.lesson import SHAPES
from melodyrnn.lessons.shared import corpus_tunes
from melodyrnn.music.notation.text import parse
from melodyrnn.music.song import Key, Meter, Note, Song
from melodyrnn.sequences.families import families
from melodyrnn.system.progress import silent

LESSONS = [tradition.LESSON, bars.LESSON, answer.LESSON, label.LESSON]
METERS = {"kinder": Meter(2, 4), "essen/china": Meter(3, 4), "oneills": Meter(6, 8)}
KEYS = {"kinder": Key(0), "essen/china": Key(1), "oneills": Key(2)}


def walk(seed, corpus):
    """A tune that goes by small steps of its corpus's own kind, in bars of its meter."""
    random, meter = np.random.default_rng((seed, len(corpus))), METERS[corpus]
    steps = {"kinder": [0, 2, -2], "essen/china": [3, -3, 2, -2], "oneills": [1, -1, 4, -3]}[corpus]
    notes, midi = [], 67
    for _ in range(10):
        left = meter.bar
        while left:
            length = min(left, Fraction(1) if left == meter.bar else Fraction(1, 2))
            notes.append(Note(Key().pitch(midi), length))
            midi = int(np.clip(midi + random.choice(steps), 55, 84))
            left -= length
    return Song(tuple(notes), meter=meter, key=KEYS[corpus], title=f"{corpus} {seed}")


def transposed(song, by):
    notes = tuple(Note(Key().pitch(n.pitch.midi + by), n.duration) for n in song.notes)
    return Song(notes, meter=song.meter, title=song.title)


@pytest.fixture
def corpora(monkeypatch):
    """Small corpora in place of music21's, with some tunes twice, in other keys."""

    def gather_all(corpus):
        corpus = corpus.name if corpus.name in METERS else "kinder"
        songs = [walk(seed, corpus) for seed in range(14)]
        songs += [transposed(song, 5) for song in songs[:5]]
        named = (Named(f"{corpus}-{n}", song) for n, song in enumerate(songs))
        return SimpleNamespace(songs=tuple(named))

    monkeypatch.setattr(corpus_tunes, "gather_all", gather_all)


@pytest.fixture
def short(monkeypatch, corpora):
    """Short rows, so that networks are built at once."""
    for module, name, size in [
        (corpus_tunes, "EXCERPT", 6),
        (tradition, "EXCERPT", 6),
        (bars, "NOTES", 8),
        (label, "LINE", 8),
        (label, "_ENOUGH", 2),
        (answer, "HALF", 15),
    ]:
        monkeypatch.setattr(module, name, size)
    monkeypatch.setattr(tradition, "LESSON", small(tradition.LESSON))


def small(lesson):
    own = {"excerpts": 2} if "excerpts" in lesson.own else {}
    return lesson.with_settings({"units": 4, "epochs": 2, "tunes": 19, **own})


def test_no_family_is_in_two_parts(corpora):
    parts = corpus_tunes.gather_split(19, silent)
    everything = [tune for part in parts for tune in part]
    side = {id(tune): place for place, part in enumerate(parts) for tune in part}
    related = families([tune.moves for tune in everything])
    assert any(len(family) > 1 for family in related)
    for family in related:
        assert len({side[id(everything[place])] for place in family}) == 1


def test_the_sample_is_the_same_in_any_order(corpora, monkeypatch):
    first = [tune.name for part in corpus_tunes.gather_split(8, silent) for tune in part]
    forwards = corpus_tunes.gather_all

    def backwards(corpus):
        return SimpleNamespace(songs=forwards(corpus).songs[::-1])

    monkeypatch.setattr(corpus_tunes, "gather_all", backwards)
    again = [tune.name for part in corpus_tunes.gather_split(8, silent) for tune in part]
    assert sorted(again) == sorted(first)
    assert Counter(name.partition("-")[0] for name in first) == dict.fromkeys(METERS, 8)


def test_only_tunes_of_the_length_asked_for(corpora):
    for limits, length in [({"longest": 40}, 30), ({"shortest": 40}, 50)]:
        found = corpus_tunes.gather_split(19, silent, **limits)
        assert {len(tune.notes) for part in found for tune in part} == {length}


@pytest.mark.parametrize("count", [1, 3, 6])
def test_each_tune_has_as_many_excerpts_of_one_length(count):
    for length in (24, 30, 100):
        found = corpus_tunes.excerpts(range(length), count)
        assert [len(excerpt) for excerpt in found] == [corpus_tunes.EXCERPT] * count
        assert found[0][0] == 0
        assert count == 1 or found[-1][-1] == length - 1


@pytest.mark.parametrize(("fifths", "meter"), [*product([0, -5, 4], [Meter(2, 4), Meter(3, 8)])])
def test_neither_key_nor_meter_nor_title_is_seen(fifths, meter):
    song = parse("g8 a8 b4 d'2 b4 g2")
    dressed = Song(song.notes, title="Reel", key=Key(fifths), meter=meter)
    bare, other = (corpus_tunes.LabelledTune("x", each, "Irish") for each in (song, dressed))
    assert corpus_tunes.attributes(bare.moves) == corpus_tunes.attributes(other.moves)
    assert bars.note_attributes(bare.notes) == bars.note_attributes(other.notes)


def test_bar_lines_are_hidden_from_what_is_to_find_them(corpora):
    part = bars.part_of(corpus_tunes.gather_split(19, silent).held_out)
    shifted = [
        corpus_tunes.LabelledTune(t.name, Song(t.song.notes, meter=Meter(5, 4)), t.tradition)
        for t in part.tunes
    ]
    other = bars.part_of(shifted)
    assert (other.batch.x == part.batch.x).all()
    assert (other.batch.y != part.batch.y).any()
    assert not part.targets[~part.batch.mask].any()


def test_positions_find_bars_of_one_length():
    part = bars.part_of([corpus_tunes.LabelledTune("x", walk(0, "kinder"), "German")])
    assert ((bars.by_position(part)(part) > 0) == part.targets).all()


def test_counts_find_bars_that_a_length_predicts():
    part = bars.part_of([corpus_tunes.LabelledTune("x", walk(0, "kinder"), "German")])
    shares = bars.by_counts(part)(part)
    assert shares[part.targets].min() > shares[part.batch.mask & ~part.targets].max()


def test_the_label_is_seen_and_no_move_before_its_time():
    line = corpus_tunes.LabelledTune("x", walk(0, "oneills"), "Irish").moves
    with_label, without = label.inputs([line, line], [2, None], 4)
    assert (with_label[:, -4:] == np.eye(4)[2]).all()
    assert not without[:, -4:].any()
    assert (with_label[:, :-4] == without[:, :-4]).all()
    assert without.any(axis=1).all()  # no step is padding
    # The input at move t + 1 depends on the moves up to t alone.
    for step in range(label.LINE):
        (early,) = label.inputs([line[:step]], [2], 4)
        assert (early[: step + 1] == with_label[: step + 1]).all()


def test_a_meter_with_few_tunes_has_no_label_of_its_own(monkeypatch):
    monkeypatch.setattr(label, "_ENOUGH", 2)
    known = [corpus_tunes.LabelledTune("x", walk(n, "oneills"), "Irish") for n in range(2)]
    rare = corpus_tunes.LabelledTune("y", walk(0, "kinder"), "Irish")
    labels = label.Labels.of([*known, rare])
    assert labels.names[labels.index(known[0])] == "Irish, 6/8"
    assert labels.names[labels.index(rare)] == "Irish, another meter"


def test_halves_join_to_the_tune(corpora):
    held_out = corpus_tunes.gather_split(19, silent, longest=49).held_out
    pairs = answer.cut(held_out, (1 / 2,))
    for tune, source, target in zip(held_out, *pairs, strict=True):
        assert (*source, *target) == tune.moves
        assert 0 <= len(target) - len(source) <= 1


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_lesson_runs_and_says_what_it_found(lesson, short):
    found = small(lesson).run(small(lesson), silent)
    assert lesson.shape in SHAPES
    assert json.loads(json.dumps(found.figures)) == found.figures
    assert isinstance(found.holds, bool)
    assert found.figures["tunes"]["held_out"] > 5
    assert all(len(row) == len(table.headings) for table in found.tables for row in table.rows)
    assert all(len(curve.losses) == 2 for curve in found.curves)
    for picture in found.pictures:
        assert np.shape(picture.values) == (len(picture.rows), len(picture.columns))


def test_the_same_seed_finds_the_same(short):
    lesson = small(tradition.LESSON)
    one, same, other = (
        each.run(each, silent) for each in (lesson, lesson, lesson.with_settings({"seed": 1}))
    )
    assert one.figures == same.figures
    assert one.curves != other.curves


def test_a_network_learns_what_a_corpus_shows(short):
    lesson = tradition.LESSON.with_settings({"units": 16, "epochs": 40, "learning_rate": 0.02})
    found = lesson.run(lesson, silent)
    assert found.holds
    assert found.figures["accuracy"]["network"] > 0.8


def test_a_cell_can_be_chosen(short):
    lesson = small(tradition.LESSON).with_settings({"cell": "coupled", "epochs": 1})
    assert 0 <= lesson.run(lesson, silent).figures["accuracy"]["network"] <= 1
