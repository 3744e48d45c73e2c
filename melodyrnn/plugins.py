"""Tables to which other packages add rows by entry points. Imports no library.

A package adds a row to the table of the group ``melodyrnn.models`` by one line of its
``pyproject.toml``:

    [project.entry-points."melodyrnn.models"]
    mine = "package.module:row"

The name is known from the line alone; the module is imported when the row is used or its
description is shown. What cannot be imported takes nothing else with it.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from melodyrnn.errors import ConfigError, PluginError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


class Described(Protocol):
    """A row of a table."""

    @property
    def name(self) -> str: ...

    @property
    def about(self) -> str:
        """What it is, in the words of the help."""
        ...


Row = TypeVar("Row", bound=Described)
Loader = Callable[[], Row]


class PluginTable(Mapping[str, Row]):
    """Name -> row: those of this package, and behind them those of others, each once it is used.

    ``kind`` is what a row is called in messages. A name of this package is never taken over.
    """

    def __init__(
        self, kind: str, rows: Iterable[Row], others: Callable[[], Mapping[str, Loader[Row]]]
    ) -> None:
        """``others`` finds what other packages add; it is asked when the first is looked for."""
        self.kind = kind
        self._rows = {row.name: row for row in rows}
        self._own = tuple(self._rows)
        self._others = others
        self._loaded_rows: dict[str, Row] = {}  # of others, those used so far

    def __getitem__(self, name: str) -> Row:
        """Raises KeyError, and PluginError for a row that cannot be loaded."""
        if name in self._rows:
            return self._rows[name]
        loader = self._others()[name]
        if name not in self._loaded_rows:
            self._loaded_rows[name] = loader()
        return self._loaded_rows[name]

    def __contains__(self, name: object) -> bool:
        return name in self._rows or name in self._others()

    def __iter__(self) -> Iterator[str]:
        yield from (known := tuple(self._rows))
        yield from (name for name in self._others() if name not in known)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def add(self, row: Row) -> None:
        """Add a row. Raises ConfigError where its name is taken by another."""
        if row.name in self and self[row.name] is not row:
            raise ConfigError(
                f"there is a {self.kind} {row.name!r} already; give the new one another name"
            )
        self._rows[row.name] = row

    def remove(self, name: str) -> None:
        """Take away a row that was added. Raises KeyError for one of this package."""
        if name in self._own:
            raise KeyError(name)
        del self._rows[name]

    @property
    def own(self) -> list[Row]:
        """The rows of this package."""
        return [self._rows[name] for name in self._own]

    @property
    def added(self) -> list[str]:
        """The names of the rows that are not of this package."""
        return [name for name in self if name not in self._own]

    def where(self, trait: Callable[[Row], bool]) -> "Selection[Row]":
        """The rows for which ``trait`` holds, as a mapping; what is added later too."""
        return Selection(self, trait)

    def having(self, trait: Callable[[Row], bool]) -> list[str]:
        """The names of the rows for which ``trait`` holds, without those that cannot be loaded."""
        return [name for name in self if (row := self._loaded(name)) and trait(row)]

    def abouts(self) -> dict[str, str]:
        """Name -> what it is, or why that cannot be said."""
        found = {}
        for name in self:
            try:
                found[name] = self[name].about
            except PluginError as error:
                found[name] = str(error)
        return found

    def require(self, name: str) -> None:
        """Raise PluginError where ``name``, once in the table, is there no longer."""
        if name not in self:
            raise PluginError(
                f"{self.kind} {name!r} comes from a package that is not installed; install that "
                f"package, or use another {self.kind}"
            )

    def _loaded(self, name: str) -> Row | None:
        try:
            return self[name]
        except PluginError:
            return None


class Selection(Mapping[str, Row]):
    """Some rows of a table."""

    def __init__(self, table: PluginTable[Row], trait: Callable[[Row], bool]) -> None:
        self._table, self._trait = table, trait

    def __getitem__(self, name: str) -> Row:
        row = self._table[name]
        if not self._trait(row):
            raise KeyError(name)
        return row

    def __iter__(self) -> Iterator[str]:
        return iter(self._table.having(self._trait))

    def __len__(self) -> int:
        return sum(1 for _ in self)


@lru_cache(maxsize=8)
def found(group: str) -> dict[str, "EntryPoint"]:
    """The entry points of a group, by name; of several of one name the first of the path."""
    if not _is_named(group):
        return {}
    from importlib.metadata import entry_points

    points: dict[str, EntryPoint] = {}
    for point in entry_points(group=group):
        points.setdefault(point.name, point)
    return dict(sorted(points.items()))


def load(point: "EntryPoint", kind: str) -> object:
    """What an entry point names. Raises PluginError."""
    try:
        return point.load()
    except Exception as error:  # a foreign module may raise anything
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise PluginError(
            f"{kind} {point.name!r} comes from the package {package_of(point)}, which cannot be "
            f"loaded ({reason}); repair or remove that package"
        ) from error


def package_of(point: "EntryPoint") -> str:
    """The name of the distribution that an entry point belongs to."""
    return point.dist.name if point.dist else point.value.partition(":")[0].partition(".")[0]


def imported(place: str) -> object:
    """What ``"package.module:name"`` names. Raises ConfigError, ImportError, AttributeError."""
    module, colon, name = place.partition(":")
    if not colon:
        raise ConfigError(f"{place!r} is not like 'package.module:name'")
    return getattr(import_module(module), name)


def _is_named(group: str) -> bool:
    """Whether any distribution of the path names the group.

    Importing ``importlib.metadata`` takes longer than to build the whole help; most have no plugin.
    """
    word = group.encode()
    for folder in map(Path, sys.path):  # the first, "", is where one stands
        if folder.is_file():  # an archive, into which only ``importlib`` can look
            return True
        for pattern in ("*.dist-info", "*.egg-info"):
            for metadata in folder.glob(f"{pattern}/entry_points.txt"):
                try:
                    if word in metadata.read_bytes():
                        return True
                except OSError:
                    continue
    return False
