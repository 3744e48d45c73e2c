# ruff: noqa: E501 - a table of messages keeps one row a line
"""What rules tokens out, against the plainest way to find out the same."""

from fractions import Fraction
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import keys

from melodyrnn import parse
from melodyrnn.data.copies import Copies
from melodyrnn.data.gather import Named
from melodyrnn.errors import ConfigError, ConstraintError
from melodyrnn.generation.automaton import Automaton
from melodyrnn.generation.generate import generate
from melodyrnn.generation.loops import NoLoops, closing_loop
from melodyrnn.generation.transitions import NOWHERE, TableTransitions, lasting
from melodyrnn.models.config import FormConfig, SampleConfig
from melodyrnn.models.ngrams.ngram import Ngram
from melodyrnn.music.bars import bars as laid_in_bars
from melodyrnn.music.note_tokens import from_tokens, to_tokens
from melodyrnn.music.scales import in_key, on_tonic
from melodyrnn.music.song import Meter, Note, Pitch, Song
from melodyrnn.sequences.vocabulary import END, START
from melodyrnn.tasks.control.form import form_of
from melodyrnn.tasks.control.primer import Primer, beginning
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.tokenizer import TuneTokenizer


def array(ids):
    return np.array(ids, dtype=np.int32)


def allowed(constraint, ids, left=100):
    """Of each token, whether it may come after ``ids``, found step by step."""
    states = np.asarray(constraint.begin(array(ids[:1])))[None]
    for index in ids[1:]:
        states = constraint.advance(states, array([index]))
    return constraint.allowed(states, left)[0].tolist()


# Automata


@st.composite
def automata(draw):
    states, kinds = draw(st.integers(1, 6)), draw(st.integers(1, 3))
    target = st.integers(NOWHERE, states - 1)
    table = draw(
        st.lists(st.lists(target, min_size=kinds, max_size=kinds), min_size=states, max_size=states)
    )
    final = draw(st.lists(st.booleans(), min_size=states, max_size=states))
    of_token = draw(st.lists(st.integers(0, kinds - 1), min_size=1, max_size=4))
    return Automaton("", TableTransitions(array(table), np.array(final)), array(of_token))


def ends_within(transitions, state, tokens):
    """Whether at most so many tokens lead from a state to a final one."""
    if transitions.final(array([state]))[0]:
        return True
    following = {s for s in transitions.after(array([state]))[0].tolist() if s != NOWHERE}
    return tokens > 0 and any(ends_within(transitions, s, tokens - 1) for s in following)


@given(automata(), st.integers(1, 4))
def test_an_automaton_allows_what_can_still_end(automaton, left):
    transitions = automaton.transitions
    for state in range(transitions.size):
        mask = automaton.allowed(array([state]), left)[0]
        for token, may in enumerate(mask.tolist()):
            after = automaton.after(state, token)
            assert may == (after != NOWHERE and ends_within(transitions, after, left - 1))


def test_lasting_states_reach_a_cycle():
    table = array([[1, NOWHERE], [2, NOWHERE], [NOWHERE, NOWHERE], [3, 2]])
    assert lasting(table).tolist() == [False, False, False, True]


# Loops and copies


@given(st.lists(st.integers(0, 1), min_size=1, max_size=40), st.integers(1, 9))
def test_avoiding_loops_is_never_closing_one(ids, period):
    ids += ids[-period:] * 5  # all but always a loop, or near one
    ids = ids[: len(ids) - len(ids) % 7]
    assume(ids)
    expected = [closing_loop(array([*ids, index])) is None for index in (0, 1, 2)]
    assert allowed(NoLoops("", 3), ids) == expected


small = st.builds(
    Note,
    st.one_of(
        *[st.sampled_from([Pitch("c"), Pitch("d"), Pitch("e"), Pitch("c", 0, 5)])] * 6, st.none()
    ),
    st.sampled_from([Fraction(1, 2), Fraction(1), Fraction(3, 2)]),
)
tunes = st.lists(small, min_size=6, max_size=20).map(lambda notes: Song(tuple(notes)))


