"""The named corpora: the songs of this package, and what music21's wheel carries, found without
importing it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from melodyrnn.errors import ScoreError
from melodyrnn.files import package_folder


def _own_songs() -> Path:
    """The folder songs/: in a wheel it lies within the package, in a checkout beside it."""
    package = Path(__file__).parent.parent
    within = package / "songs"
    return within if within.is_dir() else package.parent / "songs"


def _music21() -> Path:
    return package_folder("music21") / "corpus"


@dataclass(frozen=True, slots=True)
class Collection:
    """Files of one kind of music, under a name."""

    tradition: str  # whose music it is: a label
    about: str
    patterns: tuple[str, ...]  # of paths below the folder
    without: tuple[str, ...] = ()
    track: str | None = None  # the voice to take, of scores for several
    licence: str = (
        "music21's corpus/license.txt: distributed with the permission of the encoders; some "
        "encodings may have restrictions, such as on commercial use, which then stand in them"
    )
    folder: Callable[[], Path] = _music21  # raises MelodyError where it is not there


def _essen(tradition: str, about: str, *patterns: str, without: tuple[str, ...] = ()) -> Collection:
    def below(pattern: str) -> str:
        return f"essenFolksong/{pattern}.abc"

    return Collection(
        tradition,
        about,
        tuple(map(below, patterns)),
        without=tuple(map(below, without)),
        licence="music21's essenFolksong/license.txt: their legal status is unclear; permission "
        "was given for non-commercial distribution and use",
    )


_GERMAN = ("altdeu*", "ballad*", "boehme*", "dva0", "erk*", "fink0", "kinder0", "zuccal0")

COLLECTIONS: dict[str, Collection] = {
    "songs": Collection(
        "mixed",
        "songs that everybody knows, part of this package",
        ("*.txt",),
        folder=_own_songs,
        licence="the tunes are in the public domain",
    ),
    "essen": _essen("mixed", "the Essen folk song collection", "*", without=("test*",)),
    "essen/german": _essen("German", "its German songs together, those below", *_GERMAN),
    "essen/altdeutsch": _essen("German", "Böhme, Altdeutsches Liederbuch, 1877", "altdeu*"),
    "essen/ballads": _essen("German", "ballads, German and Dutch", "ballad*"),
    "essen/boehme": _essen("German", "Böhme, Volksthümliche Lieder der Deutschen, 1895", "boehme*"),
    "essen/dva": _essen("German", "from the German Folk Song Archive", "dva0"),
    "essen/erk": _essen("German", "Erk and Böhme, Deutscher Liederhort, 1893", "erk*"),
    "essen/fink": _essen("German", "Fink, Musikalischer Hausschatz der Deutschen, 1843", "fink0"),
    "essen/zuccalmaglio": _essen(
        "German", "Kretzschmer and Zuccalmaglio, Deutsche Volkslieder, 1840", "zuccal0"
    ),
    "kinder": _essen("German", "German children's songs, a part of essen", "kinder0"),
    "essen/china": _essen("Chinese", "songs of the Han", "han*"),
    "essen/ireland": _essen("Irish", "Irish songs", "irl"),
    "essen/lorraine": _essen("Lorraine", "Pinck, Verklingende Weisen, 1926", "lot"),
    "essen/luxembourg": _essen("Luxembourg", "songs from Luxembourg", "lux"),
    "essen/haydn": _essen("Scottish", "songs that Haydn set", "folkHaydn"),
    "essen/variants": _essen("mixed", "variants of a few songs, from Europe", "variant0"),
    "oneills": Collection(
        "Irish", "O'Neill, Music of Ireland, 1903; some tunes twice", ("oneills1850/*.abc",)
    ),
    "ryans-mammoth": Collection(
        "American", "Ryan's Mammoth Collection, 1883: reels, jigs", ("ryansMammoth/*.abc",)
    ),
    "airds": Collection(
        "Scottish", "Aird, Scotch, English, Irish and Foreign Airs, 1782", ("airdsAirs/*.abc",)
    ),
    "northumbrian": Collection(
        "English", "Northumbrian Minstrelsy, 1882", ("miscFolk/northumbrian*.abc",)
    ),
    "american-fife": Collection("American", "fife tunes", ("miscFolk/americanfife*.abc",)),
    "bach-sopranos": Collection(
        "Bach",
        "the soprano lines of Bach's chorales",
        ("bach/bwv*.mxl",),
        without=("bach/bwv846.mxl",),
        track="Soprano",
    ),
    "chorales": Collection(
        "Bach",
        "those of BWV 253 to 438",
        tuple(
            f"bach/bwv{numbers}.mxl"
            for numbers in ("25[3-9]", "2[6-9][0-9]", "3[0-9][0-9]", "4[0-2][0-9]", "43[0-8]")
        ),
        track="Soprano",
    ),
    "palestrina": Collection(
        "Palestrina",
        "the highest voices of his masses",
        ("palestrina/*.krn",),
    ),
    "trecento": Collection(
        "Italian", "the highest voices of songs of the 14th century", ("trecento/*.xml",)
    ),
}
"""Name -> corpus."""


def files(name: str) -> list[Path]:
    """The files of the corpus ``name``, sorted. Raises ScoreError, or MelodyError where they are
    not there.
    """
    if name not in COLLECTIONS:
        raise ScoreError(f"unknown corpus '{name}';{nearest(name)} {REMEDY}")
    corpus, folder = COLLECTIONS[name], COLLECTIONS[name].folder()
    found = {path for pattern in corpus.patterns for path in folder.glob(pattern)}
    return sorted(
        path
        for path in found
        if not any(fnmatch(path.relative_to(folder).as_posix(), out) for out in corpus.without)
    )


def count(name: str) -> int:
    """How many tunes the corpus has, without reading them. Raises as ``files`` does."""
    return sum(map(_tunes_in, files(name)))


@cache
def _tunes_in(path: Path) -> int:
    if path.suffix != ".abc":
        return 1
    return len(re.findall(rb"^[ \t]*X:", path.read_bytes(), re.MULTILINE))


REMEDY = "'melodyrnn corpus list' shows those there are"


def nearest(name: str) -> str:
    """`` did you mean 'kinder'?`` for a name that no corpus has, or nothing."""
    by_end = {known.rpartition("/")[2]: known for known in COLLECTIONS}
    known = {**by_end, **dict(zip(COLLECTIONS, COLLECTIONS, strict=True))}
    wanted = name.casefold()
    end = wanted.rpartition("/")[2]
    close = [end] if end in by_end else get_close_matches(wanted, known, 1, 0.6)
    return f" did you mean '{known[close[0]]}'?" if close else ""
