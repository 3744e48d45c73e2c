# ruff: noqa: E501 - a table of messages keeps one row a line
"""The command line through its real entry point."""

import csv
import json
import re
import signal
import subprocess
import sys
import time
import wave
from pathlib import Path

import mido
import numpy as np
import pytest
from click.testing import CliRunner
from marks import unprivileged
from processes import killed_training, running, wait_until

from melodyrnn import read_song
from melodyrnn.cli import COMMANDS, main
from melodyrnn.music.note_tokens import to_tokens


def call(*arguments):
    """The command in this process: quick, for what needs no entry point of its own."""
    return CliRunner().invoke(main, list(map(str, arguments)))


def document(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def run(trained):
    return trained[0] / "runs" / "nabiya-lstm"


def test_inspect_json(melodyrnn, nabiya):
    found = document(melodyrnn("inspect", nabiya, "--json"))
    assert found["title"] == "나비야"
    assert found["notes"] == len(found["tokens"]) == 54
    assert found["tokens"][:4] == ["g8", "e8", "e4", "f8"]
    assert list(found["codes"].items())[:2] == [("c4", 0), ("d4", 1)]
    assert len(found["codes"]) == 14
    assert found["window"] == 4
    assert np.array(found["windows"]).shape == (50, 5)
    assert found["windows"][:2] == [[11, 9, 2, 10, 8], [9, 2, 10, 8, 1]]
    rights = [30, 39, 44, 46, 48, 47, 46, 46]
    expected = {str(w): {"right": r, "all": 54 - w} for w, r in enumerate(rights, 1)}
    assert found["ceiling"] == expected


@pytest.mark.parametrize("way", [["cli.py"], ["-m", "melodyrnn"]])
def test_python_runs_it_too(way, nabiya):
    clone = Path(__file__).parent.parent
    command = [sys.executable, *way, "inspect", str(nabiya)]
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "나비야" in done.stdout


def test_inspect_for_people(nabiya):
    done = call("inspect", nabiya)
    assert done.exit_code == 0
    assert "나비야" in done.output
    assert "46/50" in done.output
    assert max(map(len, done.output.splitlines())) <= 80


def test_train_json(trained):
    folder, done = trained
    found = document(done)
    assert found["run"] == str(Path("runs") / "nabiya-lstm")
    assert found["model"] == "lstm"
    assert found["parameters"] == 68366
    assert found["one_step"] == found["whole_song"] == {"right": 50, "all": 50}
    assert found["ceiling"] == {"right": 46, "all": 50}
    assert 0 < found["epochs"] < 2000
    assert found["seconds"] > 0
    names = {Path(path).name for path in found["files"]}
    assert names == {
        "model.keras", "history.csv", "run.json", "report.html", "README.md",
        "song.mid", "song.musicxml", "song.svg", "song.png", "song.wav",
    }  # fmt: skip
    assert all((folder / path).stat().st_size for path in found["files"])


def test_the_run_plays_the_song(run, nabiya):
    song = read_song(nabiya)
    played = read_song(run / "song.mid")
    assert [n.pitch.midi for n in played.notes] == [n.pitch.midi for n in song.notes]
    assert [n.duration for n in played.notes] == [n.duration for n in song.notes]
    assert played.title == "나비야"
    with wave.open(str(run / "song.wav")) as sound:
        seconds = sound.getnframes() / sound.getframerate()
    assert song.seconds <= seconds < song.seconds + 4


def test_the_history_is_of_every_epoch(run):
    with (run / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["epoch"]) for row in rows] == list(range(1, len(rows) + 1))
    assert float(rows[-1]["loss"]) < float(rows[0]["loss"]) / 10
    assert rows[-1]["one_step"] == "50"


def test_evaluate_json(melodyrnn, run):
    found = document(melodyrnn("evaluate", run, "--json"))
    assert (found["model"], found["window"]) == ("lstm", 4)
    assert found["one_step"] == {"right": 50, "all": 50}
    assert found["whole_song"].pop("tokens") == found["songs"][0]["whole_song"]["tokens"]
    assert found["whole_song"] == {"right": 50, "all": 50}
    assert found["ceiling"] == {"right": 46, "all": 50}
    assert 0 < found["bits_per_note"] < 1
    assert found["songs"][0]["in_training_set"]


