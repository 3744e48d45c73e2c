"""What the helper processes do: each function is one thing that the page asks for.

The server never reads a file, a run or a note itself: all that is done here. Arguments come from a
page and are checked; what they are called is the contract with it (docs/studio.md).
"""

import io
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from inspect import Parameter, signature
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin

from melodyrnn.errors import ConfigError, MelodyError, MelodyWarning
from melodyrnn.files import NO_MEMORY
from melodyrnn.studio import work_runs
from melodyrnn.system.memory import bound
from melodyrnn.workflows.score import read_notes, score, song_document

Task = tuple[str, dict[str, Any], int]
"""The name of a function here, its arguments, and how many bytes of memory the process may have."""

_WIDEST_PIXELS = 1_400
_PIXELS = 5.0  # of a screen, for a millimetre of paper: a staff is read well at 36 pixels
_NARROWEST = 60  # millimetres
_MOST_TEXTS = 500  # that are exported at once
_PLAYED = range(36, 97, 4)  # MIDI numbers, between which a player bends what it has
_SECONDS = 3.0  # of each


def answer(task: Task) -> dict[str, Any]:
    """Do it; beside what was found, ``notices`` say what was decided. Raises MelodyError."""
    name, values, memory = task
    bound(memory)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", MelodyWarning)
        try:
            found = _called(_WORK[name], values)
        except MemoryError:
            raise MelodyError(f"this {NO_MEMORY}") from None
    return {**found, "notices": list(dict.fromkeys(str(each.message) for each in said))}


def _called(work: Callable[..., dict[str, Any]], values: dict[str, Any]) -> dict[str, Any]:
    """Raises ConfigError for arguments that it does not have, or of another kind."""
    known = signature(work).parameters
    for name, value in values.items():
        if name not in known:
            raise ConfigError(f"{name[:40]!r} is not asked for here; leave it out")
        if not _suits(value, known[name].annotation):
            raise ConfigError(f"{name} is not of the kind that is asked for; see docs/studio.md")
    for name, each in known.items():
        if each.default is Parameter.empty and name not in values:
            raise ConfigError(f"{name} is missing; give it")
    return work(**values)


def _suits(value: object, hint: Any) -> bool:
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    plain = [get_origin(kind) or kind for kind in kinds]
    whole = float in plain and isinstance(value, int)
    return not isinstance(value, bool) and (whole or isinstance(value, tuple(plain)))


def warm() -> dict[str, Any]:
    """Import what the first answers would wait for."""
    score(read_notes("c4"))
    return {}


def read(text: str) -> dict[str, Any]:
    """What was typed."""
    return {"song": song_document(read_notes(text))}


def engraved(text: str, width: float = 900, prefix: str = "") -> dict[str, Any]:
    """Its score, for so many pixels."""
    if not 1 <= width <= 1e6:
        raise ConfigError(f"a score {width:g} pixels wide; give the width of its place")
    millimetres = max(_NARROWEST, round(min(width, _WIDEST_PIXELS) / _PIXELS))
    return score(read_notes(text), width=millimetres, prefix=prefix).to_json()


def kept(text: str, title: str | None = None) -> dict[str, Any]:
    """A take as it is kept: with a title of its own."""
    song = read_notes(text)
    if title is not None:
        song = replace(song, title=title)
    return {"song": song_document(song)}


def upload(path: str, track: str | None = None) -> dict[str, Any]:
    """The melody of a file that was sent, and its tracks."""
    from melodyrnn.workflows.inspect import read_melody

    melody = read_melody(Path(path), track=track)
    tracks: list[dict[str, Any]] = []
    if melody.choice:
        document: Any = melody.choice.to_json()
        took = document["took"]
        for each in document["tracks"]:
            taken = each["track"] == took["track"]
            row = {"number": each["track"], "name": each["name"], "notes": each["notes"]}
            tracks.append({**row, "taken": taken, "why": took["why"] if taken else ""})
    return {"song": song_document(melody.named.song), "tracks": tracks}


def export(
    texts: list[Any],
    format: str,  # noqa: A002 - the page's word
    instrument: str | None = None,
) -> dict[str, Any]:
    """Songs as files of a format: the file of one song, an archive of several."""
    from melodyrnn.files import read_bytes
    from melodyrnn.workflows.render import render, suffixes

    if not texts or not all(isinstance(text, str) for text in texts):
        raise ConfigError("no song is named; give texts, each with notes")
    if len(texts) > _MOST_TEXTS:
        raise ConfigError(f"{len(texts)} songs at once; export up to {_MOST_TEXTS}")
    if f".{format}" not in suffixes():
        raise ConfigError(f"unknown format {format[:20]!r}; formats are {' '.join(suffixes())}")
    songs = [read_notes(text) for text in texts]
    names: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        for song in songs:
            written = render(song, Path(folder) / f"song.{format}", instrument=instrument)
            title = work_runs.file_name(song.title)
            for number, file in enumerate(written, 1):
                page = f"-{number}" if len(written) > 1 else ""
                name = work_runs.free(f"{title}{page}", format, names)
                names[name] = read_bytes(file, 1 << 30)
                file.unlink()
    if len(names) == 1:
        ((name, data),) = names.items()
        return {"name": name, "data": data}
    return {"name": "melodies.zip", "data": _zipped(names)}


def _zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def instrument(
    name: str, pitches: list[Any] | None = None, seconds: float = _SECONDS
) -> dict[str, Any]:
    """How an instrument sounds, for the player."""
    from melodyrnn.workflows.render import samples

    wanted: Sequence[int] = list(_PLAYED) if pitches is None else pitches[:128]
    return dict(samples(name, wanted, seconds=float(seconds)))


def words() -> dict[str, Any]:
    """What there is to choose from."""
    from melodyrnn.data.collections import COLLECTIONS
    from melodyrnn.lessons.catalogue import all_lessons
    from melodyrnn.models.config import FormConfig, ModelConfig, SampleConfig, StreamConfig
    from melodyrnn.models.registry import MODELS
    from melodyrnn.models.settings import described
    from melodyrnn.workflows.render import instruments, suffixes

    # What a training is given where nothing is said depends on its songs and its model.
    training = [{**row, "default": None} for row in described(ModelConfig, StreamConfig)]
    return {
        "instruments": instruments(),
        "formats": [suffix[1:] for suffix in suffixes()],
        "models": [{"name": name, "about": about} for name, about in MODELS.abouts().items()],
        "lessons": [
            {"name": each.name, "shape": each.shape, "about": each.about} for each in all_lessons()
        ],
        "corpora": list(COLLECTIONS),
        "settings": training,
        "generating": described(SampleConfig, FormConfig),
    }


_WORK: dict[str, Callable[..., dict[str, Any]]] = {
    each.__name__: each
    for each in (
        engraved,
        export,
        instrument,
        kept,
        read,
        upload,
        warm,
        words,
        work_runs.expect,
        work_runs.generate,
        work_runs.runs,
    )
}
"""What may be asked for."""
