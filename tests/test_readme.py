"""The README keeps its word: its Python runs, its files exist."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from melodyrnn.cli import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_example_runs(tmp_path):
    (tmp_path / "songs").symlink_to(ROOT / "songs")
    section = README.split("## In Python")[1].split("\n## ")[0]
    lines = [line[4:] for line in section.splitlines() if line.startswith("    ")]
    assert len(lines) <= 12
    body = "\n".join(f"    {line}" for line in lines)
    (tmp_path / "example.py").write_text(f"if __name__ == '__main__':\n{body}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "example.py"], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1] == "50/50 50/50 46/50"
    assert "The LSTM passes the ceiling" in done.stdout
    assert (tmp_path / "take.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("path", re.findall(r"`(melodyrnn/[\w/.]*)`|\((docs/[\w/.]+)\)", README))
def test_its_files_exist(path):
    assert (ROOT / "".join(path)).exists()


def test_each_command_of_its_session_is_in_the_help():
    assert {"inspect", "train", "evaluate", "generate", "compare", "render"} <= set(COMMANDS)
