"""A heat map as data; ``charts`` draws it. Imports no library."""

from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple


class HeatMap(NamedTuple):
    """A picture: ``values`` has a row for each of ``rows``, from the top.

    A value that is no number has a cell without a colour.
    """

    name: str  # of its file, without a suffix
    title: str
    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Sequence[float]]
    down: str = ""  # what the rows are
    across: str = ""  # what the columns are
    meaning: str = "weight"  # what the values are
    form: str = ".2f"  # how they are written, such as ".1%"
    limits: tuple[float, float] | None = (0.0, 1.0)  # of the colours; None: those of the values

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the largest value of the scale."""
        numbers = [value for row in self.values for value in row if isfinite(value)]
        return self.limits or (min(numbers, default=0.0), max(numbers, default=1.0))

    @property
    def words(self) -> list[list[str]]:
        """The values as they are written."""
        return [
            [format(value, self.form) if isfinite(value) else "–" for value in row]
            for row in self.values
        ]
