"""The notebooks of examples/ are carried out, and say what they said."""

import sys

import nbformat
import pytest

from tests.conftest import ROOT

sys.path.append(str(ROOT / "benchmarks"))
import notebooks


@pytest.fixture(autouse=True)
def this_code(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # not that of an installed package


@pytest.mark.parametrize("path", notebooks.EXAMPLES, ids=lambda path: path.stem)
def test_a_notebook_runs_and_says_what_it_said(path):
    kept = nbformat.read(path, as_version=4)
    assert list(notebooks.differences(kept, notebooks.executed(path))) == []


@pytest.mark.parametrize("path", notebooks.EXAMPLES, ids=lambda path: path.stem)
def test_a_notebook_is_kept_whole_and_small(path):
    kept = nbformat.read(path, as_version=4)
    code = [cell for cell in kept.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert path.stat().st_size < notebooks.MOST_BYTES
    assert "## Exercises" in kept.cells[-1].source


def test_another_figure_is_seen():
    cell = nbformat.v4.new_code_cell("1")
    cell.outputs = [nbformat.v4.new_output("stream", text="46 of 50 notes, 0.20 bits\n")]
    kept = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("A"), cell])
    for text, wrong in (
        ("46 of 50 notes, 0.25 bits\n", 0),  # as another processor rounds
        ("46 of 50 notes, 0.55 bits\n", 1),
        ("45 of 50 notes, 0.20 bits\n", 1),
    ):
        now = nbformat.from_dict(kept)
        now.cells[1].outputs = [nbformat.v4.new_output("stream", text=text)]
        found = list(notebooks.differences(kept, now))
        assert [number for number, _, _ in found] == [2] * wrong
