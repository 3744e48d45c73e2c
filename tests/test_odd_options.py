"""Options beyond all measure, closed outputs, names as long as can be: a line each, or right."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import ROOT
from marks import unprivileged

from melodyrnn.cli import main
from melodyrnn.data.gather import gather
from melodyrnn.errors import MelodyWarning
from melodyrnn.runs.replacing import aside

FULL = Path("/dev/full")


@pytest.mark.parametrize("option", ["seed", "epochs", "batch", "embedding", "units", "window"])
@pytest.mark.parametrize("value", ["9" * 400, str(10**19), "-" + "9" * 400])
def test_numbers_beyond_all_measure(song, option, value):
    done = CliRunner().invoke(main, ["train", "song.txt", f"--{option}={value}"])
    assert done.exit_code == 1, done.output
    *_, last = done.stderr.splitlines()
    assert last.startswith(f"error: --{option} ")
    assert "is out of range; it must be a whole number" in last
    assert len(last) < 200


def test_a_rate_below_nothing_is_out_of_range(song):
    done = CliRunner().invoke(main, ["train", "song.txt", "--dropout=-1"])
    assert done.stderr.startswith("error: --dropout -1.0 is out of range; it must be a number at l")


@pytest.mark.parametrize("option", ["batch", "embedding"])
def test_a_billion_is_refused_at_once(song, option):
    done = CliRunner().invoke(main, ["train", "song.txt", f"--{option}=1000000000"])
    assert done.stderr.startswith(f"error: --{option} 1000000000 is out of range")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of Unix")
@pytest.mark.parametrize("closed", ["2>&-", ">&-", ">&- 2>&-"])
def test_closed_outputs(song, closed):
    for words, status in (("song.txt", 0), ("nowhere.txt", 1)):
        line = f"{sys.executable} -m melodyrnn inspect {song.with_name(words)} {closed}"
        done = subprocess.run(
            line,
            shell=True,
            capture_output=True,
            check=False,
            env=os.environ | {"PYTHONPATH": ROOT},
        )
        assert done.returncode == status
        assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not FULL.exists(), reason="a device of Linux")
def test_help_on_a_full_disk():
    line = [sys.executable, "-m", "melodyrnn", "--help"]
    with FULL.open("w") as full:
        done = subprocess.run(line, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False)
    words = b"error: standard output: no space left on device; choose another place"
    assert (done.returncode, done.stderr.splitlines()[0]) == (1, words)


def test_ctrl_c_while_the_command_is_imported():
    code = (
        "import sys\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'melodyrnn.cli': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "from melodyrnn.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (130, "stopped\n")


def test_names_as_long_as_the_system_takes(song):
    for name in ("나" * 83, "x" * 250, "\U0001d11e" * 62):
        for _ in range(2):
            done = CliRunner().invoke(
                main, ["train", "song.txt", "--model=ngram", "--overwrite", "-o", name, "--quiet"]
            )
            assert done.exit_code == 0, done.output
        assert len(os.fsencode(aside(song.with_name(name)).name)) <= 255


@unprivileged
def test_a_folder_that_may_not_be_looked_into_is_named(song, tmp_path):
    (tmp_path / "closed").mkdir(mode=0)
    with pytest.warns(MelodyWarning, match="closed: cannot look into this folder: permission den"):
        assert len(gather(tmp_path)) == 1
