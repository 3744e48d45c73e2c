"""The tunes of a run on many: thousands of them, in a file of their own beside run.json."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from melodyrnn.data.file_tunes import FileTune
from melodyrnn.data.gather import Named
from melodyrnn.data.packing import pack, unpack
from melodyrnn.data.split import Split
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


def kept(path: Path, part: str) -> tuple[Named, ...]:
    """What ``keep`` wrote of one part of a ``Split``, by its name. Raises RunError."""
    file = path / FOLDER / part
    data = read_inside(path, file, _LARGEST)
    try:
        tunes = unpack(data)
    except ValueError:
        raise RunError(f"{file}: is damaged; train again with --overwrite") from None
    return tuple(Named(shown(tune.label), tune.song) for tune in tunes if tune.song)


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
