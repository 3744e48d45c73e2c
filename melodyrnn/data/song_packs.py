"""Packs of songs: Parquet files of one song a row (``pack_columns.py``), written and read a row
group at a time. The only place that imports pyarrow, when the first is opened.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from melodyrnn.data.pack_columns import COLUMNS, Cell, PackedTune, cells, packed_tune
from melodyrnn.errors import ConfigError, FileError, ScoreError
from melodyrnn.files import NO_MEMORY, draft_of, exists, is_folder, reason, shown, suggest
from melodyrnn.formats.read import PACKED
from melodyrnn.limits import GROUP_BYTES, GROUP_ROWS
from melodyrnn.system.progress import Progress, silent

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

_SONGS = 10_000
"""Of a row group: some 2 MB in a file, and 20 MB in hand."""
_PACK = "'melodyrnn corpus pack' writes packs"


def is_pack(source: object) -> bool:
    """Whether it is named as a pack is: whatever ends so is read as one."""
    return isinstance(source, str | Path) and str(source).lower().endswith(PACKED)


def write_pack(path: Path, songs: Iterable[PackedTune]) -> int:
    """Write songs into a pack, in order, so many at a time; how many. The same songs give the same
    bytes by the same pyarrow. Raises ConfigError without pyarrow or for another suffix, FileError.
    """
    if not is_pack(path):
        raise ConfigError(f"{path}: a pack ends in {PACKED}; choose another --output")
    _require(path)
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    types = {name: pyarrow.float64() if row.number else pyarrow.string() for name, row in _ROWS}
    schema = pyarrow.schema(
        [pyarrow.field(name, types[name], nullable=not row.needed) for name, row in _ROWS],
        metadata={name: row.about for name, row in _ROWS},
    )
    rows, written = map(cells, songs), 0
    with draft_of(path) as file, ParquetWriter(file, schema, compression="zstd") as writer:
        while group := list(islice(rows, _SONGS)):
            writer.write_table(pyarrow.Table.from_pylist(group, schema))
            written += len(group)
    return written


_ROWS = tuple(COLUMNS.items())


def read_pack(path: Path, progress: Progress = silent) -> Iterator[PackedTune]:
    """The rows of a pack, a row group in hand at a time. ``progress`` is told songs.

    Columns that it does not know are left alone; ``name`` and ``notes`` must be there. Raises
    ConfigError without pyarrow, FileError where the file cannot be read, ScoreError where it is no
    pack or damaged; a row that is no song is left out, with its reason.
    """
    place = shown(str(path))
    _check_file(path)
    _require(path)
    with _opened(path, place) as pack:
        names = _columns(pack, place)
    texts = [name for name in names if not COLUMNS[name].number]
    # A text that many rows have is one in hand: a small file cannot ask for much.
    with _opened(path, place, read_dictionary=texts) as pack:
        done, total = 0, pack.metadata.num_rows
        if not total:
            raise ScoreError(f"{place}: there are no songs in it; pack some")
        for group in range(pack.num_row_groups):
            for row in _rows(pack, group, names, place):
                done += 1
                yield packed_tune(row, f"{place}: row {done}")
            progress(done, total, f"songs of {path.name}")


def _check_file(path: Path) -> None:
    """Raises FileError."""
    if not exists(path):
        raise FileError(f"{path}: no such file{suggest(path)}")
    if is_folder(path) or not path.is_file():
        raise FileError(f"{path}: not a regular file; name a file")


def _require(path: Path) -> None:
    """Raises ConfigError."""
    if find_spec("pyarrow") is None:
        raise ConfigError(
            f"{path}: packs need a package that is not here; pip install 'melodyrnn[parquet]'"
        )


@contextmanager
def _opened(path: Path, place: str, **options: object) -> Iterator["ParquetFile"]:
    """Raises MelodyError, whatever pyarrow raises while it is open."""
    import pyarrow
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path, **options) as pack:
            yield pack
    except MemoryError:
        raise FileError(f"{place}: {NO_MEMORY}") from None
    except (pyarrow.ArrowException, UnicodeDecodeError):
        raise ScoreError(f"{place}: no Parquet file, damaged or cut short; pack it again") from None
    except OSError as error:
        if error.errno is None:  # pyarrow's, of damaged pages
            raise ScoreError(f"{place}: is damaged; pack its songs again") from None
        raise FileError(f"{place}: cannot read: {reason(error)}; choose another file") from None


def _columns(pack: "ParquetFile", place: str) -> list[str]:
    """The names of its columns that are those of a pack. Raises ScoreError."""
    from pyarrow import types

    def is_text(kind: Any) -> bool:
        plain = kind.value_type if types.is_dictionary(kind) else kind
        return bool(types.is_string(plain) or types.is_large_string(plain) or types.is_null(plain))

    def is_number(kind: Any) -> bool:
        return bool(types.is_floating(kind) or types.is_integer(kind) or types.is_null(kind))

    there = {field.name: field.type for field in pack.schema_arrow}
    for name, row in _ROWS:
        if row.needed and name not in there:
            has = ", ".join(map(shown, [*there][:4])) + (", …" if len(there) > 4 else "")
            raise ScoreError(f"{place}: no column '{name}', it has {has or 'none'}; {_PACK}")
        if name in there and not (is_number if row.number else is_text)(there[name]):
            wanted = "a number" if row.number else "text"
            said = str(there[name])[:40]
            raise ScoreError(f"{place}: column '{name}' is {said}, not {wanted}; {_PACK}")
    return [name for name, _ in _ROWS if name in there]


def _rows(
    pack: "ParquetFile", group: int, names: list[str], place: str
) -> Iterator[Mapping[str, Cell]]:
    """Of a row group. Raises ScoreError."""
    about = pack.metadata.row_group(group)
    GROUP_ROWS.check(about.num_rows, place)
    GROUP_BYTES.check(about.total_byte_size, place)
    table = pack.read_row_group(group, columns=names, use_threads=False)
    columns = [_cells(table.column(name)) for name in names]
    for row in zip(*columns, strict=True):
        yield dict(zip(names, row, strict=True))


def _cells(column: Any) -> list[Cell]:
    """Of a column, (rows,); those that are equal, of a text, are one object."""
    found: list[Cell] = []
    for chunk in column.chunks:
        if hasattr(chunk, "dictionary"):
            texts = [*chunk.dictionary.to_pylist(), None]
            found += map(texts.__getitem__, chunk.indices.fill_null(len(texts) - 1).to_pylist())
        else:
            found += chunk.to_pylist()
    return found
