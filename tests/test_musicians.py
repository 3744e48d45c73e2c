# ruff: noqa: E501 - a table of messages keeps one row a line
"""What a musician asks for: the best of several takes, whole primers, titles, many formats."""

import json
import warnings
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from click.testing import CliRunner

from melodyrnn import generate, parse, read_song, train, train_text
from melodyrnn.cli import main
from melodyrnn.data.copies import Copies
from melodyrnn.data.gather import Named
from melodyrnn.data.split import Split
from melodyrnn.errors import ConfigError, MelodyError, MelodyWarning
from melodyrnn.evaluation.take_score import Usage
from melodyrnn.generation.loops import Loop
from melodyrnn.music.bars import bars
from melodyrnn.music.note_tokens import to_tokens
from melodyrnn.music.silence import after_silence
from melodyrnn.render.targets import song_targets
from melodyrnn.tasks.control.known_notes import known_ids
from melodyrnn.tasks.control.primer import beginning
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.tokenizer import SongTokenizer, TuneTokenizer

TUNES = [
    "key: C major\n2/4\nc8 d8 e8 f8 g4 g4 a8 a8 g4 f8 e8 d4 c2",
    "key: C major\n2/4\ne8 e8 d8 c8 d4 g4 e8 f8 g8 a8 g8 f8 e8 d8 c2",
    "key: C major\n2/4\ng8 e8 g8 e8 c4 d4 e8 d8 e8 f8 g4 r4 c4 c4",
    "key: C major\n3/4\nc4 e4 g4 a4 g4 e4 f4 d4 e4 c2.",
]


def named():
    return [Named(f"tune {n}", parse(f"title: tune {n}\n{text}")) for n, text in enumerate(TUNES)]


def tunes():
    """Enough of them that some are held out."""
    moved = [each.song.transpose(n) for n, each in enumerate(named() * 6)]
    scale = [
        f"{note[0]}{octave}{note[1:]}{length}"
        for length in (8, 4, 2)
        for octave in ("", "'")
        for note in ["c", "c#", "d", "d#", "e", "f", "f#", "g", "g#", "a", "a#", "b"]
    ]
    moved.append(parse(" ".join(scale)))  # so that the run knows them all
    return [replace(song, title=f"tune {n}") for n, song in enumerate(moved)]


@pytest.fixture(scope="module")
def tradition(tmp_path_factory):
    """A run on many tunes, which learned where songs begin and end."""
    return train(
        tunes(), output=tmp_path_factory.mktemp("tradition") / "run", model="ppm", held_out=0.0
    ).run


@pytest.fixture(scope="module")
def by_heart(tmp_path_factory):
    """A run on one song."""
    return train(
        parse(TUNES[0]), output=tmp_path_factory.mktemp("heart") / "run", model="ngram"
    ).run


@pytest.fixture(scope="module")
def text_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("text")
    (folder / "verse.txt").write_text("abab cdcd abab cdcd " * 3, encoding="utf-8")
    settings = {"epochs": 1, "units": 4, "embedding": 2, "steps": 4, "held_out": 0.0}
    return train_text(folder / "verse.txt", output=folder / "run", **settings).run


