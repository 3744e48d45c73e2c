# ruff: noqa: E501 - a table of messages keeps one row a line
"""Phrases that come back, and last notes, against the plainest way to find out the same."""

import json
from fractions import Fraction
from functools import partial

import pytest
from click.testing import CliRunner
from hypothesis import assume, given
from hypothesis import strategies as st

from melodyrnn import generate as generate_songs
from melodyrnn import parse, train
from melodyrnn.cli import main
from melodyrnn.data.copies import Copies
from melodyrnn.data.gather import Named
from melodyrnn.errors import ConfigError, ConstraintError, MelodyWarning
from melodyrnn.generation.generate import generate
from melodyrnn.generation.loops import closing_loop
from melodyrnn.models.config import FormConfig, SampleConfig
from melodyrnn.models.ngrams.ngram import Ngram
from melodyrnn.music.scales import in_key, on_tonic
from melodyrnn.music.song import Meter
from melodyrnn.runs.run import open_run
from melodyrnn.tasks.control.form import form_of
from melodyrnn.tasks.control.last_notes import Endings, LastNotes
from melodyrnn.tasks.control.letters import Phrase, phrases_of
from melodyrnn.tasks.control.primer import beginning
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.task import Request
from melodyrnn.tasks.tokenizer import TuneTokenizer

QUARTER = Fraction(1)


