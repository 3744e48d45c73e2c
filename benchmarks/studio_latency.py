"""From the press of the button to the first sound: what the studio takes to go on with a tune.

python benchmarks/studio_latency.py [--repeats 20]

Asks as the page does, by HTTP, eight bars at a time, each time with another seed. The whole answer
is timed, with its ranking: the page plays the best take before its score is engraved. What the page
adds is told by itself (LEAD in studio/page/player.js). Seconds of the processor are those of the
studio and its helpers, which other work on the machine hardly changes.
"""

import argparse
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.resolve()
sys.path.insert(0, str(ROOT / "tests"))

from studio_client import children, processor, studio  # noqa: E402

PRIMER = "title: Morning\nmeter: 6/8\nkey: G major\n\ng8 a8 b8 d'4 b8\n"
PLAYER = ROOT / "melodyrnn" / "studio" / "page" / "player.js"
ASKED = {
    "4 takes, a primer": {"count": 4, "primer": PRIMER},
    "1 take, a primer": {"count": 1, "primer": PRIMER},
    "4 takes, from nothing": {"count": 4},
    "1 take, from nothing": {"count": 1},
}
GOALS = {False: 0.4, True: 1.0}
"""Seconds, without a training beside it and with one."""


def answers(page, own, asked, repeats):
    """Of each answer its seconds, and all seconds of the processor by the number of answers."""
    taken, before = [], processor(own)
    for seed in range(repeats):
        body = {"run": "folk", **asked, "settings": {"bars": 8, "end": True, "seed": seed}}
        start = time.perf_counter()
        page.ask("api/generate", body)
        taken.append(time.perf_counter() - start)
    return taken, (processor(own) - before) / repeats


def table(page, own, repeats, lead, training):
    print(f"{'while one trains' if training else 'nothing beside it':24} best   median  processor")
    for name, asked in ASKED.items():
        taken, computed = answers(page, own, asked, repeats)
        best, median = min(taken) + lead, statistics.median(taken) + lead
        print(f"  {name:22} {best:.2f} s  {median:.2f} s  {computed:.2f} s")


def begin_training(page):
    """One that lasts; returns its job once it learns."""
    song = (ROOT / "songs" / "nabiya.txt").read_bytes()
    upload = page.ask("api/upload?name=nabiya.txt", song)["upload"]
    settings = {"epochs": 100_000, "early_stop": False, "units": 64}
    wish = {"uploads": [upload], "model": "lstm", "settings": settings}
    job = page.ask("api/train", wish, status=201)["job"]
    next(event for _, event in page.events(job) if event["kind"] == "point")
    return job


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=20)
    options = parser.parse_args()
    lead = float(re.search(r"const LEAD = ([\d.]+);", PLAYER.read_text())[1])
    with tempfile.TemporaryDirectory() as folder, studio(Path(folder)) as page:
        answers(page, [], ASKED["1 take, a primer"], 1)
        own = [page.process.pid, *children(page.process.pid)]
        print(f"folk, 8 bars, to the first sound; {lead:.2f} s of each are the player's")
        print(f"goals: {GOALS[False]} s, and while one trains {GOALS[True]} s")
        table(page, own, options.repeats, lead, False)
        job = begin_training(page)
        table(page, own, options.repeats, lead, True)
        page.ask(f"api/jobs/{job}/stop", b"")


if __name__ == "__main__":
    main()
