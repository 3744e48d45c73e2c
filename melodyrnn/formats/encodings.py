"""Bytes of titles, names and texts, in whatever encoding an old file has them -> text.

Detectors of encodings count on pages, and know little of a word; see ``benchmarks/README.md`` for
how many titles each reads. Here strict decoding rules most encodings out; of those that remain
the one is taken in which the text is least surprising: the bits that each character takes, by its
script and how many such characters there are, and a fine wherever two scripts meet in a word.
"""

import codecs
import re
from contextlib import suppress
from functools import cache
from itertools import pairwise
from unicodedata import category

from melodyrnn.errors import ScoreError

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
"""Byte order mark -> the codec that takes it off."""

_GUESSES = {
    **{"cp1252": 0, "cp949": 0, "cp932": 0, "utf-16-le": 2, "utf-16-be": 4},
    **{"gb18030": 4, "euc-jp": 4, "cp1251": 6, "big5": 6, "latin-1": 10},
}
"""Encoding -> bits that it costs, for it is rare in files; latin-1 decodes anything."""

_BITS = {
    **{"ascii": 6.5, "small": 8.6, "capital": 11, "sign": 9, "cyrillic": 7.5, "kana": 8},
    **{"hangul": 11.5, "seldom": 17, "han": 13, "half": 12, "rare": 20, "other": 19, "control": 30},
}
"""Kind of a character -> its bits. Small and capital are Latin letters with accents, half is
Japanese of half the width, seldom are Hangul syllables that few words of Korean have."""

_MEETING = 6.0
"""Bits where letters of two scripts stand side by side, or a capital after a small letter."""

_SIGNS = frozenset("\u2018\u2019“”–—…«»°ºª½¼¾©®·¿¡€™§\u00a0")
_RANGES = (
    ("\u00c0", "\u00de", "capital"),
    ("\u00df", "\u00ff", "small"),
    ("\u0152", "\u017e", "small"),  # those that cp1252 adds, such as œ
    ("\u0410", "\u0451", "cyrillic"),
    ("\u3000", "\u303f", "sign"),
    ("\u3040", "\u30ff", "kana"),
    ("\u4e00", "\u9fff", "han"),
    ("\uac00", "\ud7a3", "hangul"),
    ("\uff01", "\uff5e", "sign"),
    ("\uff61", "\uff9f", "half"),
)
"""First character, last character and kind."""

_AT_HOME = {
    "cp949": {"hangul"},
    "cp932": {"kana", "han", "half"},
    "euc-jp": {"kana", "han"},
    "gb18030": {"han"},
    "big5": {"han"},
}
"""Encoding -> which of the eastern scripts are no rarity in it; all are in the others."""
_EASTERN = {"cyrillic", "kana", "han", "hangul", "half"}

_FREQUENT = {
    "gb18030": ("gb2312", 0xB0, 0xD7),
    "big5": ("big5", 0xA4, 0xC6),
}
_FREQUENT_HAN, _FREQUENT_HANGUL = ("cp932", 0x88, 0x97), ("euc-kr", 0xB0, 0xC8)
"""Encoding, and the first bytes of those characters that its standard takes for frequent."""

_SIBILANTS, _GLIDES = {12, 13, 14}, {2, 3, 7, 12, 17}
"""Initials ㅈ ㅉ ㅊ and vowels ㅑ ㅒ ㅖ ㅛ ㅠ, by their places in Unicode: seldom together …"""
_FINALS = {3, 5, 6, 9, 10, 11, 12, 13, 14, 15, 18, 24, 27}
"""… as are these finals: two consonants, ㅋ and ㅎ."""

_WORDS = {"kana": "japanese", "han": "japanese", "hangul": "korean", "seldom": "korean"}
_WORDS |= {"cyrillic": "cyrillic", "half": "half"}
"""Kind of a letter -> what letters may stand beside it in a word; of others, Latin ones."""


_CODEC = re.compile(
    r"(?:utf|us-ascii|ascii|iso|windows|cp|koi8|latin|mac|shift|s?jis|euc|big5|gb)", re.I
)
"""How the names of encodings of text begin; other codecs of Python do more than to decode."""
_NO_TEXT = re.compile("[\0-\x08\x0e-\x19\x1b-\x1f]")
_CONTROL_BYTES = bytes(byte for byte in range(0x20) if _NO_TEXT.match(chr(byte)))
_SAMPLE = 100  # lines whose encoding is guessed


