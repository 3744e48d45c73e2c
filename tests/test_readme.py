"""The README keeps its word: its Python runs, its files exist."""

import re
from pathlib import Path

import pytest

from melodyrnn.cli import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_example_runs(tmp_path, monkeypatch, capsys, no_workers):
    (tmp_path / "songs").symlink_to(ROOT / "songs")
    section = README.split("## In Python")[1].split("\n## ")[0]
    lines = [line[4:] for line in section.splitlines() if line.startswith("    ")]
    assert len(lines) <= 12
    monkeypatch.chdir(tmp_path)
    exec("\n".join(lines), {})
    printed = capsys.readouterr().out
    assert printed.splitlines()[1] == "50/50 50/50 46/50"
    assert "The LSTM passes the ceiling" in printed
    assert (tmp_path / "take.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("path", re.findall(r"`(melodyrnn/[\w/.]*)`|\((docs/[\w/.]+)\)", README))
def test_its_files_exist(path):
    assert (ROOT / "".join(path)).exists()


def test_each_command_of_its_session_is_in_the_help():
    assert {"inspect", "train", "evaluate", "generate", "compare", "render"} <= set(COMMANDS)
