"""What the helper processes do with runs: list them, let them play, ask them what they expect."""

import re
from collections import OrderedDict
from collections.abc import Container
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import melodyrnn
from melodyrnn.errors import ConfigError, MelodyError
from melodyrnn.models.config import FormConfig, SampleConfig
from melodyrnn.workflows.score import read_notes, song_document

if TYPE_CHECKING:
    from melodyrnn.data.copies import Copied

_MOST_TAKES = 64
_PASSAGE = 8  # notes in a row that are told of where a training song has them: fewer are common
_OPEN = 3  # runs that are kept open, those used last
_OF_THE_SONG = ("bars", "form", "meter", "key", "pickup", "end", "ties", "max_copy", "avoid_loops")
"""Settings of whole songs, which have no effect where a part is drawn anew."""

_opened: "OrderedDict[str, tuple[int, melodyrnn.Run]]" = OrderedDict()


def runs(paths: dict[str, Any]) -> dict[str, Any]:
    """Name -> folder; those that cannot be read are left out."""
    found = []
    for name, path in paths.items():
        try:
            found.append(_described(name, _open(path)))
        except MelodyError:
            continue
    return {"runs": found}


def _described(name: str, run: "melodyrnn.Run") -> dict[str, Any]:
    record = run.record
    metrics = record.metrics
    notes = metrics.get("learned_notes", metrics.get("learned_characters"))
    bits = metrics.get("bits_per_note", metrics.get("bits_per_character"))
    return {
        "name": name,
        "title": name,
        "model": record.model.model,
        "songs": record.counts["train"],
        "notes": notes if isinstance(notes, int) else None,
        "bits": bits if isinstance(bits, float) else None,
        "text": run.task.unit != "note",
        "status": record.status,
    }


def _open(path: str) -> "melodyrnn.Run":
    """The run, whose model and songs stay in memory until its record is written again."""
    from melodyrnn.workflows.inspect import inspect_run

    try:
        written = (Path(path) / "run.json").stat().st_mtime_ns
    except OSError:
        written = 0
    known = _opened.get(path)
    if known is None or known[0] != written:
        _opened[path] = known = (written, inspect_run(path).run)
    _opened.move_to_end(path)
    while len(_opened) > _OPEN:
        _opened.popitem(last=False)
    return known[1]


def generate(
    path: str,
    primer: str | None = None,
    count: int = 1,
    best: int | None = None,
    settings: dict[str, Any] | None = None,
    keep: int | None = None,
    between: list[Any] | None = None,
) -> dict[str, Any]:
    """New songs of a run, the best first: from ``primer``, of which the first ``keep`` notes stay;
    or those of it ``between`` two of its notes, both among them, anew.
    """
    from melodyrnn.workflows.generate import generate

    run = _open(path)
    asked = {name: value for name, value in (settings or {}).items() if value is not None}
    for name in asked:
        if name not in _settings():  # nothing that a page says names a file
            raise ConfigError(f"unknown setting {name[:60]!r}; leave it out")
    asked |= _beginning(primer, keep, between, asked)
    if count > _MOST_TAKES:
        raise ConfigError(f"count {count} is out of range; up to {_MOST_TAKES} are drawn at once")
    result = generate(run, count=count, best=best or count, title="", **asked)
    title = read_notes(primer).title if primer else ""
    return {"takes": [_take(run, made, title, result.config.seed) for made in result.songs]}


def _beginning(
    primer: str | None, keep: int | None, between: list[Any] | None, asked: dict[str, Any]
) -> dict[str, Any]:
    """What ``generate`` is given of the song at hand. Takes from ``asked`` what has no effect."""
    if primer is None:
        return {}
    song = read_notes(primer)
    if between is not None:
        for name in (*_OF_THE_SONG, "length"):
            asked.pop(name, None)
        if len(between) != 2 or not all(isinstance(each, int) for each in between):
            raise ConfigError("between names two notes, the first and the last, such as [4, 11]")
        return {"primer": song, "redraw": f"{between[0] + 1}-{between[1] + 1}"}
    if keep is None or keep >= len(song):
        return {"primer": song}
    silent = next((place for place, note in enumerate(song) if note.pitch), 0)
    if keep > silent:
        return {"primer": song, "primer_notes": keep - silent}
    header = {"meter": str(song.meter), "key": str(song.key)}  # nothing of it stays but these
    return {name: value for name, value in header.items() if name not in asked}


@cache
def _settings() -> frozenset[str]:
    """What a page may ask for of new songs."""
    return frozenset({*SampleConfig.names(), *FormConfig.names(), "length", "with_short_term"})


def _take(run: "melodyrnn.Run", made: Any, title: str, seed: int) -> dict[str, Any]:
    return {
        "song": song_document(replace(made.song, title=title)),
        "score": made.score.total,
        "parts": made.score.to_json(),
        "copied": [_copied(run, each) for each in run.copies.passages(made.song, _PASSAGE)],
        "seed": seed,
        "take": made.take,
        "drawn_from": made.primer,
        "loop": made.loop is not None,
    }


def _copied(run: "melodyrnn.Run", copied: "Copied") -> dict[str, Any]:
    title = next((each.song.title for each in run.parts.train if each.name == copied.song), "")
    return {
        "song": title or copied.song,
        "from": copied.start,
        "length": copied.notes,
        "their_from": copied.place,
    }


def expect(path: str, text: str) -> dict[str, Any]:
    """Of each note how probable the run held it, and the likeliest; and what comes next."""
    from melodyrnn.workflows.predict import predict

    document = predict(_open(path), read_notes(text)).to_json()
    return {"notes": document["given"], "next": document["next"]}


def file_name(title: str) -> str:
    """A title as a file may be called on every system."""
    name = re.sub(r"[^\w .,'()\[\]-]+", "-", title)[:80].strip(" .-")
    return name or "melody"


def free(name: str, suffix: str, taken: Container[str]) -> str:
    """``name.suffix``, numbered where it is taken."""
    number, found = 1, f"{name}.{suffix}"
    while found in taken:
        number += 1
        found = f"{name} {number}.{suffix}"
    return found