def decode_text(data: bytes, name: str, encoding: str = "utf-8") -> tuple[str, list[str]]:
    """The text of the file ``name``, and what is to be said of its encoding.

    That is the one given, or UTF-8, or else the likeliest. Raises ScoreError where this is no text.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    if _CODEC.match(encoding):
        for tried in (encoding, "utf-8"):
            try:
                return data.decode(tried).removeprefix("\ufeff"), []
            except (UnicodeDecodeError, LookupError):
                continue
    lines = [line for line in data.splitlines() if not line.isascii()]
    guessed = guess_encoding(b"\n".join(lines[:_SAMPLE]))
    text = data.decode(guessed, "replace")
    if _NO_TEXT.search(text):
        odd = (place for place, byte in enumerate(data) if byte > 0x7F or byte in _CONTROL_BYTES)
        raise ScoreError(f"{name}: byte {next(odd, 0)} is not UTF-8 text; save it as UTF-8")
    return text, [f"it is not {encoding} text; read as {guessed}"]


def decode_name(data: bytes) -> str:
    """The text of a title or name, decoded by ``guess_encoding``."""
    return data.decode(guess_encoding(data), "replace")


def guess_encoding(data: bytes) -> str:
    """The name of the codec which decodes a title or name, or lines of text.

    UTF-8, UTF-16 with a mark and ISO-2022-JP are what they are. Of the others it is the likeliest
    of UTF-16, cp1252, CP949, Shift-JIS, GB 18030, EUC-JP, cp1251 and Big5.
    """
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return encoding
    if 0 not in data.rstrip(b"\0"):
        for encoding in ("iso2022_jp", "utf-8") if b"\x1b$" in data else ("utf-8",):
            with suppress(UnicodeDecodeError):
                data.decode(encoding)
                return encoding
    bits = {}
    for encoding, rare in _GUESSES.items():
        with suppress(UnicodeDecodeError):
            bits[encoding] = rare + _surprise(data.decode(encoding), encoding)
    return min(bits, key=bits.__getitem__)


def _surprise(text: str, encoding: str) -> float:
    """The bits of a text."""
    kinds = [_kind(char, encoding) for char in text]
    meetings = sum(_meet(a, b) for a, b in pairwise(zip(text, kinds, strict=True)))
    return sum(_BITS[kind] for kind in kinds) + _MEETING * meetings


def _meet(first: tuple[str, str], second: tuple[str, str]) -> bool:
    (a, kind), (b, other) = first, second
    if not (a.isalpha() and b.isalpha()):
        return False
    if a.islower() and b.isupper():
        return True
    return _WORDS.get(kind, "latin") != _WORDS.get(other, "latin")


@cache
def _kind(char: str, encoding: str) -> str:
    """The kind of a character, a key of _BITS."""
    if char.isascii():
        return "ascii" if char.isprintable() or char in "\t\r\n\0" else "control"
    if char in _SIGNS:
        return "sign"
    if category(char)[0] == "C":  # of control, for private use, not assigned
        return "control"
    kind = next((kind for first, last, kind in _RANGES if first <= char <= last), "other")
    if kind in _EASTERN - _AT_HOME.get(encoding, _EASTERN):
        return "rare"
    if kind == "hangul":
        frequent = _among(char, *_FREQUENT_HANGUL)
        return ("seldom" if _is_seldom(char) else kind) if frequent else "rare"
    if kind == "han":
        return kind if _among(char, *_FREQUENT.get(encoding, _FREQUENT_HAN)) else "rare"
    return kind


def _is_seldom(syllable: str) -> bool:
    """Whether few words of Korean have this syllable of Hangul."""
    rest, final = divmod(ord(syllable) - 0xAC00, 28)
    initial, vowel = divmod(rest, 21)
    return final in _FINALS or (initial in _SIBILANTS and vowel in _GLIDES)


def _among(char: str, encoding: str, first: int, last: int) -> bool:
    """Whether its first byte there lies between two."""
    return first <= (char.encode(encoding, "ignore") or b"\0")[0] <= last
