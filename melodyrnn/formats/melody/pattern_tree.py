"""The patterns by which quarter notes are divided, as a tree: one note more at each branch."""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from math import log

from melodyrnn.formats.melody.beat_patterns import probabilities

UNKNOWN = 1e-6
"""How probable it is that a quarter note is divided as no pattern has it."""

Place = int | Fraction
"""From the start of a pattern, in 24ths of its length."""
Division = tuple[Place, ...]
"""A pattern, or what stands in its stead where places are known."""


@dataclass(eq=False, slots=True)  # one is itself and no other
class Branch:
    """A pattern, or the beginning of one; or, in no tree, a division that is neither."""

    division: Division
    in_tree: bool = True
    usual: float = UNKNOWN  # how probable it is that a quarter note is divided so
    odds: float = log(UNKNOWN)  # the logarithm of that
    is_whole: bool = False  # a quarter note may have these notes and no more
    longer: dict[Place, "Branch"] = field(default_factory=dict)  # by the place of a further note


@cache
def pattern_tree(straight: int, triplet: int) -> Branch:
    """The root, without a note, of the patterns whose notes stand on multiples of ``straight`` or
    ``triplet`` 24ths only (0: of none).
    """
    root = Branch(())
    for pattern, probability in probabilities(straight, triplet).items():
        branch = root
        for count, place in enumerate(pattern, 1):
            branch = branch.longer.setdefault(place, Branch(pattern[:count]))
        branch.usual, branch.odds, branch.is_whole = probability, log(probability), True
    return root
