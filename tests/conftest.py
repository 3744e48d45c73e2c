"""What several test files share: the songs, the command, one trained run."""

import gc
import os
import subprocess
import sys
from pathlib import Path

import hypothesis
import pytest
from browsing import opened_browser

from melodyrnn.system import sharing, startup
from melodyrnn.system.machine import uncollected

ROOT = Path(__file__).parent.parent
NABIYA = ROOT / "songs" / "nabiya.txt"
SCALE = "c4 d4 e4 f4 g4 a4 b4 c'4\n"

# A deadline measures the machine, which is shared, and not the code. (Hypothesis is imported before
# the garbage collector is told, below, what stays: it asks it who refers to its random numbers.)
hypothesis.settings.register_profile("shared machine", deadline=None)
hypothesis.settings.load_profile("shared machine")


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What all tests import and collect stays until the end, a million objects: they are not looked
    through for garbage, now or while tests run. A third of the collection's time.
    """
    with uncollected():
        collected = yield
    gc.freeze()
    return collected


THREADS = {variable: os.environ.get(variable) for variable in startup.ONE_THREAD}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    """A command that a test runs in this process says that it computes on one thread from then on;
    that is so in a process of its own, and not here, where NumPy has begun with several.
    """
    for variable, value in THREADS.items():
        os.environ.pop(variable, None)
        if value is not None:
            os.environ[variable] = value


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory):
    """A cache of the tests' own, so that they neither see nor touch the user's."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("MELODYRNN_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="session")
def nabiya():
    return NABIYA


@pytest.fixture
def song(tmp_path, monkeypatch):
    """A scale in song.txt of the folder that is now the current one."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "song.txt"
    path.write_text(SCALE)
    return path


@pytest.fixture
def no_workers(monkeypatch):
    """Trainings that would be shared out to worker processes are done in this one."""
    monkeypatch.setitem(sharing.ENGINES, False, "engines:InProcess")


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    driver = opened_browser(tmp_path_factory.mktemp("chromium"))
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def melodyrnn():
    """The installed command, as a function of its arguments: its completed process."""
    script = Path(sys.executable).with_name("melodyrnn")

    def command(*arguments, cwd=ROOT, **options):
        line = [str(script), *map(str, arguments)]
        options = {"capture_output": True, "text": True, "encoding": "utf-8"} | options
        return subprocess.run(line, cwd=cwd, timeout=300, **options)

    return command


@pytest.fixture(scope="session")
def trained(melodyrnn, tmp_path_factory):
    """The one true end-to-end training: a folder with runs/nabiya-lstm, and what was printed."""
    folder = tmp_path_factory.mktemp("trained")
    return folder, melodyrnn("train", NABIYA, "--json", cwd=folder)
