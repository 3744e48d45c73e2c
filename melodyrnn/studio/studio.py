"""What the studio holds while it runs: its folder, its runs, its helpers, its jobs."""

import asyncio
import re
from pathlib import Path
from typing import Any

import melodyrnn
from melodyrnn.errors import ConfigError
from melodyrnn.files import exists, make_folder, suggest
from melodyrnn.studio.answers import RefusedError
from melodyrnn.studio.helper import Helper
from melodyrnn.studio.jobs import Job, Jobs
from melodyrnn.studio.takes import KeptTakes
from melodyrnn.studio.uploads import Uploads
from melodyrnn.workflows.known_runs import known_runs

_READING = (30.0, 2_000_000_000)
_PLAYING = (120.0, 8_000_000_000)
"""Seconds of a task, and bytes of address space of the process, of which most is never touched."""

_HERE = Path("runs")
_MOST_UPLOADS = 5_000
_MODELS = 20


class Studio:
    """``run`` is the one that the page begins with, ``folder`` where things are kept."""

    def __init__(self, run: Path, folder: Path) -> None:
        """Raises ConfigError where there is no such run, FileError where nothing can be kept."""
        self.folder = make_folder(folder).resolve()
        self.asked = run
        self.takes = KeptTakes(self.folder / "takes")
        self.uploads = Uploads(self.folder / "uploads")
        self.run = self._first(run)

    def _first(self, run: Path) -> str:
        """The name of the run to begin with."""
        for name, path in self.runs.items():
            if name == str(run) or (exists(run) and path == run.resolve()):
                return name
        raise ConfigError(f"{run}: no such run{suggest(run)}; name a run folder, or folk")

    @property
    def runs(self) -> dict[str, Path]:
        """Name -> folder. The page knows names only."""
        return known_runs((self.folder / "runs", _HERE), (self.asked,))

    def begin(self) -> None:
        """Within the event loop: the helpers, which warm up, and the jobs of before."""
        self.reader = Helper("reading", *_READING)
        self.player = Helper("playing", *_PLAYING)
        self.jobs = Jobs(self.folder / "jobs")
        self.jobs.load()
        self.uploads.sweep()
        self._words: dict[str, Any] = {}
        self._sounds: dict[str, dict[str, Any]] = {}
        self._warming = asyncio.create_task(self._warm())

    async def end(self) -> None:
        """Nothing that was begun is left."""
        self._warming.cancel()
        for helper in (self.reader, self.player):
            helper.stop()
        await self.jobs.end()
        await asyncio.gather(self._warming, return_exceptions=True)

    async def _warm(self) -> None:
        """So that the first answers come as soon as the later ones."""
        path = str(self.path_of(self.run))
        await asyncio.gather(
            self.reader.ask("warm"),
            self.player.ask("generate", path=path, settings={"length": 1}),
            return_exceptions=True,
        )

    async def state(self) -> dict[str, Any]:
        """What there is to choose from."""
        paths = {name: str(path) for name, path in self.runs.items()}
        self._words = self._words or await self.reader.ask("words")
        found = await self.reader.ask("runs", paths=paths)
        return {
            **self._words,
            "runs": found["runs"],
            "run": self.run,
            "version": melodyrnn.__version__,
        }

    async def sound(self, name: str) -> dict[str, Any]:
        """How an instrument sounds; made once."""
        if name not in self._sounds:
            self._sounds[name] = await self.reader.ask("instrument", name=name)
        return self._sounds[name]

    def path_of(self, name: object) -> Path:
        """Raises RefusedError where there is no run of that name."""
        runs = self.runs
        if not isinstance(name, str) or name not in runs:
            raise RefusedError(f"no run {str(name)[:60]!r} is here; choose one of the list", 404)
        return runs[name]

    def begin_training(self, asked: dict[str, Any]) -> Job:
        """Raises MelodyError."""
        task, name = self._learning(asked)
        if base := asked.get("from"):
            task["from"] = str(self.path_of(base))
        if model := asked.get("model"):
            task["settings"] = {**task["settings"], "model": str(model)}
        run = self._fresh(self.folder / "runs", name)
        return self.jobs.begin("train", name, {**task, "output": str(run), "run": run.name})

    def begin_comparison(self, asked: dict[str, Any]) -> Job:
        """Raises MelodyError."""
        task, name = self._learning(asked)
        models = asked.get("models")
        if models is not None:
            if not isinstance(models, list) or len(models) > _MODELS:
                raise ConfigError("models is no list of names; name those to compare")
            task["models"] = [str(model) for model in models]
        if isinstance(seeds := asked.get("seeds"), int):
            task["seeds"] = seeds
        output = self._fresh(self.folder / "comparisons", name)
        return self.jobs.begin("compare", name, {**task, "output": str(output)})

    def begin_lesson(self, asked: dict[str, Any]) -> Job:
        """Raises MelodyError."""
        lessons = [each["name"] for each in self._words["lessons"]]
        name = asked.get("name")
        if not isinstance(name, str) or name not in lessons:
            raise RefusedError(f"no lesson {str(name)[:40]!r} is here; choose one of the list", 404)
        output = self._fresh(self.folder / "lessons", name)
        return self.jobs.begin("lesson", name, {"name": name, "output": str(output)})

    def _learning(self, asked: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """The songs and settings of a job, and what to call it."""
        uploads, corpus = asked.get("uploads") or [], asked.get("corpus")
        if not isinstance(uploads, list) or len(uploads) > _MOST_UPLOADS:
            raise ConfigError(f"uploads is no list of at most {_MOST_UPLOADS:,} files")
        files = [self.uploads.path(str(each)) for each in uploads]
        if not files and not corpus:
            raise ConfigError("no song is named; drop songs, or choose a corpus")
        if corpus and corpus not in self._words["corpora"]:
            raise RefusedError(f"no corpus {str(corpus)[:40]!r} is here; choose one", 404)
        title = str(asked.get("name") or (files[0].stem if files else corpus))
        task = {
            "files": [str(file) for file in files],
            "corpus": corpus,
            "settings": self._settings(asked.get("settings") or {}),
        }
        return task, " ".join(title.split())[:60]

    def _settings(self, given: object) -> dict[str, Any]:
        """Those of a training; nothing that a page says names a file."""
        if not isinstance(given, dict):
            raise ConfigError("settings is no object; send one, such as {}")
        known = {each["name"] for each in self._words["settings"]}
        for name in given:
            if name not in known:
                raise ConfigError(f"unknown setting {str(name)[:60]!r}; leave it out")
        return {name: value for name, value in given.items() if value is not None}

    @staticmethod
    def _fresh(folder: Path, name: str) -> Path:
        """A folder of that name, as a file system may have it, where nothing stands yet."""
        plain = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "songs"
        number, path = 1, folder / plain
        while exists(path):
            number += 1
            path = folder / f"{plain}-{number}"
        return path

    def hidden(self, message: str) -> str:
        """``message`` without the paths of this machine: of each only its name."""
        return _PATH.sub(lambda found: found[0].rpartition(found[1])[2], message)


_PATH = re.compile(r"(?<![\w./\\:])(?:[A-Za-z]:)?([/\\])(?:[^/\\:;\n'\"]+[/\\])+")
"""The folders of a path from the root on."""
