"""Runs measured on songs, and songs that were generated: figures, words and mistakes."""

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn import MelodyWarning, parse
from melodyrnn.cli import main
from melodyrnn.data.gather import Named
from melodyrnn.evaluation.generated import figures_beside
from melodyrnn.evaluation.note_scores import Judged, NoteScores, groups_of, judged
from melodyrnn.runs import record as runs
from melodyrnn.sequences.intervals import intervals
from melodyrnn.sequences.vocabulary import END, START, Vocabulary
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.tokenizer import TuneTokenizer
from melodyrnn.workflows.evaluate import evaluate
from melodyrnn.workflows.generate import generate
from melodyrnn.workflows.train import train

CODES = Vocabulary(["r4", "c4", "d4", "c8", "d8", START, END])
TOKENIZER = TuneTokenizer(CODES)
LEARNED = {
    "one": "c4 d4 e4 c4 d4 e4 f4 g4 c4 d4 e4 c4",
    "two": "g4 e8 e8 f4 d8 d8 c4 e4 g4 g4 c2",
}
OTHER = {"three": "c4 d4 e8 e8 f4 d8 d8 c4 d4 e4", "four": "e8 e8 f4 g4 c4 g4 g4 c2 c4"}


def write(folder, texts):
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text)
    return folder


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A folder with a training set, songs held out, and the run of an n-gram model."""
    folder = tmp_path_factory.mktemp("world")
    learned = write(folder / "learned", LEARNED)
    write(folder / "other", OTHER)
    train(learned, model="ngram", window=2, output=folder / "run")
    return folder


def dataset(text):
    return Dataset.of([Named("song", parse(text))], 1, TOKENIZER)


def call(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


logits = st.lists(
    st.lists(st.floats(-5, 5), min_size=len(CODES), max_size=len(CODES)), min_size=1, max_size=6
)


@given(logits, st.data())
def test_pitch_and_duration_are_predicted_by_the_sums_over_their_tokens(rows, data):
    targets = data.draw(st.lists(st.integers(0, 4), min_size=len(rows), max_size=len(rows)))
    p = np.exp(rows) / np.exp(rows).sum(axis=1, keepdims=True)
    values = {
        "both": CODES.symbols,
        "pitch": [code[0] if code not in (START, END) else code for code in CODES.symbols],
        "duration": [code[1:] if code not in (START, END) else code for code in CODES.symbols],
    }
    scores = Judged.of(np.array(rows), np.array(targets), groups_of(TOKENIZER)).scores
    for name, value in values.items():
        sums = [
            {v: sum(q for q, w in zip(row, value, strict=True) if w == v) for v in value}
            for row in p
        ]
        bits = [-math.log2(row[value[t]]) for row, t in zip(sums, targets, strict=True)]
        assert scores[name].bits == pytest.approx(np.mean(bits))
        best = [
            max(row.values()) - row[value[t]] < 1e-12 for row, t in zip(sums, targets, strict=True)
        ]
        assert scores[name].right <= sum(best)
    assert scores["pitch"].bits <= scores["both"].bits + 1e-9
    assert scores["duration"].bits <= scores["both"].bits + 1e-9


def test_an_end_is_no_note():
    scores = judged([np.zeros((3, len(CODES)))], dataset("c4 d8"), [None])[0].scores
    assert {name: score.all for name, score in scores.items()} == dict.fromkeys(scores, 2)
    assert scores["both"].bits_without_end == pytest.approx(math.log2(7))
    assert scores["both"].bits == pytest.approx(1.5 * math.log2(7))
    assert scores["pitch"].bits_without_end == pytest.approx(math.log2(7 / 2))


def test_an_unknown_token_is_paid_for_and_the_rest_sums_to_one():
    songs, open_ = dataset("c4 d2 g#8 c4"), TOKENIZER.opened(0.1)
    logits = np.random.default_rng(0).normal(size=(5, len(CODES)))
    widened, targets, unknown = songs.scored(0, logits, open_)
    assert unknown == ["d2", "a-8"]
    assert targets.tolist() == [1, 7, 8, 1, 6]
    np.testing.assert_allclose(np.exp(widened).sum(1), 1)
    scores = judged([logits], songs, [open_])[0].scores
    assert [scores[name].unknown for name in scores] == [2, 2, 2]
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    spelled = open_.spelled([TOKENIZER.spelling_bits(token) for token in unknown])
    known = -np.log2(0.9 * p[[0, 3, 4], [1, 1, 6]])
    assert scores["both"].surprise == pytest.approx(known.sum() + spelled.sum())
    alone = -np.log2(p[[0, 3, 4], [1, 1, 6]]).sum()
    assert scores["both"].surprise == pytest.approx(alone + songs.charge(open_, 1))
    # The pitch of d2 is known: d4 and d8 have it.
    pitch = 0.9 * p[1, [2, 4]].sum() + 2 ** -spelled[0]
    assert scores["pitch"].surprise < scores["both"].surprise
    assert scores["pitch"].surprise == pytest.approx(
        -np.log2(pitch)
        - np.log2(0.9 * p[[0, 3], 1] + 0.9 * p[[0, 3], 3]).sum()
        - np.log2(0.9 * p[4, 6])
        + spelled[1]
    )


def test_confidence_is_over_songs():
    low, high = intervals([[30.0, 40.0], [0.0, 0.0]], [10, 10])
    assert low.value == pytest.approx(3.5)
    assert low.low < 0 < 3.5 < 7 < low.high  # t with one degree of freedom
    assert tuple(high) == (0, 0, 0)


def test_songs_in_the_training_set_and_held_out_are_never_measured_together(world):
    own = evaluate(world / "run")
    assert own.generalising is None
    assert own.memory.songs == 2
    both = evaluate(world / "run", [world / "learned", world / "other"])
    apart = evaluate(world / "run", world / "other")
    assert both.memory == own.memory
    assert both.generalising == apart.generalising
    assert both.measures_of(True).one_steps == own.measures.one_steps
    assert [item.copied for item in own.items] == [None, None]
    assert not any(item.in_training_set for item in apart.items)
    assert apart.generalising.predicted["both"].bits.value == pytest.approx(
        apart.measures.bits_per_note
    )
    right = apart.generalising.predicted["both"].right.value
    assert right == pytest.approx(apart.measures.one_step.right / apart.measures.one_step.all)


@pytest.mark.parametrize("use", [evaluate, generate])
def test_a_run_is_read_once(world, monkeypatch, use):
    read, places = runs.read_record, []
    monkeypatch.setattr(runs, "read_record", lambda path: places.append(path) or read(path))
    use(world / "run")
    assert places == [world / "run"]


def test_songs_half_of_which_are_in_the_training_set_are_named_and_counted(world, tmp_path):
    moved = {f"m{n}": "e4 f4 g4 e4 e4" for n in range(5)}
    shown = call("evaluate", world / "run", write(tmp_path / "moved", moved)).stdout
    lines = shown.splitlines()[-4:]
    assert lines[0] == "m0: 3 of its 5 notes in a row stand in one, a training song"
    assert lines[3] == "and 2 more songs of which half or more is known; --json has all"


def test_songs_that_cannot_be_evaluated_are_left_out_and_counted(world, tmp_path):
    strange = {
        "five": "c4 d4 e4 g#4 c4 f2 f#2 b-2 g#4",
        "six": "c4 d4 a16",
        "seven": "c4 d4",
        "eight": "c4 h4",
    }
    folder = write(tmp_path / "strange", strange | OTHER)
    left_out = ["seven: no longer than the run's window: 2 notes"]
    with pytest.warns(MelodyWarning) as caught:
        result = evaluate(world / "run", folder)
    assert [str(warning.message) for warning in caught] == [
        "left out 2 of 6 tunes: unknown pitch 'h…', no longer than the run's window, in "
        "eight.txt, seven; report=True lists them"
    ]
    unread = f"{folder}/eight.txt:1:4: unknown pitch 'h4'; pitches are a to g"
    assert result.to_json()["left_out"] == [unread, *left_out]
    assert [(item.name, item.scores["both"].unknown) for item in result.items] == [
        ("five", 5),
        ("four", 0),
        ("six", 1),
        ("three", 0),
    ]
    assert result.to_json()["unknown_tokens"] == 6
    del strange["five"], strange["six"]
    folder = write(tmp_path / "stranger", strange | OTHER)
    apart = evaluate(world / "run", world / "other").to_json()
    assert apart["left_out"] == []
    with pytest.warns(MelodyWarning):
        assert {**evaluate(world / "run", folder).to_json(), "left_out": []} == apart
    unread = f"{folder}/eight.txt:1:4: unknown pitch 'h4'; pitches are a to g"
    done = call("evaluate", world / "run", folder, "--report")
    assert done.exit_code == 0
    assert done.stderr.splitlines() == [f"note: {line}" for line in (unread, *left_out)]


def test_one_song_that_cannot_be_evaluated_is_named_and_many_are_counted(world, tmp_path):
    folder = write(tmp_path / "strange", {"five": "c4 d4", "six": "c4"})
    alone = call("evaluate", world / "run", folder / "five.txt")
    assert (alone.exit_code, alone.stdout) == (1, "")
    assert alone.stderr.startswith("error: five has 2 notes and a window of 2 needs at least 3")
    many = call("evaluate", world / "run", folder)
    assert (many.exit_code, many.stdout) == (1, "")
    assert many.stderr == (
        f"error: {world / 'run'}: can predict none of the 2 songs: no longer than the run's "
        "window (2); give longer ones\n"
    )


def test_the_document_of_a_run_measured(world):
    document = json.loads(call("evaluate", world / "run", world / "other", "--json").stdout)
    assert document["memory"] is None
    measured = document["generalising"]
    assert (measured["songs"], measured["notes"], measured["confidence"]) == (2, 15, 0.95)
    assert measured["both"]["bits"]["value"] == pytest.approx(document["bits_per_note"])
    for name in ("both", "pitch", "duration"):
        assert set(measured[name]) == {"bits", "perplexity", "accuracy"}
        for interval in measured[name].values():
            assert interval["low"] <= interval["value"] <= interval["high"]
        bits, perplexity = measured[name]["bits"], measured[name]["perplexity"]
        assert perplexity["value"] == pytest.approx(2 ** bits["value"])
    assert measured["pitch"]["bits"]["value"] < measured["both"]["bits"]["value"]
    song = next(song for song in document["songs"] if song["name"] == "three")
    assert song["copied"] == {"notes": 6, "song": "two", "start": 2, "place": 1}
    assert set(song["bits"]) == {"both", "pitch", "duration", "with_end"}


def test_the_tables_of_a_run_measured(world):
    shown = call("evaluate", world / "run", world / "learned", world / "other").stdout
    memory, new = shown.split("ngram, window 2, 2 songs ")[1:]
    assert memory.startswith("in the training set: this measures memory\n")
    assert new.startswith("not in the training set\n")
    for part in (memory, new):
        assert [line.split()[0] for line in part.splitlines()[8:11]] == [
            "both",
            "pitch",
            "duration",
        ]
    assert "95% interval" in new
    assert "three: 6 of its 10 notes in a row stand in two, a training song\n" in new
    assert max(map(len, shown.splitlines())) <= 80
    one = call("evaluate", world / "run", world / "other" / "four.txt").stdout
    assert one.startswith("ngram, window 2, a song not in the training set\n")
    assert "interval" not in one


def test_generated_songs_stand_beside_those_they_came_from(world):
    new = world / "other"
    document = json.loads(call("evaluate", world / "run", "--generated", new, "--json").stdout)
    assert document == json.loads(
        call("evaluate", "--generated", new, "--training", world / "learned", "--json").stdout
    )
    assert document["held_out"] is None
    assert document["generated"]["count"] == document["training"]["count"] == 2
    assert document["training"]["copied"] is None
    assert document["generated"]["copied"] == {"median": 4.5, "mean": 4.5, "most": 6}
    assert document["generated"]["figures"]["notes"] == {"mean": 9.5, "deviation": 0.5, "songs": 2}
    assert document["training"]["durations"] == pytest.approx(
        {"1": 18 / 23, "1/2": 4 / 23, "2": 1 / 23}
    )
    assert next(iter(document["training"]["intervals"])) == "2"
    (song,) = (song for song in document["songs"] if song["name"] == "three")
    assert (song["notes"], song["loop"]) == (10, None)
    assert song["copied"] == {"notes": 6, "song": "two", "start": 2, "place": 1}


def test_the_table_of_generated_songs(world):
    files = sorted((world / "other").iterdir())
    done = call("evaluate", world / "run", "--generated", *files, "--held-out", files[0])
    assert done.exit_code == 0, done.output
    assert "Songs: 2 generated, 2 training, 1 held out\n" in done.stdout
    assert "pitch class entropy, bits" in done.stdout
    assert "three: 6 notes in a row, from note 3, stand in two, from note 2\n" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def named(*texts):
    return [Named(f"song {number}", parse(text)) for number, text in enumerate(texts, 1)]


def test_a_yardstick_that_is_a_copy_is_named():
    learned = named("c4 d4 e4 c4", "c4 e4 g4 e4")
    with pytest.warns(
        MelodyWarning,
        match=r"held out, yet whole in a training song: song 1 \(song 2\); leave such songs out",
    ):
        figures_beside(named("c4 d4"), learned, named("d2 f#2 a2 f#2"))


def test_loops_and_songs_too_short_for_a_figure():
    result = figures_beside(named("c4 d4 " * 8, "r4"), named("c4 d4 e4"))
    assert result.generated.loops == 1
    assert result.generated.averages["pitch_range"] == (2, 0, 1)
    assert result.training.averages["repetition"] is None
    assert result.to_json()["songs"][0]["loop"] == {"period": 2, "rounds": 8}
    assert [song.copied.notes for song in result.generated.songs] == [2, 0]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("", "nothing to measure; name a RUN, or songs by --generated"),
        ("run --training x", "--training has no effect without --generated; leave it out"),
        ("run --held-out x", "--held-out has no effect without --generated; leave it out"),
        ("--generated x", "name their RUN, or those songs by --training, and not both"),
        ("run --generated x --training x", "by --training, and not both"),
        (
            "run x --generated x",
            "SONGS are predicted by the run, --generated songs are set beside others; ask for one",
        ),
        (
            "run --generated x --with-short-term",
            "--with-short-term has no effect with --generated; leave it out",
        ),
    ],
)
def test_mistakes(given, message):
    done = call("evaluate", *given.split())
    assert done.exit_code == 1
    assert message in done.stderr


def test_an_option_of_several_songs_without_one(world):
    done = call("evaluate", world / "run", "--generated")
    assert done.exit_code == 2
    assert "Option '--generated' requires an argument." in done.stderr


@pytest.mark.parametrize("option", [("--jobs", 2), ("--cluster", "tcp://127.0.0.1:9")])
def test_songs_learned_by_heart_are_measured_by_one_process(world, option):
    done = call("evaluate", world / "run", *option)
    assert done.exit_code == 1
    assert f"{option[0]} has no effect with a run that learned songs by heart" in done.stderr


def test_scores_need_no_network_for_their_means():
    scores = judged([np.zeros((2, len(CODES)))], dataset("c4"), [None])[0].scores
    both = NoteScores.of([scores, scores])
    assert both.predicted["both"].perplexity.value == pytest.approx(7)
    assert both.to_json()["notes"] == 2
