"""The bytes of an ABC file -> its lines: decoded, without comments, instructions as fields."""

import re
from collections.abc import Iterator

from melodyrnn.formats.encodings import decode_text

Line = tuple[int, str]
"""(number from 1, line)"""

FIELD = re.compile(r"([A-Za-z]):(?![|:])(.*)")
"""A line such as ``K:G``."""

_CHARSET = re.compile(rb"^(?:%%|I:)[ \t]*(?:abc-)?charset[ \t]+([\w.:-]+)", re.MULTILINE)

_COMMENT = re.compile(r"(?<!\\)%.*")
_INSTRUCTION = re.compile(r"%%(?=[A-Za-z])")
_BEGIN = re.compile(r"(?:%%|I:)\s*begin(\w+)")
_END = re.compile(r"(?:%%|I:)\s*end(\w+)")
_TUNE = re.compile(r"X:\s*\d+\s*$")


def decode(data: bytes, name: str) -> tuple[str, list[str]]:
    """The text of an ABC file, in the encoding it declares if it does, and what is to be said of
    that. Raises ScoreError where this is no text.
    """
    declared = _CHARSET.search(data)
    return decode_text(data, name, *([declared[1].decode("ascii", "replace")] if declared else []))


def lines(text: str) -> Iterator[Line]:
    """The lines that say something of the music, and empty ones, which end a tune.

    Comments are taken off, and what stands between ``%%begintext`` and ``%%endtext``, or others
    such, is taken out. ``%%score`` becomes ``I:%%score``, and ``+:`` goes to the line it continues.
    """
    raw = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    blocks = _blocks(raw)
    pending: Line | None = None  # which ``+:`` may continue
    ended = 0  # the line where the last block ends
    for number, written in enumerate(raw, 1):
        if number <= ended:
            continue
        if number in blocks:
            ended = blocks[number]
            continue
        line = written
        if "%" in line:
            if _INSTRUCTION.match(line):
                line = f"I:%%{_COMMENT.sub('', line[2:])}"
            else:
                line = _COMMENT.sub("", line)
            if not line.strip():  # a comment alone ends no tune
                continue
        line = line.strip()
        if line.startswith("+:") and pending:
            pending = pending[0], f"{pending[1]} {line[2:].strip()}"
            continue
        if pending:
            yield pending
        pending = (number, line) if FIELD.match(line) else None
        if not pending:
            yield number, line
    if pending:
        yield pending


def _blocks(raw: list[str]) -> dict[int, int]:
    """Number of the line that begins a block -> of the line that ends it, in the same tune."""
    blocks: dict[int, int] = {}
    begun: dict[str, int] = {}  # what kind of block -> where the first of those open begins
    for number, line in enumerate(raw, 1):
        if begin := _BEGIN.match(line):
            begun.setdefault(begin[1], number)
        elif begun and (end := _END.match(line)) and end[1] in begun:
            blocks[begun.pop(end[1])] = number
        elif begun and _TUNE.match(line):
            begun.clear()
    return blocks