def call(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


# The best of several takes


def usage():
    some = named()
    return Usage.of(Split(some[:3], (), some[3:]), Copies(some[:3]))


def scored(text, log_probability=-20.0, tokens=10, copied=0, loop=None):
    return usage().score(parse(text), log_probability, tokens, copied, loop)


def test_likelihood_is_in_bits_per_note():
    assert scored(TUNES[0], -20 * np.log(2), 10).likelihood == pytest.approx(-2)


def test_a_note_copied_beyond_what_people_copy_costs_four_bits():
    usual = usage().copied
    assert usual == Copies(named()[:3]).longest(named()[3].song).notes
    notes = len(parse(TUNES[0]))
    assert scored(TUNES[0], copied=int(usual)).copying == 0
    assert scored(TUNES[0], copied=int(usual) + 3).copying == pytest.approx(-4 * 3 / notes)


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("2/4\nc8 d8 e8 f8 g4 g4 e8 d8 c4", ()),
        ("2/4\nc8 d8 e8 f8 g4 g4 e8 d8 d4", ("last note on the tonic",)),
        ("2/4\nc8 d8 e8 f8 g4 g4 e4", ("full last bar", "last note on the tonic")),
        ("2/4\nc8 d8 e8 f8 g4 g4 e8 d8 e8 c8", ("last note a beat long",)),
        ("2/4\npickup: 8\ng8 c8 d8 e8 f8 g4 g4 e4 c4.", ("full last bar",)),
        ("2/4\npickup: 8\ng8 c8 d8 e8 f8 g4 g4 c4.", ()),  # the rest of the bar is the pickup
    ],
)
def test_what_a_form_lacks_is_named_and_costs(text, missing):
    header, _, body = text.partition("\n")
    if body.startswith("pickup"):
        first, _, body = body.partition("\n")
        header = f"{first}\n{header}"
    found = scored(f"key: C major\n{header}\n{body}")
    assert found.missing == missing
    assert found.form <= -0.5 * len(missing)


def test_a_loop_costs_what_it_plays_again():
    text = "2/4\n" + "c8 e8 g8 e8 " * 4
    plain, looped = scored(text), scored(text, loop=Loop(4, 4))
    assert looped.form == pytest.approx(plain.form - 4 * 12 / 16)
    assert looped.missing == (*plain.missing, "end without a loop")


def test_a_form_that_people_do_not_have_costs_nothing():
    odd = [Named("a", parse("c4 d8")), Named("b", parse("d4 e8"))]  # no last bar is full
    found = Usage.of(Split(odd, (), ()), Copies(odd)).score(parse("e4 c8"), -1.0, 2, 0, None)
    assert "full last bar" not in found.missing


def test_songs_of_rests_have_a_score():
    assert scored("r4 r4").missing


def test_the_parts_make_the_score():
    found = scored(TUNES[0], copied=12)
    document = found.to_json()
    assert document["total"] == document["likelihood"] + document["copying"] + document["form"]
    assert str(found).startswith(f"{found.total:.2f}: likelihood ")