def cut(song, bars):
    """Of each phrase of so many bars its notes and when each begins, counted from its start."""
    length, phrases = bars * song.meter.bar, []
    last = int((song.duration - song.pickup) / length) - 1
    for note, offset in zip(song.notes, song.offsets, strict=True):
        number = min(int(offset // length), last)
        phrases += [[] for _ in range(number + 1 - len(phrases))]
        phrases[number].append((offset - number * length, note))
    return phrases


def part(phrase, end):
    """The notes of a phrase that end by then."""
    return [(at, note) for at, note in phrase if at + note.duration <= end]


# Letters


@pytest.mark.parametrize(
    ("form", "phrases"),
    [
        ("A", [None]),
        ("AABA", [None, 0, None, 0]),
        ("ABAb", [None, None, 0, None]),
        ("AA'BA'", [None, "0", None, 1]),
        ("A'BA", [None, None, "0"]),
        ("AA''A'A''", [None, "0", "0", 1]),
    ],
)
def test_a_letter_comes_back_where_it_stood_before(form, phrases):
    kept = {int: Fraction(3, 4), str: Fraction(1, 2)}
    expected = [
        Phrase() if each is None else Phrase(int(each), kept[type(each)]) for each in phrases
    ]
    assert list(phrases_of(form)) == expected


# What comes back


def tunes(*texts):
    named = [Named(f"tune {n}", parse(text)) for n, text in enumerate(texts)]
    tokenizer = TuneTokenizer.of([each.song for each in named], 2)
    dataset = Dataset.of(named, 1, tokenizer)
    return dataset, Copies(named), Ngram(dataset.sequences, 1, len(dataset.vocabulary))


def by_heart(text):
    dataset = Dataset.of([Named("song", parse(text))], 1)
    return dataset, Copies(dataset.songs), Ngram(dataset.sequences, 1, len(dataset.vocabulary))


FOLK = tunes(
    "c4 d4 e4 f4 g2 g2 e8 f8 g4 c1",
    "3/4\nc4 e4 g4 e4 d4 c4 c2.",
    "r4 g4 f4 e4 d2 c2 e4. d8 c2 c1 e8 d8 c2.",
)
ONE = by_heart("c4 d4 e4 f4 g2 e8 f8 g4 e8 d8 c2. c1")


def made(learned, sample=None, count=1, primer=None, **asked):
    dataset, copies, model = learned
    start = beginning(primer, dataset, 1)
    form = form_of(FormConfig(**asked), dataset, copies, start, None)
    sample = sample or SampleConfig(temperature=2.0)
    drawn = generate(model, start.indices, form.length, sample, count, constraints=form.constraints)
    return [dataset.tokenizer.decode(ids, form.like) for ids in drawn.songs]


@given(
    st.sampled_from([FOLK, ONE]),
    st.text("AB", min_size=1, max_size=5),
    st.integers(2, 4),
    st.fixed_dictionaries(
        {
            "meter": st.sampled_from(["4/4", "3/4", "2/4"]),
            "ties": st.booleans(),
            "end": st.booleans(),
            "pickup": st.sampled_from(["0", "4", "8"]),
            "key": st.sampled_from([None, "C major"]),
            "avoid_loops": st.booleans(),
        }
    ),
    st.integers(0, 99),
)
def test_phrases_come_back_but_for_their_ending(learned, form, bars, asked, seed):
    sample = SampleConfig(temperature=2.0, seed=seed)
    try:
        songs = made(learned, sample, 2, bars=bars * len(form), form=form, **asked)
    except ConstraintError:  # the beginning of ONE fits no pickup of an eighth note
        assume(False)
    for song in songs:
        assert song.duration == song.pickup + bars * len(form) * song.meter.bar
        phrases, kept = cut(song, bars), bars * song.meter.bar * Fraction(3, 4)
        assert all(phrase[0][0] == 0 for phrase in phrases)  # none sounds across a seam
        for number, letter in enumerate(form):
            source = form.index(letter)
            if asked["end"] and number == len(form) - 1:
                kept -= song.meter.bar  # may have to make room for the last note
            again = part(phrases[source], kept)
            assert phrases[number][: len(again)] == again
        if asked["end"]:
            assert on_tonic(song.notes[-1], song.key)
        if asked["key"]:
            assert all(in_key(note, song.key) for note in song.notes)


def test_endings_are_drawn_anew():
    songs = made(FOLK, count=20, bars=8, form="AA", meter="4/4")
    endings = [cut(song, 4) for song in songs]
    assert sum(one != two for one, two in endings) > 10


def test_a_varied_return_has_the_beginning_only():
    for song in made(FOLK, count=20, bars=8, form="AA'", meter="4/4"):
        one, two = cut(song, 4)
        again = part(one, 8 * QUARTER)
        assert two[: len(again)] == again
    sames = [
        one == two
        for one, two in (
            cut(song, 4) for song in made(FOLK, count=20, bars=8, form="AA'", meter="4/4")
        )
    ]
    assert not all(sames)


def test_what_a_primer_begins_comes_back():
    (song,) = made(ONE, primer="e4 f4 g2 c2.", bars=8, form="AA", pickup="0")
    one, two = cut(song, 4)
    assert [str(note.pitch) for _, note in two[:4]] == [str(note.pitch) for _, note in one[:4]]
    assert [note.duration for _, note in two[:3]] == [1, 1, 2]


def test_a_phrase_goes_its_own_way_where_the_end_would_not_fit():
    # The return's last three quarters are a bar and a half; only c2. may be the last note.
    learned = by_heart("3/4\ne4 d4 d4 e4 d4 c2. e4 e4 e4 d4 c2.")
    for song in made(learned, count=20, bars=4, form="AA", end=True):
        one, two = cut(song, 2)
        assert part(one, 3 * QUARTER) == part(two, 3 * QUARTER)
        assert song.notes[-1].duration == 3


@pytest.mark.parametrize("sample", [SampleConfig(temperature=0.0), SampleConfig(beam=3), None])
def test_a_return_is_no_loop(sample):
    # Two notes a phrase that come back five times, and the likeliest way is to hold them.
    learned = by_heart("c2 d2 " * 20)
    for song in made(learned, sample, bars=20, form="AAAAAAAAAA", avoid_loops=True):
        phrases = cut(song, 2)
        assert {tuple(part(phrase, 6 * QUARTER)) for phrase in phrases} == {tuple(phrases[0][:3])}
        tokens = learned[0].tokenizer.encode(song)
        assert closing_loop(tokens) is None


def test_copies_are_kept_out_of_returns():
    tune = "c4 d4 e4 f4 g4 a4 g4 f4 e4 d4 c2 e4 d4 e4 c4 d2 c2"
    learned = by_heart(tune)
    for beam in (None, 20):
        sample = SampleConfig(temperature=1.0, beam=beam)
        for song in made(learned, sample, 20, bars=8, form="AABA", max_copy=4, end=True):
            assert learned[1].longest(song).notes <= 4
            phrases = cut(song, 2)
            again = part(phrases[0], 6 * QUARTER)
            assert phrases[1][: len(again)] == again


def test_songs_are_the_same_however_many():
    asked = {"bars": 8, "form": "AABA", "end": True, "meter": "4/4"}
    assert made(FOLK, count=5, **asked)[:2] == made(FOLK, count=2, **asked)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"form": "ABA", "bars": 16}, 'form "ABA": 16 bars are no 3 phrases of the same length; give bars 15 or 18'),
        ({"form": "AABA", "bars": 7}, 'form "AABA": 7 bars for 4 phrases leave less than 2 to each; give bars 8 or more'),
        ({"form": "A1BA"}, "form 'A1BA' is not written in letters; write one a phrase, such as AABA, and ' after one for a varied return, such as AA'BA"),
        ({"form": "'A"}, "form \"'A\" is not written in letters; write one a phrase, such as AABA, and ' after one for a varied return, such as AA'BA"),
        ({"form": ""}, "form '' is not written in letters; write one a phrase, such as AABA, and ' after one for a varied return, such as AA'BA"),
        ({"form": "AABA", "length": 9}, "length has no effect with form, which fills its bars; leave it out"),
        ({"form": "A" * 65}, "bars 260 is out of range; it must be a whole number at least 1 and at most 256"),
        ({"form": 3}, "form 3 is not a text"),
        ({"form": "AA", "bars": 4, "primer": "c2 d2 e4 f4 g2 d4"}, 'bars 4, form "AA": note 6 of the primer, d4, is not the one that comes back there; give fewer by primer_notes, or another form'),
        ({"form": "AA", "bars": 4, "pickup": "4", "primer": "c4 c1 d2 c1", "ties": True}, 'bars 4, form "AA", pickup 4: note 4 of the primer, c1, sounds across the end of phrase 1; give another primer, or another form'),
    ],
)  # fmt: skip
def test_what_no_form_can_be_is_said(asked, message):
    dataset, copies, _ = by_heart("c2 d2 e4 f4 g2 d4 c4 c1")
    primer, length = asked.pop("primer", None), asked.pop("length", None)
    with pytest.raises((ConfigError, ConstraintError)) as caught:
        form_of(FormConfig(**asked), dataset, copies, beginning(primer, dataset, 1), length)
    assert str(caught.value) == message


