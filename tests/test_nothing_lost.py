"""What a user has is never lost: what is replaced is kept until the new is whole."""

import os
import subprocess
import sys
from contextlib import contextmanager
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
from melodyrnn.runs.output_folders import claimed, read_basis
from melodyrnn.runs.replacing import alone, aside, release, set_aside
from melodyrnn.workflows import train as workflow
from melodyrnn.workflows.render import render


@pytest.fixture
def run(song, tmp_path):
    """A whole run, with a file of the user's own in it."""
    train(song, model="ngram", window=2, output="run")
    (tmp_path / "run" / "thesis.txt").write_text("years of work")
    return tmp_path / "run"


@contextmanager
def holder(folder):
    """Another process works in ``folder``."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom melodyrnn.runs.replacing import alone\n"
        f"with alone(Path({str(folder)!r})):\n    print(flush=True)\n    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        try:
            yield
        finally:
            other.kill()


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
        (tmp_path / name / "same.txt").touch()
    release(tmp_path / "run")
    left = {path.name: path.read_text() for path in (tmp_path / "run").iterdir()}
    assert left == {"run.json": "", "same.txt": "", "mine.txt": "run", "mine-2.txt": ".run.old"}
    assert not (tmp_path / ".run.old").exists()


def test_a_removal_that_was_killed_is_ended_first(tmp_path):
    run, old = tmp_path / "run", tmp_path / ".run.old"
    for folder in (run, old):
        folder.mkdir()
        (folder / "song.mid").write_text(folder.name)
    (run / "run.json").touch()
    (old / "mine.txt").touch()
    set_aside(run)
    assert not run.exists()
    assert {path.name for path in old.iterdir()} == {"run.json", "song.mid", "mine.txt"}
    assert (old / "song.mid").read_text() == "run"


def begun(folder, window, **options):
    """The folder of a comparison with that window, as ``compare`` claims it."""
    asked = (folder, folder, "compare.json", {"window": window})
    return claimed(*asked, kind="comparison", **options)


def cut_off(folder, window):
    """A comparison that is to replace the one there, and is stopped."""
    with pytest.raises(KeyboardInterrupt), begun(folder, window, overwrite=True):
        raise KeyboardInterrupt


def test_a_comparison_is_replaced_when_the_new_one_is_whole(tmp_path):
    out = tmp_path / "out"
    inner = out / "runs" / "lstm-window4-seed0"
    with begun(out, 4):
        inner.mkdir(parents=True)
        for name in ("run.json", "trial.json", "remarks.txt", "../../thesis.txt"):
            (inner / name).write_text("years of work")
    for _ in range(2):  # the same again goes on, and begins nothing anew
        cut_off(out, 3)
        (out / "runs").mkdir(exist_ok=True)
        (out / "runs" / "half").touch()
        assert (aside(out) / "runs" / "lstm-window4-seed0" / "trial.json").exists()
    with begun(out, 3, overwrite=True):
        assert (out / "runs" / "half").exists()
    assert not aside(out).exists()
    left = {str(path.relative_to(out)) for path in out.rglob("*.*")}
    assert left == {"compare.json", "thesis.txt", "runs/lstm-window4-seed0/remarks.txt"}
    cut_off(out, 2)
    with begun(out, 1, overwrite=True):  # what was cut off gives way, the whole one waits
        assert read_basis(aside(out) / "compare.json") == {"window": 3}
    assert {str(path.relative_to(out)) for path in out.rglob("*.*")} == left


@pytest.mark.parametrize("settings", [{"overwrite": True}, {}])
def test_two_comparisons_in_one_folder_exclude_each_other(tmp_path, settings):
    out = tmp_path / "out"
    with begun(out, 4):
        pass
    words = "out: another process works in it; wait for its end, or choose another output"
    with holder(out), pytest.raises(RunError, match=words), begun(out, 4, **settings):
        pass


KILLED = """
import os, sys
from melodyrnn.experiments import carry_out
def one(work, tasks, place, after, *_, **__):
    after(0, work(tasks[0]))
    os._exit(9)
carry_out.share_out = one
from melodyrnn.cli import main
main(sys.argv[1:])
"""


def test_a_kill_in_the_middle_of_a_sweep_loses_nothing(song, tmp_path):
    def swept(windows):
        return ["sweep", "song.txt", "--grid", f"window={windows}", "--grid", "model=ngram", *rest]

    rest = ["-o", "out", "--overwrite", "--jobs=1", "--quiet"]
    assert CliRunner().invoke(main, swept("2")).exit_code == 0
    first = (tmp_path / "out" / "sweep.json").read_bytes()
    done = subprocess.run([sys.executable, "-c", KILLED, *swept("3,4")], check=False)
    assert done.returncode == 9
    assert (aside(tmp_path / "out") / "sweep.json").read_bytes() == first
    half = tmp_path / "out" / "runs" / "window=3-model=ngram" / "trial.json"
    before = half.stat().st_mtime_ns
    assert CliRunner().invoke(main, swept("3,4")).exit_code == 0
    assert half.stat().st_mtime_ns == before
    assert not aside(tmp_path / "out").exists()
    assert len(list((tmp_path / "out" / "runs").iterdir())) == 2


def test_two_trainings_in_one_folder_exclude_each_other(run, song):
    with holder(run):
        for settings in ({"overwrite": True}, {"resume": True}):
            with pytest.raises(RunError, match="another process works in it; wait for its end"):
                train(song, model="ngram", window=2, output=run, **settings)
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