def test_the_best_are_the_first_by_score(tradition, tmp_path):
    every = generate(tradition, count=8, seed=5)
    best = generate(tradition, count=8, best=2, seed=5, output=tmp_path / "a.txt")
    assert [song.take for song in every.songs] == list(range(1, 9))
    ranked = sorted(every.songs, key=lambda song: -song.score.total)
    assert [song.tokens for song in best.songs] == [song.tokens for song in ranked[:2]]
    assert [song.take for song in best.songs] == [song.take for song in ranked[:2]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-1.txt", "a-2.txt"]
    assert read_song(tmp_path / "a-1.txt").title.endswith(f", take {best.songs[0].take}")


def test_each_take_says_meter_key_and_score_in_json(tradition, tmp_path):
    out = tmp_path / "a.mid"
    done = call(
        "generate",
        tradition.path,
        "--count",
        4,
        "--best",
        1,
        "--key",
        "G",
        "--meter",
        "2/4",
        "--bars",
        4,
        "-o",
        out,
        "--json",
    )
    (song,) = json.loads(done.stdout)["songs"]
    assert (song["meter"], song["key"], song["file"], song["files"]) == (
        "2/4",
        "G major",
        str(out),
        [str(out)],
    )
    assert list(song["score"]) == ["total", "likelihood", "copying", "form", "missing"]
    assert song["copied"]["notes"] >= 0
    assert 1 <= song["take"] <= 4


def test_a_ranking_is_shown_only_where_it_was_asked_for(by_heart):
    assert "take 1, score -" in call("generate", by_heart.path, "--best", 1).stdout
    assert "score" not in call("generate", by_heart.path).stdout


def test_the_best_of_a_beam(by_heart):
    assert len(generate(by_heart, beam=4, count=3, best=1, length=6).songs) == 1


# What is written, and where


def test_a_title_a_tempo_and_an_instrument(by_heart, tmp_path):
    asked = {"title": "Am\nBrunnen", "tempo": 66, "instrument": "flute"}
    made = generate(by_heart, output=[tmp_path / "a.txt", tmp_path / "a.mid"], **asked)
    assert [path.name for path in made.files] == ["a.txt", "a.mid"]
    for path in made.files:
        song = read_song(path)
        assert (song.title, song.tempo) == ("Am Brunnen", 66)
    two = generate(by_heart, title="Waltz", count=2).songs
    assert [song.song.title for song in two] == ["Waltz, take 1", "Waltz, take 2"]
    assert generate(by_heart, title="", count=2).songs[0].song.title == ""


def test_files_and_folders_at_once_numbered_alike(by_heart, tmp_path):
    outputs = ["-o", tmp_path / "a.pdf", "-o", tmp_path / "new"]
    done = call(
        "generate", by_heart.path, "--count", 2, *outputs, "--formats", "mid,.abc", "--quiet"
    )
    names = [line.removeprefix(f"{tmp_path}/") for line in done.stdout.splitlines()]
    each = ["a-{}.pdf", "new/song-{}.mid", "new/song-{}.abc"]
    assert names == [name.format(n) for n in (1, 2) for name in each]
    assert all((tmp_path / name).stat().st_size for name in names)
    one = generate(by_heart, output=tmp_path / "alone")
    assert [path.name for path in one.files] == ["song.mid"]


BAD_OUTPUT = [
    (["a.pfd"], None, "a.pfd: unknown format '.pfd'; did you mean 'a.pdf'?"),
    (
        ["new"],
        ["mid", "pfd"],
        "formats: unknown format 'pfd'; did you mean 'pdf'? formats are txt mid",
    ),
    (["new"], [""], "formats: no format is named; formats are txt mid"),
    (["new"], ["mid", ".MID"], "formats names each format once, such as mid,pdf,wav"),
    (
        ["a.mid"],
        ["mid"],
        "formats has no effect without a folder; name one by output, or leave it out",
    ),
    ([], ["mid"], "formats has no effect without a folder"),
    (["a.mid", "./a.mid"], None, "a.mid: named twice by output; name each file once"),
    (["new", "new/song.mid"], None, "new/song.mid: named twice by output; name each file once"),
    (["a.mid", "b"], ["wav", "krn"], "formats: unknown format 'krn'"),
]


@pytest.mark.parametrize(("outputs", "formats", "message"), BAD_OUTPUT)
def test_a_wrong_place_is_refused_before_anything_is_made(
    by_heart, tmp_path, monkeypatch, outputs, formats, message
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MelodyError) as caught:
        generate(by_heart, output=outputs, formats=formats, count=1)
    assert message in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_numbers_may_not_meet_either(tmp_path):
    with pytest.raises(ConfigError, match=r"a-1\.mid: named twice"):
        song_targets(
            [tmp_path / "a.mid", tmp_path / "new", tmp_path / "a-1.mid", tmp_path / "a.mid"],
            None,
            2,
        )
    targets = song_targets([tmp_path / "a.mid", tmp_path / "a-1.mid"], None, 2)
    assert [[path.name for path in some] for some in targets] == [
        ["a-1.mid", "a-1-1.mid"],
        ["a-2.mid", "a-1-2.mid"],
    ]


BAD_REQUESTS = [
    ({"count": 2, "best": 3}, "best 3 is more than count 2; give a higher count"),
    ({"best": 0}, "best 0 is out of range; it must be a whole number at least 1"),
    ({"tempo": 2}, "tempo 2 is out of range; it must be a number at least 5 and at most 1000"),
    ({"title": 3}, "title 3 is not a text"),
    ({"instrument": "kazoo"}, "unknown instrument 'kazoo'; did you mean"),
    ({"primer_notes": 3}, "primer_notes has no effect without primer; leave it out"),
    ({"primer": "c8", "primer_notes": 0}, "primer_notes 0 is out of range"),
    ({"keep_primer": "no"}, "keep_primer 'no' is neither True nor False"),
    (
        {"primer": "c4 c4 c4 c4 c4", "bars": 2, "meter": "2/4"},
        "bars 2, meter 2/4: the primer alone is longer; give more bars, or fewer notes of it by primer_notes",
    ),
]


@pytest.mark.parametrize(("asked", "message"), BAD_REQUESTS)
def test_what_cannot_be_asked_is_said_in_one_line(tradition, asked, message):
    with pytest.raises(MelodyError) as caught:
        generate(tradition, **asked)
    assert str(caught.value).startswith(message)


# Primers


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("3/4\nr4 c4 d4 e2.", "3/4\npickup: 2\nc4 d4 e2."),
        ("3/4\nr2. c4 d4 e4", "3/4\nc4 d4 e4"),
        ("3/4\nr1 c4 d4 e2.", "3/4\npickup: 2\nc4 d4 e2."),
        ("3/4\npickup: 4\nr4 c4 d4 e4", "3/4\nc4 d4 e4"),
        ("3/4\npickup: 4\nr8 c8 d2.", "3/4\npickup: 8\nc8 d2."),
        ("3/4\nr2 c8", "3/4\npickup: 4\nc8"),  # no bar is full
        ("3/4\npickup: 2\nr4 c8", "3/4\npickup: 4\nc8"),
        ("3/4\nc4 r4 d4", "3/4\nc4 r4 d4"),
        ("3/4\nr2. 2/4 r4 c4 d2 3/4 e2.", "2/4\npickup: 4\nc4 d2 3/4 e2."),
    ],
)
def test_silence_is_dropped_and_bars_stay(before, after):
    def song(text):
        meter, _, rest = text.partition("\n")
        pickup, _, notes = rest.rpartition("\n")
        return parse(f"meter: {meter}\n{pickup}\n{notes}")

    assert after_silence(song(before)) == song(after)


