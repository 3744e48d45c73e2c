"""The tunes of a run on many: thousands of them, in a file of their own beside run.json."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from melodyrnn.data.gather import Named
from melodyrnn.data.packing import pack, unpack
from melodyrnn.data.split import Split
from melodyrnn.data.tunes import Tune
from melodyrnn.errors import RunError
from melodyrnn.files import make_folder, read_bytes, write_atomically

FOLDER = "tunes"
_LARGEST = 1_000_000_000


def keep(path: Path, parts: Split) -> list[Path]:
    """Write what was learned, what chose the weights and what was held out. Raises MelodyError."""
    folder = make_folder(path / FOLDER)
    return [
        write_atomically(folder / name, pack([Tune(each.name, each.song) for each in songs]))
        for name, songs in parts._asdict().items()
    ]


def kept(path: Path) -> Split:
    """What ``keep`` wrote. Raises RunError."""
    return Split(*(_read(path / FOLDER / name) for name in Split._fields))


def digest(songs: Sequence[Named]) -> str:
    """The same for the same songs under the same names, in whatever order."""
    rows = sorted(f"{named.name} {hash_of(named)}" for named in songs)
    return sha256("\n".join(rows).encode()).hexdigest()


def hash_of(named: Named) -> str:
    """Of the notes of one song."""
    return sha256(repr(named.song.notes).encode()).hexdigest()


def _read(file: Path) -> tuple[Named, ...]:
    try:
        tunes = unpack(read_bytes(file, _LARGEST))
    except ValueError:
        raise RunError(f"{file}: is damaged; train again with --overwrite") from None
    return tuple(Named(tune.label, tune.song) for tune in tunes if tune.song)
