"""Long work: each job a process of its own, which can be stopped, and goes on when it is asked to.

What a job is, and how it ended, stands in a file; what happened in it is said again to whoever
comes later, each learning curve from its beginning.
"""

import asyncio
import csv
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any

from melodyrnn.files import make_folder, write_atomically
from melodyrnn.limits import JOB_MEMORY
from melodyrnn.studio.answers import RefusedError
from melodyrnn.studio.job_process import point
from melodyrnn.system.machine import cores
from melodyrnn.system.memory import installed

RUNNING, DONE, FAILED, STOPPED, WAITING = "running", "done", "failed", "stopped", "waiting"
_ENDS = (DONE, FAILED, STOPPED)
_PATIENCE = 30.0  # seconds that a job has to stop by itself
_MOST_EVENTS = 20_000
_UNKNOWN = 8_000_000_000  # bytes of memory that a machine is taken to have which does not say
_LINE = 1 << 20  # bytes of an event, at most
_ID = re.compile(r"[0-9a-f]{12}")
_MODULE = "melodyrnn.studio.job_process"


@dataclass
class Job:
    """``task`` is what ``job_process`` is given."""

    id: str
    kind: str
    name: str
    task: dict[str, Any]
    status: str = WAITING
    created: float = field(default_factory=time.time)
    end: dict[str, Any] = field(default_factory=dict)  # the event with which it ended

    @property
    def output(self) -> Path:
        return Path(self.task["output"])

    def to_json(self) -> dict[str, Any]:
        """What the page is told; no path is part of it."""
        shown = {name: getattr(self, name) for name in ("id", "kind", "name", "status", "created")}
        return {**shown, "run": self.task.get("run"), "report": self.report is not None}

    @property
    def report(self) -> Path | None:
        """Its page, where it has one."""
        file = self.output / "report.html"
        return file if file.is_file() else None


class _Told:
    """What happened in a job, numbered; of progress only the last word."""

    def __init__(self) -> None:
        self.events: list[tuple[int, dict[str, Any]]] = []
        self.changed = asyncio.Condition()
        self._next = 1

    async def add(self, event: dict[str, Any]) -> None:
        async with self.changed:
            kinds = [each["kind"] for _, each in self.events[-1:]] + [event["kind"]]
            if kinds == ["progress", "progress"]:
                self.events.pop()
            self.events.append((self._next, event))
            self._next += 1
            del self.events[:-_MOST_EVENTS]
            self.changed.notify_all()