def test_what_is_silent_throughout_stays():
    song = parse("r4 r4")
    assert after_silence(song) is song
    assert not after_silence(replace(song, notes=())).notes


def tokens_of(texts):
    return SongTokenizer.of([parse(text) for text in texts])


@pytest.mark.parametrize(
    ("known", "given", "nearest", "said"),
    [
        ("g8 e4 f8", "g8 f-4 e#8", "g8 e4 f8", None),  # other spellings of the same
        ("f8 f4 g2", "f2", "f4", "f2 by f4"),  # the duration before the pitch class
        ("c4 c'2 d4", "c'4", "c4", "c'4 by c4"),  # the octave before the duration
        ("c4 c'4 d''4", "c''4", "c'4", "c''4 by c'4"),  # the nearer octave
        ("d4 f2", "e4", "d4", "e4 by d4"),
        ("d2 r4 d1", "d2.", "d2 r4", "d2. by d2 r4"),  # the bars stay
        ("d2 r8 r4", "d2 r2", "d2 r4 r4", "r2 by r4 r4"),
        ("r8 r4", "r4.", "r4 r8", "r4. by r4 r8"),
    ],
)  # fmt: skip
def test_an_unknown_note_is_the_nearest_known(known, given, nearest, said):
    tokenizer = tokens_of([known])
    notes = parse(given).notes
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ids = known_ids(notes, tokenizer)
    assert " ".join(tokenizer.vocabulary.decode(ids)) == nearest
    assert [str(each.message) for each in caught] == (
        [f"primer: notes that this run does not know are replaced: {said}"] if said else []
    )


