"""What Keras imports beside itself: left out of a command's process, there in anybody else's."""

import subprocess
import sys

import pytest

from melodyrnn.networks import optional


@pytest.fixture
def nothing_left_out(monkeypatch):
    monkeypatch.setattr(optional, "_left_out", set())


@pytest.mark.usefixtures("nothing_left_out")
def test_a_program_of_its_own_has_all(monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    monkeypatch.setattr(optional, "OPTIONAL", ("colorsys",))
    with optional.without_optional():
        import colorsys
    assert sys.modules["colorsys"] is colorsys


@pytest.mark.usefixtures("nothing_left_out")
def test_what_is_left_out_counts_as_not_installed_until_the_end(monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    monkeypatch.setattr(optional, "OPTIONAL", ("colorsys", "sys"))
    optional.leave_out()
    with optional.without_optional():
        with pytest.raises(ModuleNotFoundError):
            import colorsys
        assert sys.modules["sys"] is sys  # what was there before stays
    import colorsys

    assert colorsys.rgb_to_hsv(0, 0, 0) == (0, 0, 0)


def test_tensorflow_starts_without_them_in_a_command():
    code = """
import sys
from click.testing import CliRunner
from melodyrnn.cli import main
CliRunner().invoke(main, ["corpus", "list"])
from melodyrnn.networks.backend import keras, tf
print(*sys.modules)
import scipy.sparse
print(keras.ops.shape(tf.zeros((2, 3))), scipy.sparse.eye(2).nnz)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules, works = done.stdout.splitlines()
    assert not set(optional.OPTIONAL) & set(modules.split())
    assert works == "(2, 3) 2"
