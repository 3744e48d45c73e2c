"""The grid of ``--grid``: the note values that played timing is moved to."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from melodyrnn.errors import ConfigError

_TRIPLETS = {4: Fraction(2, 3), 8: Fraction(1, 3), 16: Fraction(1, 3), 32: Fraction(1, 6)}
"""The grid's finest straight note -> the triplet slot beside it, in quarter notes."""
_WORDS = {4: "quarters", 8: "8ths", 16: "16ths", 32: "32nds"}
_TRIPLET_WORDS = {4: "quarter", 8: "8th", 16: "8th", 32: "16th"}


@dataclass(frozen=True, slots=True)
class Grid:
    """What played timing is moved to. Raises ConfigError for another division."""

    division: int = 16  # the shortest straight note: 4, 8, 16 or 32
    triplets: bool = True

    def __post_init__(self) -> None:
        if self.division not in _TRIPLETS:
            raise ConfigError(_unknown(str(self.division)))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The grid of ``--grid``: ``16`` is straight 16ths, ``16t`` with triplets, ``auto`` None.

        A t adds triplets: of quarters to 4t, of 8ths to 8t and 16t, of 16ths to 32t. ``auto``
        leaves exact notation as it is and moves played timing to 16t; any other grid is always
        applied. Raises ConfigError.
        """
        if text == "auto":
            return None
        number = text.removesuffix("t")
        if number not in map(str, _TRIPLETS):
            raise ConfigError(_unknown(text))
        return cls(int(number), text.endswith("t"))

    @property
    def slot(self) -> Fraction:
        """In quarter notes."""
        return Fraction(4, self.division)

    @property
    def triplet(self) -> Fraction:
        """The triplet's slot, in quarter notes; three of them fill a beat."""
        return _TRIPLETS[self.division]

    def __str__(self) -> str:
        """As messages say it: ``16ths and 8th triplets``."""
        words = _WORDS[self.division]
        return words + f" and {_TRIPLET_WORDS[self.division]} triplets" * self.triplets


FINEST = Grid(32)
"""What played timing is moved to where no grid is asked for."""


def _unknown(text: str) -> str:
    grids = ", ".join(f"{number}, {number}t" for number in _TRIPLETS)
    return f"unknown grid {text[:60]!r}; grids are auto, {grids} (t: with triplets)"