def test_a_seam_that_no_token_reaches_is_said():
    dataset, copies, _ = by_heart("c2. d2.")
    start = beginning(None, dataset, 1)
    with pytest.raises(
        ConstraintError, match="no token of this run fills the last quarter of phrase 1"
    ):
        form_of(
            FormConfig(form="AA", bars=4, meter="2/4", pickup="4", ties=True),
            dataset,
            copies,
            start,
            None,
        )


# Last notes


def test_long_is_what_tells_last_notes_from_others():
    songs = [
        parse(text)
        for text in (
            "4/4\nc4 d4 e4 f4 g4 e4 c2",
            "4/4\ne4 d4 c2 d2 d4 d4 c1",
            "4/4\nc4 c4 r2 c4 c4 c4 r4",
        )
    ]
    # half or longer: 2 of 3 last notes, 2 of 16 others; a last half begins at 2, the whole at 0
    learned = Endings(songs).of(Meter(4, 4))
    assert learned == LastNotes(Fraction(1, 2), frozenset({Fraction(0), Fraction(1, 2)}))
    lengths = [Fraction(n, 4) for n in (1, 2, 3, 4, 6)]
    assert [length for length in lengths if learned.closes(length)] == [
        Fraction(1, 2),
        1,
        Fraction(3, 2),
    ]


def test_of_another_meter_only_the_length_is_known():
    songs = [parse("4/4\nc4 d4 e4 f4 c2 c2"), parse("4/4\nr1")]
    learned = Endings(songs).of(Meter(3, 4))
    assert learned == LastNotes(Fraction(1, 2), None)
    assert Endings(songs[1:]).of(Meter(4, 4)) is None