def test_evaluate_on_another_song_says_so(run, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("g8 e8 e4 f8 d8 d4 g8 g8 g8 g8")
    done = call("evaluate", run, other)
    assert done.exit_code == 0, done.output
    assert "not in the training set" in done.output


def test_generate_json(run, tmp_path):
    arguments = ("generate", run, "--primer", "g8 e8 e4 f8 d8", "--length", 12, "--json")
    told = call(*arguments, "--count", 3, "--seed", 4, "-o", tmp_path / "new")
    found = json.loads(told.stdout)
    again = json.loads(call(*arguments, "--count", 3, "--seed", 4).stdout)
    assert len(found["songs"]) == 3
    for number, (song, same) in enumerate(zip(found["songs"], again["songs"], strict=True), 1):
        assert song["tokens"] == same["tokens"]
        assert "file" not in same
        assert song["tokens"][:5] == ["g8", "e8", "e4", "f8", "d8"]
        assert song["primer"] == 5
        assert len(song["tokens"]) == 5 + 12
        assert song["file"] == str(tmp_path / "new" / f"song-{number}.mid")
        codes = [note for track in mido.MidiFile(song["file"]).tracks for note in track]
        assert sum(m.type == "note_on" and m.velocity > 0 for m in codes) == 17


@pytest.fixture(scope="module")
def looping(tmp_path_factory, nabiya):
    """A run of the model that expects the last note again."""
    folder = tmp_path_factory.mktemp("looping") / "run"
    assert call("train", nabiya, "--model", "repeat", "-o", folder).exit_code == 0
    return folder


def test_a_loop_is_said(looping):
    done = call("generate", looping, "--temperature", 0, "--json")
    found = json.loads(done.stdout)
    assert found["songs"][0]["loop"] == {"period": 1, "rounds": 51}
    assert (found["temperature"], found["seed"]) == (0.0, 0)
    assert done.stderr == (
        "note: the song ends in a loop: the last note 51 times over; "
        "a higher --temperature may break it, --avoid-loops does\n"
    )


def test_loops_are_avoided(looping):
    done = call("generate", looping, "--temperature", 0, "--avoid-loops", "--json")
    found = json.loads(done.stdout)
    assert (found["avoid_loops"], found["songs"][0]["loop"], done.stderr) == (True, None, "")


def test_bars_key_and_end_from_the_command_line(looping, tmp_path):
    options = ("--bars", 8, "--meter", "2/4", "--key", "C major", "--end", "--max-copy", 5)
    arguments = ("generate", looping, *options, "--count", 3, "-o", tmp_path / "new.txt")
    found = json.loads(call(*arguments, "--json").stdout)
    assert found["songs"] == json.loads(call(*arguments, "--json").stdout)["songs"]
    expected = {"bars": 8, "meter": "2/4", "key": "C major", "end": True, "max_copy": 5}
    assert expected.items() <= found.items()
    for made in found["songs"]:
        song = read_song(made["file"])
        assert (str(song.meter), str(song.key), song.duration) == ("2/4", "C major", 16)
        assert to_tokens(song) == made["tokens"]
        assert made["tokens"][-1][:-1].rstrip("'") in ("c", "C")
        assert made["copied"]["notes"] <= 5
        assert made["log_probability"] < 0


def test_a_beam_says_how_likely_its_songs_are(looping):
    done = call("generate", looping, "--beam", 4, "--count", 2, "--length", 4)
    likely = [float(x) for x in re.findall(r"log-probability (-[\d.]+)", done.stdout)]
    assert len(likely) == 2
    assert likely == sorted(likely, reverse=True)
    assert "log-probability" not in call("generate", looping, "--length", 4).stdout


def test_a_beam_that_finds_fewer_songs_says_so(looping):
    arguments = ("--primer", "g8 e8 e4 g8 e8 d8", "--meter", "2/4", "--bars", 2, "--end")
    done = call("generate", looping, *arguments, "--beam", 9, "--count", 9, "--json")
    found = len(json.loads(done.stdout)["songs"])
    assert (
        done.stderr
        == "note: --end: in 2/4, no tonic as long as the last notes of the training songs fits; songs "
        f"end on a shorter one\nnote: the beam found {found} song, not 9; a wider --beam may find more\n"
    )


def test_loops_among_several_songs_are_counted(looping):
    done = call("generate", looping, "--temperature", 0, "--count", 3, "--json")
    assert "note: 3 of 3 songs end (the first: song 1) in a loop: the last note" in done.stderr


def test_greedy_generation_from_the_first_notes_is_the_song(run, nabiya):
    found = json.loads(call("generate", run, "--temperature", 0, "--json").stdout)
    assert found["songs"][0]["tokens"] == to_tokens(read_song(nabiya))
    assert found["songs"][0]["copied"] == {"notes": 54, "song": "nabiya", "start": 0, "place": 0}


def test_a_copy_is_reported_with_its_place(run):
    done = call("generate", run, "--temperature", 0, "--length", 5)
    assert "9 of 9 notes in a row, from note 1, stand in nabiya, from note 1" in done.output


def test_a_file_is_a_primer(run, tmp_path):
    midi = tmp_path / "나비.mid"
    assert call("render", tmp_path.parent / "missing.txt", "-o", midi).exit_code == 1
    (tmp_path / "p.txt").write_text("g8 e8 e4 f8 d8 d4")
    assert call("render", tmp_path / "p.txt", "-o", midi).exit_code == 0
    found = json.loads(call("generate", run, "--primer", midi, "--length", 3, "--json").stdout)
    assert found["songs"][0]["tokens"][:6] == ["g8", "e8", "e4", "f8", "d8", "d4"]
    assert found["songs"][0]["primer"] == 6


def test_an_enharmonic_primer_is_understood(run):
    done = call("generate", run, "--primer", "g8 e8 f-4 e#8", "--length", 1, "--json")
    assert json.loads(done.stdout)["songs"][0]["tokens"][:4] == ["g8", "e8", "e4", "f8"]


@pytest.mark.parametrize("suffix", ["mid", "musicxml", "abc", "svg", "png", "pdf", "wav", "txt"])
def test_render_every_format(nabiya, tmp_path, suffix):
    target = tmp_path / f"나비야.{suffix}"
    done = call("render", nabiya, "-o", target)
    assert done.exit_code == 0, done.output
    assert done.output.strip() == str(target)
    magic = {"mid": b"MThd", "png": b"\x89PNG", "pdf": b"%PDF", "wav": b"RIFF"}.get(suffix, b"")
    assert target.read_bytes().startswith(magic)
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("suffix", ["mid", "musicxml", "abc", "txt"])
def test_every_format_can_be_inspected_again(nabiya, tmp_path, suffix):
    target = tmp_path / f"song.{suffix}"
    call("render", nabiya, "-o", target)
    found = json.loads(call("inspect", target, "--json").stdout)
    assert found["title"] == "나비야"
    assert found["tokens"] == to_tokens(read_song(nabiya))


BAD_INPUT = [
    # arguments, files to make, the words of the message
    (["inspect", "x.txt"], {"x.txt": "g8 h8"}, "x.txt:1:4: unknown pitch 'h8'"),
    (["inspect", "x.txt"], {"x.txt": ""}, "x.txt"),
    (["inspect", "x.txt"], {"x.txt": "r4 r4 r4 r4 r4 r4"}, "x.txt: there are no notes in it"),
    (["inspect", "x.txt"], {"x.txt": "g8 e8 e4 f8"}, "x has 4 notes and a window of 4 needs at least 5"),
    (["train", "x.txt"], {"x.txt": "g8 e8 e4 f8"}, "use --window 3 or less"),
    (["inspect", "x.mid"], {"x.mid": "no midi at all"}, "x.mid"),
    (["inspect", "x.mid"], {"x.mid": b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk\0\0\1\0"}, "x.mid"),
    (["inspect", "x.musicxml"], {"x.musicxml": b"\x89PNG"}, "x.musicxml"),
    (["inspect", "x.abc"], {"x.abc": b"\xff\xfe\xfd"}, "x.abc"),
    (["inspect", "x.txt"], {"x.txt": b"\xff\xfe\xfd"}, "x.txt: byte 0 is not UTF-8 text; save it as UTF-8"),
    (["inspect", "x.doc"], {"x.doc": "g8"}, "x.doc: unknown kind of file '.doc'"),
    (["inspect", "nabya.txt"], {"nabiya.txt": "g8"}, "nabya.txt: no such file; did you mean 'nabiya.txt'?"),
    (["inspect", "x\ny.txt"], {}, "x\\ny.txt: no such file"),
    (["inspect", "d"], {"d/x.txt": "g8 " * 9}, "d: a folder; name a file in it"),
    (["render", "d", "-o", "y.mid"], {"d/x.txt": "g8 " * 9}, "d: a folder; name a file in it"),
    (["inspect", "x" * 300], {}, "xx: no such file"),
    (["render", "x.txt", "-o", "x" * 300 + ".mid"], {"x.txt": "g8"}, "cannot write: file name too long"),
    (["train", "empty"], {"empty/readme.md": ""}, "empty: no song in this folder"),
    (["render", "x.txt", "-o", "y.xyz"], {"x.txt": "g8"}, "y.xyz: unknown format '.xyz'"),
    (["render", "x.txt", "-o", "no/where/y.mid"], {"x.txt": "g8"}, "no/where/y.mid: cannot write"),
    (["render", "x.txt", "-o", "d.mid"], {"x.txt": "g8", "d.mid/x": ""}, "d.mid: a folder; name a file in it to write"),
    (["render", "x.txt", "-o", "y.wav", "--instrument", "fluet"], {"x.txt": "g8"}, "did you mean 'flute'"),
    (["render", "x.txt", "-o", "y.mid", "--tempo", "-3"], {"x.txt": "g8"}, "a tempo of -3"),
    (["evaluate", "runs/none"], {}, "none: no such run folder"),
    (["generate", "run", "--temperature", "-1"], {"run/run.json": ""}, "--temperature -1.0 is out of range"),
    (["generate", "run", "--top-p", "0"], {"run/run.json": ""}, "--top-p 0.0 is out of range"),
    (["generate", "run", "--top-k", "0"], {"run/run.json": ""}, "--top-k 0 is out of range"),
    (["generate", "run", "--bars", "0"], {"run/run.json": ""}, "--bars 0 is out of range"),
    (["generate", "run", "--beam", "2", "--top-k", "3"], {"run/run.json": ""}, "--top-k has no effect with --beam, which draws nothing; leave it out"),
    (["generate", "run", "--beam", "2", "--count", "3"], {"run/run.json": ""}, "--count 3 is more than --beam 2 finds; give a wider beam"),
    (["generate", "run", "--count", "0"], {"run/run.json": ""}, "--count 0 is out of range"),
    (["generate", "run"], {"run/run.json": "{}"}, "is not a run of this version"),
    (["generate", "run"], {"run/run.json": "[["}, "is damaged or no record of a run"),
    (["train", "x.txt", "--epochs", "0"], {"x.txt": "g8 " * 9}, "--epochs 0 is out of range"),
    (["train", "x.txt", "-o", "here"], {"x.txt": "g8 " * 9, "here/a": ""}, "here: stands there and is no run folder; choose another --output"),
    (["train", "x.txt", "--resume"], {"x.txt": "g8 " * 9}, "no such run to resume"),
    (["compare", "x.txt", "--models", "lstm,lstn"], {"x.txt": "g8 " * 9}, "unknown model 'lstn'; did you mean 'lstm'?"),
    (["compare", "x.txt", "--windows", "8-x"], {"x.txt": "g8 " * 9}, "--windows '8-x' is not like 1-8"),
    (["compare", "x.txt", "--held-out", "0.5"], {"x.txt": "g8 " * 9}, "need at least two different tunes"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "files", "message"), BAD_INPUT, ids=lambda value: str(value)[:40]
)
def test_bad_input_is_one_line_and_exit_status_1(arguments, files, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, content in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = sorted(tmp_path.rglob("*"))
    done = call(*arguments)
    assert done.exit_code == 1, done.output
    assert message in done.stderr
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert sorted(tmp_path.rglob("*")) == before, "nothing is written"


def test_a_run_on_a_folder_of_songs_is_called_after_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("my songs").mkdir()
    for name in ("one", "two"):
        Path("my songs", f"{name}.txt").write_text("c4 d4 e4 c4 d4 e4")
    options = ["--model", "ngram", "--window", 2, "--json"]
    for sources, called in (
        (["my songs"], "my-songs-ngram"),
        (["my songs/"], "my-songs-ngram-2"),
        (["my songs/one.txt"], "one-ngram"),
        (["my songs/one.txt", "my songs/two.txt"], "2-songs-ngram"),
    ):
        done = call("train", *sources, *options)
        assert json.loads(done.stdout)["run"] == str(Path("runs", called)), done.stderr
    done = call("train", "my songs", *options, "--resume")
    assert json.loads(done.stdout)["run"] == str(Path("runs", "my-songs-ngram-2"))


def test_what_looks_like_markup_is_text(tmp_path):
    song = tmp_path / "[red].txt"
    song.write_text("title: [/b] :smile:\ncomposer: [/x] [dim]\nc4 d e f g")
    done = call("inspect", song)
    assert done.exit_code == 0, done.output
    assert "[/b] :smile:" in done.output
    assert "by [/x] [dim]" in done.output


def test_a_terminal_without_korean_shows_escapes(melodyrnn, nabiya, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    assert "\\ub098\\ube44\\uc57c" in melodyrnn("inspect", nabiya).stdout
    assert document(melodyrnn("inspect", nabiya, "--json"))["title"] == "나비야"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
def test_a_full_disk_under_the_output_is_one_line(melodyrnn, nabiya):
    streams = {"capture_output": False, "stderr": subprocess.PIPE}
    with Path("/dev/full").open("w") as full:
        done = melodyrnn("inspect", nabiya, "--json", stdout=full, **streams)
    assert done.returncode == 1
    assert done.stderr == (
        "error: standard output: no space left on device; choose another place\n"
    )


@unprivileged
def test_a_file_that_may_not_be_read_is_no_wrong_option(tmp_path):
    song = tmp_path / "song.txt"
    song.touch(mode=0o000)
    done = call("inspect", song)
    assert (done.exit_code, done.stderr) == (
        1,
        f"error: {song}: cannot read: permission denied; choose another file\n",
    )


PRIMERS = [
    ("g8 e8", "the primer has 2 notes and this run's window needs 4; give more, such as 'g8 e8 e4 f8'"),
    ("g8 e8 e4 q8", "--primer:1:10: unknown pitch 'q8'"),
    ("no.mid", "no.mid: no such file"),
    ("no.krn", "no.krn: no such file"),
    (" ", "the primer has 0 notes and this run's window needs 4; give more, such as 'g8 e8 e4 f8'"),
]  # fmt: skip


@pytest.mark.parametrize(("primer", "message"), PRIMERS)
def test_a_primer_that_cannot_be_is_refused_with_what_would_work(run, primer, message):
    done = call("generate", run, "--primer", primer)
    assert done.exit_code == 1
    assert message in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["trian"], "Did you mean 'train'?"),
        (["train"], "Missing argument 'SONGS...'"),
        (["train", "x", "--modle", "mlp"], "No such option"),
        (["train", "x", "--model", "lsmt"], "is not one of 'lstm'"),
        (["train", "x", "--epochs", "many"], "'many' is not a valid integer"),
        (["train", "x", "--overwrite", "--resume"], "exclude each other"),
        (["render", "x"], "Missing option '--output'"),
    ],
)
def test_a_wrong_option_exits_2(arguments, message):
    done = call(*arguments)
    assert done.exit_code == 2
    assert message in done.stderr


def test_a_file_of_100_mb_is_refused_at_once(tmp_path):
    for suffix in ("txt", "mid", "musicxml", "abc"):
        path = tmp_path / f"nonsense.{suffix}"
        with path.open("wb") as file:
            file.truncate(100_000_000)
        start = time.monotonic()
        done = call("inspect", path)
        assert done.exit_code == 1, suffix
        assert "100 MB is too large for a melody" in done.stderr
        assert time.monotonic() - start < 1


def test_a_damaged_run_is_one_line(run, tmp_path):
    import shutil

    copy = shutil.copytree(run, tmp_path / "run")
    (copy / "model.keras").write_bytes(b"not a model")
    done = call("generate", copy)
    assert done.exit_code == 1
    assert "model.keras: is damaged or holds another network than run.json says" in done.stderr


def test_quiet_prints_only_paths(melodyrnn, run, tmp_path):
    done = melodyrnn("generate", run, "--quiet", "-o", tmp_path / "a.mid")
    assert (done.stdout.strip(), done.stderr) == (str(tmp_path / "a.mid"), "")
    assert call("generate", run, "--quiet").stdout == ""


def test_help_is_there_at_once(melodyrnn):
    seconds = []
    for _ in range(5):
        start = time.monotonic()
        assert "compare" in melodyrnn("--help").stdout
        seconds.append(time.monotonic() - start)
    assert min(seconds) < 0.5  # measured: 0.1; a bound that a busy machine keeps


def test_the_list_of_commands_has_a_line_for_each():
    listed = CliRunner().invoke(main, ["--help"], terminal_width=80).output.split("Commands:\n")[1]
    width = max(map(len, COMMANDS))
    assert listed == "".join(f"  {name:{width}}  {about}\n" for name, about in COMMANDS.items())


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_80_columns(command):
    done = CliRunner().invoke(main, [command, "--help"], terminal_width=80)
    assert done.exit_code == 0
    assert max(map(len, done.output.splitlines())) <= 80


TRAIN = ("train", "--no-early-stop", "--epochs", "600")
"""Long enough that it can be stopped in the midst of it."""


def training(folder, nabiya, *arguments):
    return running(*TRAIN, nabiya, *arguments, cwd=folder, stdout=subprocess.PIPE)


def test_a_killed_training_resumes_to_the_same_bits(nabiya, tmp_path):
    straight = call("train", nabiya, "--epochs", 80, "-o", tmp_path / "straight")
    assert straight.exit_code == 0, straight.output
    when = "20 <= self._trainer.epoch < 80"
    assert killed_training(nabiya, tmp_path / "killed", {"epochs": 80}, when) == 9
    assert not (tmp_path / "killed" / "model.keras").exists()
    done = call("train", nabiya, "-o", tmp_path / "killed", "--resume")
    assert done.exit_code == 0, done.output
    for name in ("model.keras", "history.csv", "song.mid", "song.svg"):
        one, other = (tmp_path / run / name for run in ("straight", "killed"))
        assert one.read_bytes() == other.read_bytes(), name


def test_ctrl_c_before_the_learning_is_one_line(nabiya, tmp_path):
    with training(tmp_path, nabiya) as process:
        wait_until((tmp_path / "runs" / "nabiya-lstm" / "run.json").exists, process)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (130, b"")
    said = [line for line in errors.decode().splitlines() if not line.startswith("learning ")]
    assert said == ["stopped; give the same command with --resume to go on"]


def test_ctrl_c_leaves_a_usable_run(nabiya, tmp_path):
    run = tmp_path / "runs" / "nabiya-lstm"
    with training(tmp_path, nabiya) as process:
        wait_until((run / "checkpoint" / "state.npz").exists, process)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert b"--resume goes on" in errors
    assert b"Traceback" not in errors
    assert json.loads((run / "run.json").read_text())["status"] == "interrupted"
    done = call("generate", run, "--length", 5, "--json")
    assert len(json.loads(done.stdout)["songs"][0]["tokens"]) == 9
