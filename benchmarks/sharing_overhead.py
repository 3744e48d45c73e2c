"""What it costs to share work out: empty tasks by two processes, and a comparison of one song.

python benchmarks/sharing_overhead.py [--repeats 5] [--beside FOLDER]

FOLDER is another checkout of this repository, whose processes are measured in turns with these.
``workers.py`` had a pool of its own before it had loky's: ``git log -S BrokenProcessPool --
melodyrnn/system/workers.py`` names the commit, and ``git worktree add FOLDER COMMIT^`` checks out
what stood before it. A cluster is a scheduler and two workers of this machine.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent.parent.resolve()
SONG = HERE / "songs" / "nabiya.txt"

TIMED = """\
import time
begun = time.perf_counter()
{work}
print(time.perf_counter() - begun)
"""
TASKS = """\
done = []
tasks = {{number: -number for number in range({count})}}
try:
    from melodyrnn.system.place import Place
except ImportError:  # the pool before
    from melodyrnn.system.workers import share_out
    share_out("builtins:abs", tasks, 2, lambda number, answer: done.append(number), "lost")
else:
    from melodyrnn.system.sharing import share_out
    place = Place(jobs=2, cluster={cluster!r})
    share_out(abs, tasks, place, lambda number, answer: done.append(number))
assert len(done) == {count}
"""
COMPARE = """\
import contextlib, io
from melodyrnn.cli import main
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    main(["compare", {song!r}, "--quiet"])
"""

SIDES = ("before", "now", "cluster")
NONE = "–"


def measured(checkout, work, folder):
    """Seconds of ``work`` in a process that imports ``checkout`` for it."""
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(work=work)],
        env=os.environ | {"PYTHONPATH": str(checkout)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def works(cluster):
    """What is measured -> of each side what it does."""
    found = {}
    for count, name in ((2, "two empty tasks, with the start"), (1000, "1,000 empty tasks")):
        here, away = (TASKS.format(count=count, cluster=address) for address in (None, cluster))
        found[name] = {"before": here, "now": here, "cluster": away}
    compare = COMPARE.format(song=str(SONG))
    found["`compare songs/nabiya.txt`"] = {"before": compare, "now": compare}
    return found


def medians(sides, checkouts, repeats):
    """Side -> the median seconds, all measured in turns."""
    taken = {side: [] for side in sides if side in checkouts}
    for turn in range(repeats + 1):  # the first one warms the disk, and compiles
        for side, each in taken.items():
            with tempfile.TemporaryDirectory() as folder:
                found = measured(checkouts[side], sides[side], folder)
            each += [found] if turn else []
    return {side: statistics.median(each) for side, each in taken.items()}


def cells(found):
    """Of a row of the table."""
    for side in SIDES:
        yield f"{found[side]:.2f} s" if side in found else NONE
    yield f"{found['now'] / found['before']:.2f}" if "before" in found else NONE


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--beside", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    from distributed import LocalCluster

    os.environ["PYTHONPATH"] = str(HERE)
    checkouts = {"now": HERE, "cluster": HERE}
    if options.beside:
        checkouts["before"] = options.beside.resolve()
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        print("| | the pool before | one machine | a cluster on it | machine / before |")
        print("| --- | --- | --- | --- | --- |")
        for name, sides in works(cluster.scheduler_address).items():
            found = medians(sides, checkouts, options.repeats)
            print(f"| {name} | {' | '.join(cells(found))} |", flush=True)


if __name__ == "__main__":
    main()
