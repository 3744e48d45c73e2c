"""Tunes that are played late or loosely are read as they are written, nearly all of their steps."""

import importlib.util
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parent.parent / "benchmarks" / "humanised.py"


@pytest.fixture(scope="module")
def humanised():
    spec = importlib.util.spec_from_file_location("humanised", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "humanised", module)
        spec.loader.exec_module(module)
    return module


@pytest.mark.filterwarnings("ignore::melodyrnn.errors.MelodyWarning")
@pytest.mark.parametrize(
    ("late", "deviation", "least"),
    [(10, 0, 0.99), (90, 0, 0.99), (0, 0.03, 0.98), (0, 0.05, 0.95), (50, 0.03, 0.98)],
)
def test_steps_are_read_right(humanised, late, deviation, least):
    ((share, _),) = humanised.measure("kinder", 40, 1, [("", late, deviation)])
    assert share >= least
