"""What a user has is never lost: what is replaced is kept until the new is whole."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import SCALE

from melodyrnn import files, generate, train
from melodyrnn.cli import main
from melodyrnn.data import cache
from melodyrnn.errors import ConfigError, FileError, MelodyError, RunError
from melodyrnn.files import sweep_drafts
from melodyrnn.render.targets import song_targets
from melodyrnn.runs import record as records
from melodyrnn.runs.replacing import alone, aside, release, set_aside
from melodyrnn.workflows import train as workflow
from melodyrnn.workflows.render import render


@pytest.fixture
def run(song, tmp_path):
    """A whole run, with a file of the user's own in it."""
    train(song, model="ngram", window=2, output="run")
    (tmp_path / "run" / "thesis.txt").write_text("years of work")
    return tmp_path / "run"


def window(run):
    return records.read_record(run).model.window


def test_a_run_is_replaced_when_the_new_one_is_whole(song, run):
    train(song, model="ngram", window=3, output="run", overwrite=True)
    assert window(run) == 3
    assert (run / "thesis.txt").read_text() == "years of work"
    assert not aside(run).exists()


def test_until_then_it_is_kept(song, run, monkeypatch):
    def broken(*_):
        raise MelodyError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(workflow, "_carried_out", broken)
        for size in (3, 4):  # the second replaces what the first left
            with pytest.raises(MelodyError, match="no room"):
                train(song, model="ngram", window=size, output="run", overwrite=True)
            assert window(aside(run)) == 2
    train(song, model="ngram", window=5, output="run", overwrite=True)
    assert window(run) == 5
    assert (run / "thesis.txt").exists()
    assert not aside(run).exists()


def test_what_is_somebodys_is_never_removed(tmp_path):
    for name in ("run", ".run.old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.json").touch()
        (tmp_path / name / "mine.txt").write_text(name)
    release(tmp_path / "run")
    assert (tmp_path / "run" / "mine.txt").read_text() == "run"
    assert [path.name for path in (tmp_path / ".run.old").iterdir()] == ["mine.txt"]
    assert (tmp_path / "run" / "run.json").exists()
    set_aside(tmp_path / "run")
    assert (tmp_path / "run" / "mine.txt").exists()


def test_two_trainings_in_one_folder_exclude_each_other(run, song):
    holding = (
        "import sys\nfrom pathlib import Path\nfrom melodyrnn.runs.replacing import alone\n"
        f"with alone(Path({str(run)!r})):\n    print(flush=True)\n    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", holding]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        for settings in ({"overwrite": True}, {"resume": True}):
            with pytest.raises(RunError, match="another process trains in it; wait for its end"):
                train(song, model="ngram", window=2, output=run, **settings)
        other.kill()
    with alone(run):  # the lock died with its process
        assert window(run) == 2


def test_a_song_is_not_written_over_itself(song):
    for output in (song, Path("song.txt"), Path("./song.txt")):
        with pytest.raises(ConfigError, match="is the song itself; choose another output"):
            render(song, output)
    assert song.read_text() == SCALE
    os.link(song, "link.txt")
    with pytest.raises(ConfigError, match="is the song itself"):
        render(song, "link.txt")


def test_songs_in_a_folder_are_replaced_only_on_demand(run):
    generate(run, output="takes", seed=1, count=2)
    first = Path("takes/song-1.mid").read_bytes()
    done = CliRunner().invoke(main, ["generate", str(run), "-o", "takes", "--count", "2"])
    assert done.exit_code == 1
    assert "takes/song-1.mid: already exists; --overwrite replaces it, or choose" in done.stderr
    assert Path("takes/song-1.mid").read_bytes() == first
    assert song_targets([Path("takes")], None, 2, overwrite=True)
    generate(run, output="takes", seed=1, count=2, overwrite=True)
    generate(run, output="takes", seed=1, count=1)  # song.mid is another name


def test_drafts_of_killed_writes_are_swept_up(tmp_path, song, monkeypatch):
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True
    )
    dead = int(gone.stdout)
    ours, theirs = tmp_path / f".x.{dead}.part", tmp_path / f".x.{os.getpid()}.part"
    ours.touch()
    theirs.touch()
    (tmp_path / f".run.abc.{dead}.part").mkdir()
    (tmp_path / ".thesis.part").touch()
    sweep_drafts(tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {theirs.name, ".thesis.part", "song.txt"}
    sweep_drafts(tmp_path / "nowhere")


def test_a_full_disk_is_named(song, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(FileError, match=r"^out.mid: cannot write: no space left on device; choose"):
        render(song, "out.mid")
    assert not Path("out.mid").exists()


def test_a_cache_that_may_not_be_read_costs_the_cache_only(song, monkeypatch):
    def forbidden(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.is_file", forbidden)
    monkeypatch.setattr("pathlib.Path.mkdir", forbidden)
    assert cache.recall([b"x"]) == {}
    cache.remember({b"x": b"y"})


def test_want_of_memory_is_one_line(song, monkeypatch):
    def exhausted(*_, **__):
        raise MemoryError

    monkeypatch.setattr("melodyrnn.workflows.inspect.inspect", exhausted)
    done = CliRunner().invoke(main, ["inspect", str(song)])
    assert (done.exit_code, done.stderr) == (
        1,
        "error: this takes more memory than there is; cut it, or close other programs\n",
    )
