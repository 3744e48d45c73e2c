"""Work shared out to processes of this machine and to a cluster, some of which are killed."""

import gc
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from melodyrnn import evaluate, sweep
from melodyrnn.errors import ConfigError, MelodyError, RunError
from melodyrnn.evaluation import judging
from melodyrnn.experiments.benchmark.folds import predict_folds
from melodyrnn.system import cluster, sharing
from melodyrnn.system.place import Place
from melodyrnn.system.sharing import share_out
from melodyrnn.system.workers import LostError
from melodyrnn.tasks.dataset import AT_ONCE

pytest.importorskip("distributed")

GRID = ["window=1,2,3,4,5,6,7,8,9,10,11,12", "model=ngram"]  # twelve trainings


@contextmanager
def begun(*arguments):
    """A process of dask's, and those it begins, while the block lasts."""
    line = [sys.executable, "-m", "dask", *map(str, arguments)]
    here = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[1])])
    environment = os.environ | {"PYTHONPATH": here}
    process = subprocess.Popen(
        line, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def scheduler(folder):
    """The process and the address of one."""
    file = folder / "scheduler.json"
    host = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show")
    with begun("scheduler", *host, "--scheduler-file", file) as process:
        deadline = time.monotonic() + 60
        while not (file.exists() and (found := re.search(r"tcp://[\d.:]+", file.read_text()))):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield process, found[0]


@pytest.fixture(scope="module")
def machines(tmp_path_factory):
    """A scheduler and two workers: the process of the first, and its address."""
    folder = tmp_path_factory.mktemp("dask")
    sizes = ("--nworkers", "2", "--nthreads", "1", "--no-dashboard", "--local-directory", folder)
    with scheduler(folder) as (process, address), begun("worker", address, *sizes):
        yield process, address


@pytest.fixture(params=["here", "cluster"])
def place(request):
    """Two processes of this machine, or of a cluster."""
    if request.param == "here":
        return Place(jobs=2)
    return Place(cluster=request.getfixturevalue("machines")[1])


class Log:
    """Lines that processes write."""

    def __init__(self, path):
        self.path = path

    def add(self, word):
        with self.path.open("a") as file:
            file.write(f"{word}\n")

    @property
    def counts(self):
        return Counter(self.path.read_text().split())


def killing(task):
    """Tasks of which one is killed: each time, or the first time, with a worker of the cluster."""
    log, name, kind = task
    Log(log).add(name)
    if kind == "always" or (kind == "once" and Log(log).counts[name] == 1):
        # On a cluster the process that a task is done in was begun by a worker of it.
        whole = kind == "once" and Path(f"/proc/{os.getppid()}/cmdline").read_bytes()
        os.kill(os.getppid() if whole and b"multiprocessing" in whole else os.getpid(), 9)
    time.sleep(0.2)
    return name


def shared_out(place, tmp_path, kinds):
    log = Log(tmp_path / "log")
    tasks = {n: (log.path, f"task{n}", kind) for n, kind in enumerate(kinds)}
    found = {}
    try:
        share_out(killing, tasks, place, found.__setitem__, lambda task: f"{task[1]}: lost")
    finally:
        assert found == {n: f"task{n}" for n, kind in enumerate(kinds) if kind != "always"}
    return log.counts


@pytest.fixture(autouse=True)
def found_by_workers(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at a process by /proc")
def test_a_killed_process_costs_its_task_only(place, tmp_path):
    counts = shared_out(place, tmp_path, ["", "", "once", "", "", ""])
    assert counts.pop("task2") == 2
    assert set(counts.values()) == {1}


def test_a_task_that_kills_each_process_is_named_after_all_others(place, tmp_path):
    with pytest.raises(LostError, match=r"^task0: lost$"):
        shared_out(place, tmp_path, ["always", "", ""])
    assert Log(tmp_path / "log").counts == {"task0": 4, "task1": 1, "task2": 1}


def files_of(folder):
    """Without the seconds that it took."""
    return {
        str(file.relative_to(folder)): re.sub(rb'"seconds": [\d.]+', b"", file.read_bytes())
        for file in folder.rglob("*")
        if file.is_file() and file.suffix != ".png"
    }


def test_a_sweep_finds_the_same_wherever_it_runs(machines, tmp_path, nabiya, monkeypatch):
    found = {}
    for where, options in {"here": {"jobs": 2}, "away": {"cluster": machines[1]}}.items():
        (tmp_path / where).mkdir()
        monkeypatch.chdir(tmp_path / where)
        sweep(nabiya, grid=GRID, output="out", **options)
        found[where] = files_of(Path("out"))
    assert len([name for name in found["here"] if name.endswith("trial.json")]) == 12
    assert found["here"] == found["away"]


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """More tunes than are predicted together, and how the run that comes with the package predicts
    them in one process beside this one, which may multiply on several threads.
    """
    file = tmp_path_factory.mktemp("many") / "many.abc"
    notes = "CDEFGAB"
    tunes = (
        f"X:{n}\nT:{n}\nM:4/4\nL:1/4\nK:C\n"
        + "".join(notes[n // 7**i % 7] for i in range(4))
        + "|]\n"
        for n in range(1, 2 * AT_ONCE + 4)
    )
    file.write_text("\n".join(tunes))
    return file, evaluate("folk", file, jobs=1)


def test_an_evaluation_finds_the_same_wherever_it_runs(place, many):
    file, here = many
    told = []

    def tell(done, total, words=""):
        told.append((done, total, words))

    away = evaluate("folk", file, jobs=place.jobs, cluster=place.cluster, progress=tell)
    assert told[-1][:2] == (len(here.items), len(here.items))
    assert away.to_json() == here.to_json()
    assert repr(list(away.notes.rows())) == repr(list(here.notes.rows()))
    # One or two: a worker that another test has killed may not be back yet.
    assert any("worker" in words for *_, words in told) == bool(place.cluster)


def test_a_model_that_cannot_be_sent_is_measured_here():
    assert judging._sent(lambda rows: rows) is None


def test_a_script_without_a_main_guard_may_share_out(tmp_path, nabiya):
    few = ["window=1,2", "model=ngram"]
    script = f"import melodyrnn\nprint(melodyrnn.sweep({str(nabiya)!r}, grid={few}).score.name)"
    done = subprocess.run(
        [sys.executable, "-"],
        input=script,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "bits per note\n"


def test_nothing_of_the_folder_it_is_begun_in_is_imported(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("pickle", "signal", "loky"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not this one')")
    found = {}
    share_out(abs, {0: -1}, Place(1), found.__setitem__)
    assert found == {0: 1}


class AtOnce:
    """An engine that does what it is given when it is looked at, the last first."""

    def __init__(self, place, tasks):
        self.given = []

    def room(self):
        return 2

    def begin(self, work, task, done):
        self.given.append((work, task, done))
        if len(self.given) == 2:
            self.close()

    def said(self):
        self.close()
        return ""

    def close(self):
        while self.given:
            work, task, done = self.given.pop()
            done(partial(work, task))


def test_tasks_are_asked_for_as_there_is_room_for_them(monkeypatch):
    monkeypatch.setitem(sharing.ENGINES, False, "test_cluster:AtOnce")
    asked, found, ahead = [], {}, []

    def tasks():
        for number in range(7):
            asked.append(number)
            yield number, -number

    def after(number, answer):
        found[number] = answer
        ahead.append(len(asked) - len(found))

    share_out(abs, tasks(), Place(2), after)
    assert found == {number: number for number in range(7)}
    assert max(ahead) <= 2  # one that is being done, and the next
    share_out(abs, iter(()), Place(2), after)  # of none there is nothing to begin


def refused(words, **options):
    with pytest.raises(ConfigError, match=words) as caught:
        share_out(abs, {0: -1}, Place(**options), lambda *_: None)
    assert "\n" not in str(caught.value)


def test_where_nobody_answers(monkeypatch):
    monkeypatch.setattr(cluster, "_SECONDS", 0.3)
    refused(r"cluster tcp://127.0.0.1:9: no scheduler answers there", cluster="tcp://127.0.0.1:9")
    for address in ("nonsense://x", "nonsense", "tls://127.0.0.1:9"):
        refused(rf"cluster {address}: no scheduler answers there", cluster=address)
        gc.collect()  # what is left of it waits for nothing, and fails at nothing


def test_without_the_package(monkeypatch):
    monkeypatch.setattr("melodyrnn.system.extras.find_spec", lambda name: None)
    refused(r"pip install 'melodyrnn\[cluster\]'", cluster="tcp://127.0.0.1:9")


@pytest.mark.parametrize("name", ["melodyrnn", "numpy"])
def test_workers_of_another_version(machines, monkeypatch, name):
    here = cluster.versions()
    monkeypatch.setattr(cluster, "versions", lambda: here | {name: "0.0.1"})
    words = f"the worker tcp://.* has {name} {re.escape(here[name])}, and this machine 0.0.1; pip"
    refused(words, cluster=machines[1])


def test_a_worker_without_the_package_is_named():
    with pytest.raises(MelodyError, match="the worker x has no melodyrnn, and this machine 1; pip"):
        cluster._check("x", "melodyrnn", "", {"melodyrnn": "1"})


def test_a_worker_writes_into_the_folder_of_its_task_only(tmp_path):
    with pytest.raises(RunError, match="another folder"):
        cluster._write(tmp_path / "run", {"../other": b""})


def test_rows_of_a_benchmark_go_to_the_cluster(machines):
    assert predict_folds([], [], lambda *_: None, place=Place(cluster=machines[1])) == {}


def test_a_scheduler_that_is_killed(machines, tmp_path, nabiya):
    """The last one here, for it ends what the others use."""
    process, address = machines
    kept = []

    def kill(done, total, words=""):
        if done == 2:
            process.kill()
            kept.extend(tmp_path.glob("out/runs/*/trial.json"))

    options = {"grid": GRID, "output": tmp_path / "out"}
    with pytest.raises(RunError, match="the scheduler is gone; what was done so far is kept"):
        sweep(nabiya, cluster=address, progress=kill, **options)
    before = {file: file.stat().st_mtime_ns for file in kept}
    assert len(before) >= 2
    result = sweep(nabiya, jobs=2, **options)
    assert len(result.outcomes) == 12
    assert {file: file.stat().st_mtime_ns for file in kept} == before
