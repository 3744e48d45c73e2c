"""Bars as data; ``charts`` draws them. Imports no library."""

from collections.abc import Sequence
from typing import NamedTuple


class BarChart(NamedTuple):
    """A picture: a bar for each of ``names``, from the top; ``values`` are 0 or more."""

    title: str
    names: Sequence[str]
    values: Sequence[float]
    down: str = ""  # what the names are
    meaning: str = ""  # what the values are
    form: str = ".1%"  # how they are written

    @property
    def words(self) -> list[str]:
        """The values as they are written."""
        return [format(value, self.form) for value in self.values]
