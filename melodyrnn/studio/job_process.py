"""One process that trains, compares or carries out a lesson, and tells of it line by line.

It is given its task as the first line of its standard input, in JSON. Another line, whatever it
says, asks it to stop as Ctrl-C does: what was learned is kept. Where the input ends, it ends too:
no job outlives the studio.
"""

import _thread
import csv
import json
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import melodyrnn
from melodyrnn.errors import MelodyError, MelodyWarning
from melodyrnn.files import NO_MEMORY
from melodyrnn.system import memory, startup

_BETWEEN = 0.2  # seconds between two words of progress
_LOOK = 0.5  # seconds between two looks at the history
_NICE = 10  # what plays comes first
TOO_MUCH = (
    "takes more than {:.1f} GB of memory, the most that one job may have here; choose fewer songs, "
    "a smaller network or a smaller batch"
)
_VALIDATION = ("val_bits", "held_out_bits", "bits")
"""Columns of a history, of which the first that it has is the curve of the validation set."""

Task = Mapping[str, Any]
Say = Callable[..., None]


def main() -> None:
    """Do the task, and say how it went."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints is no event
    lock = threading.Lock()

    def say(kind: str, **more: Any) -> None:
        line = json.dumps({"kind": kind, **more}, ensure_ascii=False, default=str)
        with lock:
            print(line, file=out, flush=True)

    task: Task = json.loads(sys.stdin.readline())
    threading.Thread(target=_listen, daemon=True).start()
    _bound(task["memory"], say)
    if hasattr(os, "nice"):
        os.nice(_NICE)
    startup.claim()
    warnings.simplefilter("ignore")
    warnings.simplefilter("always", MelodyWarning)
    warnings.showwarning = lambda message, *_, **__: say("notice", words=str(message))
    try:
        _DO[task["kind"]](task, say)
    except KeyboardInterrupt:
        say("stopped")
    except MelodyError as error:
        say("failed", error=str(error))
    except MemoryError:
        say("failed", error=f"this {NO_MEMORY}")
    os._exit(0)  # the thread that listens holds the input, for which Python would wait


def _listen() -> None:
    if sys.stdin.readline():
        _thread.interrupt_main()
        sys.stdin.readline()
    os._exit(1)


def _bound(most: int, say: Say) -> None:
    """End this process, which says so, where it takes more memory. What is asked for at once and
    is far beyond that is refused by the system.
    """

    def over() -> None:
        say("failed", error=f"this {TOO_MUCH.format(most / 1e9)}")
        os._exit(0)

    if memory.taken() > most:
        over()  # before the system refuses something, and the reason would be another
    memory.watch(most, over)
    memory.bound(2 * most, "RLIMIT_DATA")


def _progress(say: Say) -> Callable[..., None]:
    """Of many calls, those between which there is time to read."""
    due = 0.0

    def progress(done: int, total: int, words: str = "") -> None:
        nonlocal due
        if time.monotonic() >= due:
            due = time.monotonic() + _BETWEEN
            say("progress", done=done, total=total, words=words)

    return progress


class Curve:
    """Tells of each epoch that the history of a run has, as it grows."""

    def __init__(self, run: Path, say: Say) -> None:
        self._run, self._say, self._seen = run, say, dict[str, int]()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Curve":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.look()

    def _watch(self) -> None:
        while not self._over.wait(_LOOK):
            self.look()

    def look(self) -> None:
        """Say what is new."""
        for member, file in enumerate(sorted(self._run.glob("history*.csv")), 1):
            with suppress(OSError, ValueError, KeyError):
                rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
                for row in rows[self._seen.get(file.name, 0) :]:
                    self._say("point", **point(row), member=member)
                self._seen[file.name] = len(rows)


def point(row: Mapping[str, str]) -> dict[str, Any]:
    """A row of a history: epoch, loss (nats), and bits per note of the validation set, if any."""
    validation = next((row[name] for name in _VALIDATION if row.get(name)), None)
    return {
        "epoch": int(row["epoch"]),
        "loss": float(row["loss"]),
        "validation": None if validation is None else float(validation),
    }


def _train(task: Task, say: Say) -> None:
    from melodyrnn.workflows.train import train

    run = Path(task["output"])
    resume = (run / "run.json").is_file()
    with Curve(run, say):
        result = train(
            _sources(task),
            from_run=task.get("from"),
            output=run,
            resume=resume,
            progress=_progress(say),
            **task.get("settings", {}),
        )
    if result.interrupted:
        say("stopped", epoch=result.record.epochs)
    else:
        say("done", run=task["run"], bits=result.bits, epochs=result.record.epochs)


def _compare(task: Task, say: Say) -> None:
    from melodyrnn.experiments.comparison.compare import compare

    result = compare(
        _sources(task),
        models=task.get("models"),
        seeds=task.get("seeds", 2),
        output=task["output"],
        progress=_progress(say),
        **task.get("settings", {}),
    )
    say("done", report=True, sentence=result.sentence)


def _lesson(task: Task, say: Say) -> None:
    from melodyrnn.files import make_folder, write_atomically
    from melodyrnn.lessons.run_lesson import run_lesson
    from melodyrnn.studio.lesson_page import lesson_page

    output = Path(task["output"])
    result = run_lesson(
        task["name"],
        output=output,
        overwrite=True,
        progress=_progress(say),
    )
    write_atomically(make_folder(output) / "report.html", lesson_page(result))
    finding = result.finding
    say("done", report=True, sentence=finding.sentence, holds=finding.holds)


def _sources(task: Task) -> list[Any]:
    """The files that were sent, and the corpus."""
    corpus = task.get("corpus")
    named = [melodyrnn.Corpus(corpus)] if corpus else []
    return [*map(Path, task.get("files", ())), *named]


_DO: dict[str, Callable[[Task, Say], None]] = {
    "train": _train,
    "compare": _compare,
    "lesson": _lesson,
}

if __name__ == "__main__":
    main()