def test_all_that_is_replaced_stands_in_one_line():
    tokenizer = tokens_of(["c4 e4 g4 g2"])
    with pytest.warns(MelodyWarning) as caught:
        ids = known_ids(parse("r4 c4 d4 r8 r8 g4 r4 c#4 d4 d4 f#4 a4 b4").notes, tokenizer)
    assert tokenizer.vocabulary.decode(ids)[:3] == ["c4", "g2", "g2"]
    (line,) = [str(each.message) for each in caught]
    assert line == (
        "primer: its rests are joined to the notes before them; notes that this run does not know "
        "are replaced: d2 by g2, c#4 by c4, d4 by c4 (2 times), f#4 by g4, and 2 more"
    )


def test_a_tune_is_known_by_its_sound():
    tokenizer = TuneTokenizer.of([parse("f#4 g4")], 0)
    ids = known_ids(parse("g-4 g4").notes, tokenizer)
    assert tokenizer.vocabulary.decode(ids) == ["f#4", "g4"]


WALTZ = "title: Waltz\nmeter: 3/4\nkey: F major\ntempo: 90\npickup: 4\nc4 f4 g4 a4 c'2"


def test_a_file_is_a_whole_primer_with_all_that_stands_above_it(tradition, tmp_path):
    silent = WALTZ.replace("pickup: 4\n", "pickup: 2\nr4 ")
    (tmp_path / "waltz.txt").write_text(silent, encoding="utf-8")
    (made,) = generate(tradition, primer=tmp_path / "waltz.txt", seed=1).songs
    song = made.song
    assert (str(song.meter), str(song.key), song.tempo, song.pickup) == ("3/4", "F major", 90, 1)
    assert made.tokens[:4] == ("c4", "f4", "g4", "a4")
    assert made.primer == 5
    assert len(song) > 5  # a tune that is over goes on


def test_notes_of_a_primer(tradition):
    (made,) = generate(tradition, primer=parse(WALTZ), primer_notes=2).songs
    assert (made.primer, made.tokens[:2]) == (2, ("c4", "f4"))
    (made,) = generate(tradition, primer="c4 f4 g4", primer_notes=99).songs
    assert made.primer == 3


def test_what_is_asked_for_comes_before_what_the_primer_has(tradition):
    (made,) = generate(
        tradition, primer=parse(WALTZ), key="C", meter="2/4", pickup="0", tempo=77
    ).songs
    song = made.song
    assert (str(song.meter), str(song.key), song.tempo, song.pickup) == ("2/4", "C major", 77, 0)


def test_a_change_of_meter_is_said(tradition):
    changing = parse("2/4\nc4 d4 3/4 e4 f4 g4")
    with pytest.warns(
        MelodyWarning, match="primer: its meter changes; new songs keep that of its beginning, 2/4"
    ):
        assert str(generate(tradition, primer=changing).songs[0].song.meter) == "2/4"
    with warnings.catch_warnings():
        warnings.simplefilter("error", MelodyWarning)
        generate(tradition, primer=changing, primer_notes=2, length=3, seed=1)


@pytest.mark.parametrize(
    ("primer", "pickup"), [(WALTZ, 1), (f"{WALTZ} d4", 0), (f"{WALTZ} d8", Fraction(1, 2))]
)
def test_what_follows_begins_where_the_primer_ended(tradition, primer, pickup):
    song = parse(primer)
    asked = {"primer": song, "bars": 4, "meter": "3/4", "seed": 3, "temperature": 1.5}
    for made in generate(tradition, keep_primer=False, count=5, **asked).songs:
        assert made.primer == 0
        assert made.song.pickup == pickup
        assert [bar.length for bar in bars(made.song) if bar.number] == [3] * 4


def test_what_follows_is_the_same_as_with_the_primer(tradition):
    song = parse(WALTZ)
    kept = generate(tradition, primer=song, count=4, seed=2, length=6).songs
    alone = generate(tradition, primer=song, count=4, seed=2, length=6, keep_primer=False).songs
    for one, other in zip(kept, alone, strict=True):
        assert one.tokens[5:] == other.tokens[: len(one.tokens) - 5]
        assert other.song.notes