@given(
    st.lists(tunes, min_size=1, max_size=3),
    st.lists(small, min_size=1, max_size=8),
    st.integers(1, 5),
)
def test_a_note_is_ruled_out_just_where_it_would_be_one_too_many_of_a_copy(learned, notes, most):
    named = [Named(f"song {n}", song) for n, song in enumerate(learned)]
    dataset, copies = Dataset.of(named, 1), Copies(named)
    tokens = [token for token in to_tokens(Song(tuple(notes))) if token in dataset.vocabulary]
    assume(tokens and copies.longest(from_tokens(tokens)).notes <= most)
    primer = Primer(dataset.vocabulary.encode(tokens), Song(()))
    form = form_of(FormConfig(max_copy=most), dataset, copies, primer, 1)
    mask = allowed(form.constraints[0], dataset.vocabulary.encode(tokens))
    for token, may in zip(dataset.vocabulary.symbols, mask, strict=True):
        assert may == (copies.longest(from_tokens([*tokens, token])).notes <= most)


# Bars, key and end: songs, or an error where there is no way


class Rules:
    """What bars, key and end mean, in a line each."""

    def __init__(self, config, meter, key, pickup):
        self.config, self.meter, self.key, self.pickup = config, meter, key, pickup
        self.full = config.bars and pickup + config.bars * meter.bar

    def fits(self, at, note):
        """Whether a note may begin so many quarter notes after the start."""
        return (
            (not self.config.key or in_key(note, self.key))
            and (not self.full or at + note.duration <= self.full)
            and (
                self.config.ties
                or (at - self.pickup) % self.meter.bar + note.duration <= self.meter.bar
            )
        )

    def ends(self, at, last):
        """Whether a song may end there, after its last note."""
        tonic_in_full_bar = on_tonic(last, self.key) and (at - self.pickup) % self.meter.bar == 0
        return (not self.full or at == self.full) and (not self.config.end or tonic_in_full_bar)

    def kept_by(self, notes):
        at = [
            sum((note.duration for note in notes[:n]), Fraction(0)) for n in range(len(notes) + 1)
        ]
        return all(map(self.fits, at, notes)) and self.ends(at[-1], notes[-1])

    def can_end(self, notes, choices, most):
        @lru_cache(None)
        def can(at, last, left):
            at = at if self.full else self.pickup + (at - self.pickup) % self.meter.bar
            return self.ends(at, last) or any(
                can(at + note.duration, note, left - 1)
                for note in choices
                if left and self.fits(at, note)
            )

        return can(sum((note.duration for note in notes), Fraction(0)), notes[-1], most)


@st.composite
def askings(draw):
    """A tune, what is asked of songs that begin like it, and the most notes they may add."""
    twelfths = st.sampled_from([4, 6, 8, 9, 12, 18, 24, 36])
    durations = draw(st.lists(twelfths.map(lambda n: Fraction(n, 12)), min_size=1, max_size=3))
    pitch = st.builds(Pitch, st.sampled_from("cdefgab"), st.sampled_from([0, 0, 1, -1]))
    note = st.builds(Note, st.one_of(*[pitch] * 6, st.none()), st.sampled_from(durations))
    meter = Meter(draw(st.integers(2, 7)), draw(st.sampled_from([4, 8])))
    tune = Song(
        tuple(draw(st.lists(note, min_size=3, max_size=10))),
        meter=meter,
        key=draw(keys),
        pickup=draw(st.sampled_from([Fraction(0), Fraction(0), Fraction(1, 3), Fraction(1, 2)])),
    )
    config = FormConfig(
        bars=draw(st.none() | st.integers(1, 4)),
        meter=str(meter),
        key=str(tune.key) if draw(st.booleans()) else None,
        ties=draw(st.booleans()),
        end=draw(st.booleans()),
    )
    return tune, config, draw(st.none() | st.integers(1, 30))


