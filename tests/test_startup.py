"""How TensorFlow is set up in a command's process, and that anybody else's is left alone."""

import gc
import os
import subprocess
import sys

import pytest

from melodyrnn.system import startup as own_process

THREADS = "TF_NUM_INTRAOP_THREADS"


@pytest.fixture
def frozen(monkeypatch):
    """A process that nobody has claimed yet, and how often what is in it was frozen."""
    times = []
    monkeypatch.setattr(own_process, "_ours", False)
    for variable in own_process.ONE_THREAD:
        monkeypatch.setenv(variable, "")  # so that it is put back, also where it was not there
        monkeypatch.delenv(variable)
    monkeypatch.setattr(gc, "freeze", lambda: times.append(1))
    return times


def test_a_program_of_its_own_has_all(monkeypatch, frozen):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    monkeypatch.setattr(own_process, "OPTIONAL", ("colorsys",))
    with own_process.lean_import():
        import colorsys
    assert sys.modules["colorsys"] is colorsys
    assert not frozen
    assert THREADS not in os.environ


def test_what_is_left_out_counts_as_not_installed_until_the_end(monkeypatch, frozen):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    monkeypatch.setattr(own_process, "OPTIONAL", ("colorsys", "sys"))
    own_process.claim()
    with own_process.lean_import():
        with pytest.raises(ModuleNotFoundError):
            import colorsys
        assert sys.modules["sys"] is sys  # what was there before stays
    import colorsys

    assert colorsys.rgb_to_hsv(0, 0, 0) == (0, 0, 0)
    assert len(frozen) == 1


@pytest.mark.parametrize(("said", "holds"), [(None, "1"), ("3", "3")])
def test_a_command_has_one_thread_an_operation_unless_more_are_asked_for(
    monkeypatch, frozen, said, holds
):
    if said:
        monkeypatch.setenv(THREADS, said)
    own_process.claim()
    assert os.environ[THREADS] == holds
    assert {os.environ[variable] for variable in own_process.ONE_THREAD if variable != THREADS} == {
        "1"
    }


def test_tensorflow_starts_without_them_in_a_command():
    code = """
import sys
from click.testing import CliRunner
from melodyrnn.cli import main
CliRunner().invoke(main, ["corpus", "list"])
from melodyrnn.models.backend import keras, tf
print(*sys.modules)
import scipy.sparse
print(keras.ops.shape(tf.zeros((2, 3))), scipy.sparse.eye(2).nnz)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules, works = done.stdout.splitlines()
    assert not set(own_process.OPTIONAL) & set(modules.split())
    assert works == "(2, 3) 2"