def test_constraints_are_those_of_what_follows(by_heart):
    song = parse(TUNES[0])
    asked = {"primer": song, "keep_primer": False, "max_copy": 4, "avoid_loops": True, "length": 9}
    for made in generate(by_heart, count=5, temperature=3.0, **asked).songs:
        assert made.copied.notes <= 4
    with pytest.raises(MelodyError, match="max_copy 4: the primer itself has 13 notes in a row"):
        generate(by_heart, primer=song, max_copy=4)


def test_a_pickup_that_is_asked_for_is_that_of_what_follows(tradition):
    song = (
        generate(
            tradition,
            primer=parse(WALTZ),
            keep_primer=False,
            pickup="8",
            bars=2,
            meter="3/4",
            ties=True,
        )
        .songs[0]
        .song
    )
    assert (song.pickup, song.duration) == (Fraction(1, 2), Fraction(13, 2))


@pytest.mark.parametrize("spelling", [("--keep-primer", "no"), ("--no-keep-primer",)])
def test_both_spellings_leave_the_primer_out(by_heart, spelling):
    primer = ("--primer", "c8 d8 e8 f8", "--length", 3, "--json")
    found = json.loads(call("generate", by_heart.path, *primer, *spelling).stdout)
    assert len(found["songs"][0]["tokens"]) == 3
    kept = json.loads(call("generate", *primer, "--keep-primer", "yes", by_heart.path).stdout)
    assert len(kept["songs"][0]["tokens"]) == 7
    assert call("generate", by_heart.path, "--keep-primer", "maybe").exit_code == 2


def test_the_length_after_a_long_primer(by_heart):
    notes = len(parse(TUNES[0]))
    assert len(generate(by_heart, primer=parse(TUNES[0])).songs[0].tokens) == notes + notes // 2
    alone = generate(by_heart, primer=parse(TUNES[0]), keep_primer=False)
    assert len(alone.songs[0].tokens) == notes


def test_tokens_have_the_meter_and_key_of_the_training_songs():
    dataset = Dataset.of([Named("a", parse("pickup: 8\nmeter: 3/4\nkey: G major\nc8 d4 e4 f4"))], 1)
    like = beginning("c8 d4", dataset, 1).like
    assert (str(like.meter), str(like.key), like.pickup) == ("3/4", "G major", Fraction(1, 2))
    assert beginning("d4", dataset, 1).like.pickup == 0
    assert to_tokens(like) == []


# Texts


@pytest.mark.parametrize(
    ("asked", "option"),
    [
        ({"best": 1}, "best"),
        ({"title": "x"}, "title"),
        ({"title": ""}, "title"),
        ({"tempo": 90.0}, "tempo"),
        ({"formats": "mid"}, "formats"),
        ({"primer_notes": 2}, "primer_notes"),
        ({"keep_primer": False}, "keep_primer=False"),
        ({"instrument": "flute"}, "instrument"),
    ],
)
def test_a_text_has_nothing_for_musicians(text_run, asked, option):
    with pytest.raises(ConfigError) as caught:
        generate(text_run, primer="ab", **asked)
    assert str(caught.value) == f"{option} has no effect with a text; leave it out"


def test_a_text_goes_to_one_file_each(text_run, tmp_path):
    made = generate(text_run, primer="ab", length=3, count=2, output=tmp_path / "on.txt")
    assert [path.name for path in made.files] == ["on-1.txt", "on-2.txt"]
    assert made.texts[0].file.read_text() == made.texts[0].text
    assert made.to_json()["texts"][0]["file"] == str(made.files[0])
    with pytest.raises(
        ConfigError, match=r"b\.txt: a text is written to one file; give one output"
    ):
        generate(text_run, output=[tmp_path / "a.txt", tmp_path / "b.txt"])
    done = call("generate", text_run.path, "--best", 1)
    assert (done.exit_code, done.stderr) == (
        1,
        "error: --best has no effect with a text; leave it out\n",
    )