@given(askings(), st.integers(0, 99), st.sampled_from([0.0, 1.0, 3.0]))
def test_songs_keep_to_bars_key_and_end_or_there_is_no_way(asking, seed, temperature):
    tune, config, length = asking
    dataset = Dataset.of([Named("tune", tune)], 1)
    copies, given_ = Copies(dataset.songs), beginning(None, dataset, 1)
    rules = Rules(config, tune.meter, tune.key, tune.pickup)
    notes = [parse(token).notes[0] for token in dataset.vocabulary.symbols]
    try:
        form = form_of(config, dataset, copies, given_, length)
    except ConstraintError:
        in_scale = any(note.pitch and in_key(note, tune.key) for note in notes)
        fits = (in_scale or not config.key) and rules.fits(Fraction(0), tune.notes[0])
        possible = fits and rules.can_end(tune.notes[:1], notes, length or 60)
        assert not possible or not (config.bars or config.end)
        return
    sample = SampleConfig(temperature=temperature, seed=seed)
    model = Ngram(dataset.sequences, 1, len(notes))
    drawn = generate(model, given_.indices, form.length, sample, 3, constraints=form.constraints)
    for indices in drawn.songs:
        song = from_tokens(dataset.vocabulary.decode(indices), form.like)
        assert song.notes[0] == tune.notes[0]
        assert rules.kept_by(song.notes)
        assert len(song) <= 1 + form.length
        if config.bars:
            full = [bar for bar in laid_in_bars(song) if bar.number]
            assert [bar.length for bar in full] == [tune.meter.bar] * config.bars
        if not (config.bars or config.end):
            assert len(song) == 1 + (length or len(tune) - 1)


# Runs that know how songs begin and end


@pytest.fixture(scope="module")
def folk():
    """Three tunes between start and end, and a model of them."""
    texts = ["c4 d4 e4 f4 g2 g2", "3/4\nc4 e4 g4 e4 d4 c4", "r4 g4 f4 e4 d2 c2 e4 d4 c2"]
    named = [Named(f"tune {n}", parse(text)) for n, text in enumerate(texts)]
    tokenizer = TuneTokenizer.of([each.song for each in named], 2)
    dataset = Dataset.of(named, 1, tokenizer)
    return dataset, Copies(named), Ngram(dataset.sequences, 1, len(dataset.vocabulary))


def made(folk, count=40, length=None, primer=None, sample=None, **asked):
    dataset, copies, model = folk
    start = beginning(primer, dataset, 1)
    form = form_of(FormConfig(**asked), dataset, copies, start, length)
    sample = sample or SampleConfig(temperature=2.0)
    drawn = generate(model, start.indices, form.length, sample, count, constraints=form.constraints)
    return [dataset.vocabulary.decode(song) for song in drawn.songs], form


def test_songs_start_at_the_start_end_at_the_end_and_none_is_empty(folk):
    songs, _ = made(folk, length=12)
    for song in songs:
        assert song[0] == START
        assert song[-1] == END
        assert 3 <= len(song) <= 14
        assert not {START, END} & set(song[1:-1])
    assert len({len(song) for song in songs}) > 3
    assert max(map(len, songs)) == 14  # ended where it may be no longer


def test_the_longest_tune_says_how_long_songs_get(folk):
    assert max(len(song) - 2 for song in made(folk, 200)[0]) == 9


def test_a_primer_follows_the_start(folk):
    for song in made(folk, 3, primer="d4 e4")[0]:
        assert song[:3] == [START, "d4", "e4"]


@pytest.mark.parametrize("beam", [None, 3])
def test_the_end_waits_for_the_tonic_in_a_full_bar(folk, beam):
    sample = SampleConfig(temperature=2.0, beam=beam)
    songs, form = made(folk, beam or 40, sample=sample, key="D major", end=True, length=30)
    assert str(form.like.meter) == "4/4"  # that of most
    for song in songs:
        notes = from_tokens(song[1:-1], form.like).notes
        assert on_tonic(notes[-1], form.like.key)
        assert sum(note.duration for note in notes) % 4 == 0
    assert beam or len(set(map(len, songs))) > 3


