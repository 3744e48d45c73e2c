"""What is to be said of tunes that were read, and why some were left out, in few words. Imports no
numpy.
"""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

_FEW = 3
_LISTS = "--report lists them"
_PLACE = re.compile(r"^(\d+:\d+: |row \d+: |X:[^:]*: |bar \w+: |field \w: )*")


def told(
    songs: int, left_out: Sequence[str], remarks: Sequence[str], report: bool = False
) -> list[str]:
    """What is to be said of so many songs that were read, of each tune that was ``left_out`` and of
    what was decided: all of it with ``report``, and else only where that is little.
    """
    if report:
        return [*left_out, *remarks]
    lines = []
    if left_out:
        lines.append(
            f"left out {len(left_out)} of {songs + len(left_out)} tunes: {summary(left_out)}, in "
            f"{_places(left_out)}; {_LISTS}"
        )
    if len(remarks) <= _FEW:
        return [*lines, *remarks]
    return [*lines, f"{len(remarks)} notes on tunes: {summary(remarks)}; {_LISTS}"]


def summary(lines: Sequence[str]) -> str:
    """The kinds of reasons in ``lines``, the most frequent first, with how many there are."""
    kinds = Counter(map(_kind, lines)).most_common()
    shown = [f"{kind} ({count})" if count > 1 else kind for kind, count in kinds[:_FEW]]
    return ", ".join(shown) + (", …" if len(kinds) > _FEW else "")


def _kind(line: str) -> str:
    """``a.abc: X:3: bar 2: a note of 1/9 quarter notes …; …`` -> what is wrong, without the place
    and the numbers.
    """
    what = _PLACE.sub("", line.partition(": ")[2])
    return re.sub(r"\d[\d,]*(/\d+)?", "…", re.split("[;:]", what)[0])


def _places(lines: Sequence[str]) -> str:
    """The files, without their folders, that ``lines`` speak of; of many, the first."""
    files = (re.sub(r"(:\d+)*$", "", line.partition(": ")[0]) for line in lines)
    names = list(dict.fromkeys(Path(file).name for file in files))
    return ", ".join(names[:_FEW]) + (f" and {len(names) - _FEW} more" * (len(names) > _FEW))
