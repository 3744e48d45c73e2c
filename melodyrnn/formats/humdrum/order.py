"""The order in which the bars of a Humdrum piece are played: its expansion list, or its signs."""

import re
from itertools import pairwise

from melodyrnn.formats.humdrum.bars import KernPiece
from melodyrnn.formats.repeats import MOST_PASSES, expand, has_repeats

_ENDING = re.compile(r"(.+?)(\d{1,2})")


def order_of(piece: KernPiece) -> tuple[list[int], bool]:
    """Indices of the bars as they are played, and whether repeats are written out by it.

    ``*>[A,A1,A,A2]`` names the sections in order. Of several lists the one without a name is taken,
    else the first but those that leave repeats out (``*>norep[A,A2]``).
    """
    bars = len(piece.signs) - 1
    if order := _expansion(piece, bars):
        return order, order != list(range(bars))
    _label_endings(piece)
    signs = piece.signs[:bars]
    return expand(signs), has_repeats(signs)


def _expansion(piece: KernPiece, bars: int) -> list[int]:
    """The bars of the sections in the list; none where there is no list, or it names none."""
    lists = [labels for name, labels in piece.expansions.items() if not name.startswith("norep")]
    wanted = piece.expansions.get("", lists[0] if lists else [])
    sections: dict[str, range] = {}
    for (start, label), (end, _) in pairwise([*piece.labels, (bars, "")]):
        sections.setdefault(label, range(start, end))
    known = [label for label in map(str.strip, wanted) if label in sections]
    if not known:
        return []
    order = list(range(piece.labels[0][0]))  # what stands before all sections
    times = dict.fromkeys(known, 0)
    for label in known:
        times[label] += 1
        if times[label] <= MOST_PASSES:
            order += sections[label]
    return order


def _label_endings(piece: KernPiece) -> None:
    """Sections A1 and A2 that follow A are its endings, where no list says so."""
    stem = ""
    for start, label in piece.labels:
        ending = _ENDING.fullmatch(label)
        if ending and ending[1] == stem and start < len(piece.signs):
            piece.signs[start].passes = frozenset({int(ending[2])})
        else:
            stem = label
            if start:
                piece.signs[start - 1].closes = True