def test_the_end_comes_after_so_many_bars(folk):
    songs, form = made(folk, bars=3, meter="3/4")
    for song in songs:
        assert song[-1] == END
        assert from_tokens(song[1:-1], form.like).duration == 9


# What is said where it cannot be


def asked_of(text, primer=None, length=None, **asked):
    dataset = Dataset.of([Named("song", parse(text))], 1)
    return form_of(
        FormConfig(**asked), dataset, Copies(dataset.songs), beginning(primer, dataset, 1), length
    )


@pytest.mark.parametrize(
    ("text", "asked", "message"),
    [
        ("trip{c4} d2", {"bars": 8, "meter": "6/8"}, "bars 8, meter 6/8: no token of this run fills the last 1/3 quarter of bar 1 of 6/8; choose another meter, or allow ties=True"),
        ("c2 d2", {"bars": 1, "meter": "3/4", "ties": True}, "bars 1, meter 3/4: no token of this run fills the last quarter of bar 1 of 3/4; choose another meter"),
        ("c4 d4", {"bars": 2, "meter": "3/8"}, "bars 2, meter 3/8: no token of this run fills the last 1/2 quarter of bar 1 of 3/8; choose another meter, or allow ties=True"),
        ("c2 d4", {"bars": 1, "meter": "3/8", "pickup": "4"}, "bars 1, meter 3/8, pickup 4: note 1 of the primer, c2, sounds across a bar line of 3/8; give another primer, or allow ties=True"),
        ("d2 d2", {"meter": "3/4"}, "meter 3/4: no token of this run fills the last quarter of a bar of 3/4; choose another meter, or allow ties=True"),
        ("c2 d4", {"bars": 1, "meter": "3/4", "end": True}, "bars 1, meter 3/4, end=True: no token of this run on C, the tonic, fills the last quarter of bar 1 of 3/4; choose another meter, or allow ties=True"),
        ("d1 c1.", {"end": True}, "end=True: no token of this run ends a bar of 4/4 on C, the tonic; choose another meter, or allow ties=True"),
        ("d1 c1.", {"bars": 2, "end": True}, "bars 2, end=True: no token of this run on C, the tonic, fills the last 4 quarters of bar 2 of 4/4; choose another meter, or allow ties=True"),
        ("d2 e4", {"end": True}, "end=True: no token of this run sounds C, the tonic of C major; choose another key"),
        ("c2 d4 e4", {"key": "F# major"}, 'key "F# major": no note of this run is in it; choose another'),
        ("c2 d4 f4", {"bars": 2, "key": "D", "primer": "d4 f4"}, 'key "D major": note 2 of the primer, f4, is not in it; give another primer'),
        ("d2 d2", {"meter": "3/4", "end": True, "key": "D"}, 'meter 3/4, key "D major", end=True: no token of this run in D major fills the last quarter of a bar of 3/4; choose another meter or key, or allow ties=True'),
        ("c1 d1", {"bars": 1, "meter": "3/4", "ties": True}, "bars 1, meter 3/4: the primer alone is longer; give more bars, or fewer notes of it by primer_notes"),
        ("d1 c4", {"bars": 1, "end": True}, "bars 1, end=True: note 1 of the primer, d1, fills the last bar and is not C, the tonic of C major; give more bars, or fewer notes of it by primer_notes"),
        ("c2 d4 f4", {"bars": 2, "length": 2}, "bars 2: takes 3 notes after the primer at least, and length is 2; give length 3 or more, or leave it out"),
        ("pickup: 4\nd4 d4 c4", {"meter": "1/4"}, "a pickup of 1 quarter notes; it is shorter than a bar of 1/4; give another pickup, or pickup 0 for none"),
        ("d4 c4", {"pickup": "x"}, "pickup: unknown pickup 'x'; write the note values before the first full bar, such as '8' or '4+16'"),
        ("d4 c4", {"meter": "3"}, "meter: unknown meter '3'; write it as beats/unit, such as '3/4'"),
        ("d4 c4", {"key": "d"}, "key: key 'd' may be either; write 'D' or 'd minor'"),
        ("d4 c4", {"ties": True}, "ties=True has no effect without bars, meter or end=True; leave it out"),
        ("d4 d4", {"max_copy": 1, "primer": "d4 d4"}, "max_copy 1: the primer itself has 2 notes in a row of song; give another primer, or a higher max_copy"),
        ("d4 c4", {"bars": 257}, "bars 257 is out of range; it must be a whole number at least 1 and at most 256"),
        ("d4 c4", {"bars": 0}, "bars 0 is out of range; it must be a whole number at least 1 and at most 256"),
        ("d4 c4", {"key": 3}, "key 3 is not a text"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(text, asked, message):
    with pytest.raises((ConstraintError, ConfigError)) as caught:
        asked_of(text, **asked)
    assert str(caught.value) == message


def test_a_pickup_comes_before_the_bars():
    form = asked_of("pickup: 8\nc8 d4 e4", bars=2)
    assert (form.like.pickup, form.length) == (Fraction(1, 2), 16)
    assert asked_of("pickup: 8\nc8 d4 e4", bars=2, pickup="0").like.pickup == 0
    assert asked_of("c8 d4 e4", bars=2, pickup="8").like.pickup == Fraction(1, 2)
    assert asked_of("pickup: 8\nc8 d4 e4", bars=2, primer="c8 d4").like.pickup == Fraction(1, 2)
    assert asked_of("pickup: 8\nc8 d4 e4", bars=2, primer="e4").like.pickup == 0


@pytest.mark.parametrize(
    "sample",
    [SampleConfig(temperature=0.0), SampleConfig(top_k=1), SampleConfig(beam=1), SampleConfig()],
)
def test_one_bar_may_need_what_is_least_likely(sample):
    # c4 comes after c4 always but once; only e2. fills the bar, on the tonic of E.
    dataset = Dataset.of([Named("song", parse("key: E minor\n" + "c4 " * 20 + "e2. c4 c4"))], 1)
    start = beginning("c4", dataset, 1)
    form = form_of(FormConfig(bars=1, end=True), dataset, Copies(dataset.songs), start, None)
    model = Ngram(dataset.sequences, 1, len(dataset.vocabulary))
    drawn = generate(model, start.indices, form.length, sample, constraints=form.constraints)
    assert dataset.vocabulary.decode(drawn.songs[0]) == ["c4", "e2."]


def test_copies_and_loops_are_kept_out_of_full_bars():
    tune = parse("c4 d4 e4 f4 g4 a4 g4 f4 e4 d4 c2 e4 d4 e4 c4 d2 c2")
    dataset = Dataset.of([Named("song", tune)], 1)
    copies, start = Copies(dataset.songs), beginning(None, dataset, 1)
    asked = FormConfig(bars=6, end=True, max_copy=2, avoid_loops=True)
    form = form_of(asked, dataset, copies, start, None)
    model = Ngram(dataset.sequences, 1, len(dataset.vocabulary))
    for beam in (None, 30):
        sample = SampleConfig(temperature=0.5, beam=beam)
        drawn = generate(
            model, start.indices, form.length, sample, 20, constraints=form.constraints
        )
        for indices in drawn.songs:
            song = from_tokens(dataset.vocabulary.decode(indices))
            assert copies.longest(song).notes <= 2
            assert all(closing_loop(indices[:end]) is None for end in range(1, len(indices) + 1))
            assert (song.duration, song.notes[-1].pitch) == (24, Pitch("c"))


def test_bars_that_the_primer_fills_are_no_error():
    assert asked_of("c4 d4", bars=1, meter="1/4").length == 0


def test_a_song_is_made_longer_than_usual_where_its_end_is_further():
    assert asked_of("d8 c8 d8", end=True).length == 7
