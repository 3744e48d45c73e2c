"""The sizes of what a network of viewpoints sees and predicts."""

from typing import NamedTuple


class ViewLayout(NamedTuple):
    """What all sequences of a model have in common."""

    kinds: int  # K
    sounds: tuple[bool, ...]  # (K,): which kinds have heights
    heights: int  # H, counted from the origin
    span: int  # of these, so many in a row can come in any one sequence
    factors: tuple[int, ...]  # F numbers of categories
    left: int  # which of these says how many cycles are left; 0 where that is not known
    ends: int  # how many categories of where a kind would end
    given: tuple[int, ...]  # G numbers of categories of what is known with the kind
    kind_candidates: int
    height_candidates: int