@given(st.integers(0, 99), st.sampled_from(["4/4", "3/4"]))
def test_songs_end_on_a_long_tonic(seed, meter):
    (song,) = made(FOLK, SampleConfig(seed=seed, temperature=2.0), bars=4, end=True, meter=meter)
    assert on_tonic(song.notes[-1], song.key)
    assert song.notes[-1].duration >= {"4/4": 2, "3/4": 3}[meter]


def test_an_end_without_a_long_tonic_is_as_long_as_can_be():
    dataset, copies, _ = learned = by_heart("4/4\nd4 e4 c8 c4 d8 e4 d4 c4 e2")
    for song in made(learned, count=9, bars=2, end=True):
        assert song.notes[-1] == parse("c4").notes[0]
    form = form_of(FormConfig(end=True), dataset, copies, beginning(None, dataset, 1), 30)
    assert form.remark.startswith("--end: in 4/4, no tonic as long as the last notes of")


# The verb


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    texts = [
        "c4 d4 e4 f4 g2 g2 e8 f8 g4 c2",
        "g4 f4 e4 d4 c2 d2 e4 d4 c2",
        "e4 d4 e4 f4 g4 f4 e2 d2 c2",
    ]
    songs = [parse(text) for text in texts]
    output = tmp_path_factory.mktemp("form") / "run"
    return train(songs, output=output, model="ppm", held_out=0.0).run


def test_a_form_is_a_keyword(run):
    result = generate_songs(run, form="AABA", bars=8, end=True, count=3)
    assert result.form.form == "AABA"
    for each in result.songs:
        phrases = cut(each.song, 2)
        again = part(phrases[0], 6 * QUARTER)
        assert phrases[1][: len(again)] == again
        assert len(phrases) == 4


def test_a_form_without_bars_has_four_a_letter(run):
    for each in generate_songs(run, form="ABA").songs:
        assert each.song.duration == 12 * each.song.meter.bar


def test_a_form_is_an_option(run):
    call = partial(CliRunner().invoke, main)
    arguments = ["generate", str(run.path), "--form", "AB'", "--bars", "8", "--ties", "--json"]
    assert json.loads(call(arguments).stdout)["form"] == "AB'"
    done = call(["generate", str(run.path), "--form", "AB", "--bars", "7"])
    expected = (
        'error: --form "AB": 7 bars are no 2 phrases of the same length; give --bars 6 or 8\n'
    )
    assert (done.exit_code, done.stderr) == (1, expected)


class Told:
    """A predictor that remembers what it is told of songs."""

    def with_contexts(self, contexts):
        self.contexts = contexts
        return self


@pytest.mark.parametrize(
    ("asked", "request_", "cycles"),
    [
        ({"bars": 8, "pickup": "4"}, {}, 8),
        ({"form": "AB"}, {}, 8),
        ({}, {}, 0),
        ({"bars": 2, "pickup": "4"}, {"primer": "c4 d4 e4 f4 g2", "keep_primer": False}, 3),
    ],
)
def test_a_model_is_told_how_many_bars_there_will_be(run, asked, request_, cycles):
    opened, told = open_run(run), Told()
    form, request = FormConfig(**asked), Request(**request_)
    (prompt,) = opened.task.prompts(opened, request, form, SampleConfig())
    opened.task.aligned(told, [prompt])
    (context,) = told.contexts
    assert context.cycles == cycles


def test_what_is_said_of_an_end_is_said_once_a_meter(tmp_path):
    songs = [parse(f"title: {n}\n2/4\nd4 e4 c8 d8 e4 d4 c8 e8 e2") for n in range(3)]
    run = train(songs, output=tmp_path / "run", model="ngram", held_out=0.0).run
    with pytest.warns(MelodyWarning) as noted:
        generate_songs(run, bars=2, end=True, count=3)
    (note,) = noted
    assert str(note.message).startswith("end=True: in 2/4, no tonic as long as")
    assert note.filename == __file__
