"""What some commands need beside the rest is named where it is missing, and the extra exists."""

import tomllib

import pytest
from packaging.requirements import Requirement

from melodyrnn import ConfigError, evaluate_against
from melodyrnn.system import extras
from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.parametrize("extra", extras.EXTRAS)
def test_an_extra_that_is_named_is_one_of_the_package(extra):
    assert extra in PROJECT["optional-dependencies"]


def test_one_that_is_here_is_no_error(monkeypatch):
    monkeypatch.setitem(extras.EXTRAS, "tensorboard", ("--tensorboard", ("json", "csv")))
    extras.require_extra("tensorboard")


def test_packages_that_are_missing_are_said_to_be(monkeypatch):
    monkeypatch.setitem(extras.EXTRAS, "studio", ("the studio", ("json", "no_such_package")))
    with pytest.raises(ConfigError) as caught:
        extras.require_extra("studio")
    assert str(caught.value) == (
        "the studio needs packages that are not here; pip install 'melodyrnn[studio]'"
    )


def test_without_scikit_learn_songs_are_not_even_read(monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"^against needs a package .* 'melodyrnn\[human\]'$"):
        evaluate_against("no such songs", "nor these")


@pytest.mark.parametrize("machine", ["x86_64", "aarch64", "arm64", "AMD64"])
@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_one_tensorflow_is_installed_for_two_write_into_one_folder(system, machine):
    wanted = [Requirement(each) for each in PROJECT["dependencies"] if "tensorflow" in each]
    there = {"sys_platform": system, "platform_machine": machine}
    (found,) = (each.name for each in wanted if each.marker.evaluate(there))
    assert found == ("tensorflow-cpu" if (system, machine) == ("linux", "x86_64") else "tensorflow")
