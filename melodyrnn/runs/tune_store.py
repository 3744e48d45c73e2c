"""The songs of a run on many: thousands of them, in files of their own beside run.json, where one
row stands for all of them.
"""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from melodyrnn.data.file_tunes import FileTune
from melodyrnn.data.gather import Named
from melodyrnn.data.packing import pack, unpack
from melodyrnn.data.split import SongSplit, Split
from melodyrnn.errors import RunError
from melodyrnn.files import make_folder, shown, write_atomically
from melodyrnn.music.song import Note
from melodyrnn.runs.archives import read_inside

FOLDER = "tunes"
_LARGEST = 1_000_000_000


def keep(path: Path, parts: Split[Sequence[Named]]) -> list[Path]:
    """Write what was learned, what chose the weights and what was held out. Raises MelodyError."""
    folder = make_folder(path / FOLDER)
    return [
        write_atomically(folder / name, pack([FileTune(each.name, each.song) for each in songs]))
        for name, songs in parts._asdict().items()
    ]


def kept(path: Path) -> SongSplit:
    """What ``keep`` wrote. Raises RunError."""
    return Split(*(kept_part(path, name) for name in Split._fields))


def kept_part(path: Path, part: str) -> tuple[Named, ...]:
    """One part of it, by its name in a ``Split``. Raises RunError."""
    file = path / FOLDER / part
    data = read_inside(path, file, _LARGEST)
    try:
        tunes = unpack(data)
    except ValueError:
        raise RunError(f"{file}: is damaged; train again with --overwrite") from None
    return tuple(Named(shown(tune.label), tune.song) for tune in tunes if tune.song)


def row_of(songs: Sequence[Named]) -> dict[str, str]:
    """What run.json holds of them; their text is ""."""
    return {"name": f"{len(songs)} songs", "sha256": digest(songs), "text": ""}


def digest(songs: Sequence[Named]) -> str:
    """The same for the same songs under the same names, in whatever order."""
    rows = sorted(f"{named.name} {hash_of(named)}" for named in songs)
    return sha256("\n".join(rows).encode()).hexdigest()


def hash_of(named: Named) -> str:
    """Of the notes of one song."""
    notes = ", ".join(map(_hashed, named.song.notes)) + "," * (len(named.song) == 1)
    return sha256(f"({notes})".encode()).hexdigest()


def _hashed(note: Note) -> str:
    """A note in the words that the hashes in run folders are made of."""
    pitch = note.pitch and (
        f"Pitch(step={note.pitch.step!r}, alter={note.pitch.alter}, octave={note.pitch.octave})"
    )
    return f"Note(pitch={pitch}, duration={note.duration!r})"