class Jobs:
    """Those of a folder; as many run at once as there are cores, each with ``memory`` bytes at most
    or, where nothing is said, with its share of the machine's.
    """

    def __init__(self, folder: Path, memory: int | None = None) -> None:
        self.folder = folder
        self.memory = memory or int(JOB_MEMORY * (installed() or _UNKNOWN))
        self._jobs: dict[str, Job] = {}
        self._told: dict[str, _Told] = {}
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(max(1, cores()))

    def load(self) -> None:
        """Those of before: what was running then has stopped."""
        for file in self.folder.glob("*.json"):
            with suppress(OSError, ValueError, TypeError, KeyError):
                job = Job(**json.loads(file.read_text(encoding="utf-8")))
                if not _ID.fullmatch(job.id) or file.stem != job.id:
                    continue
                if job.status not in _ENDS:
                    job.status, job.end = STOPPED, {"kind": STOPPED}
                self._jobs[job.id] = job

    def all(self) -> list[Job]:
        """The first begun first."""
        return sorted(self._jobs.values(), key=lambda job: job.created)

    def get(self, name: str) -> Job:
        """Raises RefusedError where there is none of that id."""
        if name not in self._jobs:
            raise RefusedError("there is no such job; it may be of another folder", 404)
        return self._jobs[name]

    def begin(self, kind: str, name: str, task: dict[str, Any]) -> Job:
        job = Job(token_hex(6), kind, name, {**task, "kind": kind})
        self._jobs[job.id] = job
        self._start(job)
        return job

    def resume(self, name: str) -> Job:
        """Raises RefusedError where it is not over, or done."""
        job = self.get(name)
        if job.status not in (STOPPED, FAILED):
            raise RefusedError(f"this job is {job.status}; only one that was stopped goes on", 409)
        self._start(job)
        return job

    def stop(self, name: str) -> Job:
        """Ask it to; it says so when it has. Raises RefusedError where it is over."""
        job = self.get(name)
        if job.status in _ENDS:
            raise RefusedError(f"this job is {job.status} already", 409)
        process = self._processes.get(name)
        if process is None:  # it waits for another one
            self._tasks[name].cancel()
        elif process.stdin:
            process.stdin.write(b"stop\n")
            asyncio.get_running_loop().call_later(_PATIENCE, _kill, process)
        return job

    async def end(self) -> None:
        """All of them, at once: what each has learned so far stands in its checkpoint."""
        for process in self._processes.values():
            _kill(process)
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, job: Job) -> None:
        """What still holds of what was said of it before is said again once it is at work."""
        job.status, job.end = WAITING, {}
        self._save(job)
        self._told_of(job).events.clear()
        self._tasks[job.id] = asyncio.create_task(self._carry_out(job))

    async def _carry_out(self, job: Job) -> None:
        end: dict[str, Any] = {"kind": STOPPED}
        try:
            async with self._room:
                job.status = RUNNING
                self._save(job)
                end = await self._run(job)
        finally:
            job.status, job.end = end["kind"], end
            self._save(job)
            self._processes.pop(job.id, None)
            await self._told_of(job).add(end)

    async def _run(self, job: Job) -> dict[str, Any]:
        """The event with which it ended."""
        below = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-c", _BEGIN, *sys.path),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            limit=_LINE,
            cwd=make_folder(job.output.parent),
            start_new_session=True,  # Ctrl-C goes to the studio, which ends its jobs
            creationflags=below,
            env=os.environ | _ONE_THREAD,
        )
        self._processes[job.id] = process
        assert process.stdin
        assert process.stdout
        task = job.task | {"memory": self.memory}
        process.stdin.write(json.dumps(task).encode() + b"\n")
        end = None
        try:
            async for line in process.stdout:
                event = json.loads(line)
                if event["kind"] in _ENDS:
                    end = event
                else:
                    await self._told_of(job).add(event)
        finally:
            _kill(process)
            await process.wait()
        return end or {"kind": STOPPED, "error": "its process was ended; it can go on"}

    def _told_of(self, job: Job) -> _Told:
        """Of a job of before, the curve that its folder holds, and its end."""
        if job.id not in self._told:
            told = self._told[job.id] = _Told()
            events = [*_points(job.output), *([job.end] if job.end else [])]
            told.events = list(enumerate(events, 1))
            told._next = len(events) + 1
        return self._told[job.id]

    async def events(
        self, job: Job, after: int, patience: float
    ) -> AsyncIterator[tuple[int, dict[str, Any]] | None]:
        """Each event after the number ``after``, up to the end; None whenever nothing happened for
        ``patience`` seconds.
        """
        told = self._told_of(job)
        while True:
            async with told.changed:
                new = [each for each in told.events if each[0] > after]
                if not new and job.status not in _ENDS:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(told.changed.wait(), patience)
                    new = [each for each in told.events if each[0] > after]
            for each in new:
                yield each
                after = each[0]
            if not new and job.status in _ENDS:
                return
            if not new:
                yield None

    def _save(self, job: Job) -> None:
        file = make_folder(self.folder) / f"{job.id}.json"
        write_atomically(file, json.dumps(asdict(job), ensure_ascii=False))


_BEGIN = f"import sys; sys.path[:] = sys.argv[1:]; from {_MODULE} import main; main()"
_ONE_THREAD = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
"""What plays needs a core of its own."""


def _kill(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()


def _points(run: Path) -> list[dict[str, Any]]:
    with suppress(OSError, ValueError, KeyError):
        lines = (run / "history.csv").read_text(encoding="utf-8").splitlines()
        return [{"kind": "point", **point(row)} for row in csv.DictReader(lines)]
    return []
