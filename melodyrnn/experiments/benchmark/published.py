"""Figures that others published, and the corpora on which they measured them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from melodyrnn.formats.read import Corpus


@dataclass(frozen=True)
class Published:
    """One published table."""

    about: str
    source: str
    bits: Mapping[str, float]  # row -> bits per note, the mean over melodies
    corpus: Corpus | None = None  # None where it does not come along
    once: bool = False  # whether repeats that a reader of the corpus plays are not played


_ROWS = (
    "LTM order 2 C interpolated",
    "STM",
    "LTM PPM* C interpolated",
    "LTM+",
    "LTM+ with STM, bias 0",
    "LTM+ with STM, bias 1",
    "LTM+ with STM",
    "LTM+ with STM, bias 3",
    "LTM+ with STM, bias 4",
    "LTM+ with STM, bias 16",
)

_SETS: dict[int, tuple[str, tuple[float, ...]]] = {
    1: (
        "Canadian folk ballads",
        (2.904, 2.983, 2.861, 2.655, 2.495, 2.475, 2.468, 2.469, 2.474, 2.564),
    ),
    2: ("Chorale melodies", (2.563, 3.139, 2.444, 2.375, 2.396, 2.363, 2.347, 2.342, 2.342, 2.412)),
    3: (
        "Alsatian folk songs",
        (3.110, 3.097, 3.115, 2.712, 2.554, 2.541, 2.540, 2.548, 2.559, 2.677),
    ),
    4: (
        "Yugoslavian folk songs",
        (2.804, 3.463, 2.721, 2.602, 2.619, 2.597, 2.588, 2.589, 2.595, 2.714),
    ),
    5: ("Swiss folk songs", (3.192, 3.126, 3.010, 2.621, 2.484, 2.461, 2.454, 2.457, 2.465, 2.560)),
    6: (
        "Austrian folk songs",
        (3.385, 3.248, 3.340, 2.833, 2.659, 2.649, 2.651, 2.661, 2.675, 2.816),
    ),
    7: (
        "German children's songs",
        (2.613, 2.693, 2.428, 2.237, 2.153, 2.120, 2.106, 2.102, 2.104, 2.176),
    ),
    8: (
        "Chinese folk songs",
        (3.083, 3.426, 3.105, 2.881, 2.694, 2.680, 2.681, 2.691, 2.705, 2.841),
    ),
}
"""Of Tables 4.1, 6.2 (C2I) and 6.6."""

CORPORA: Mapping[int, Corpus] = MappingProxyType({7: Corpus("kinder")})
"""The data sets that come along."""

DATA_SETS: Mapping[int, Published] = MappingProxyType(
    {
        number: Published(
            about,
            f"Pearce (2005), dataset {number}",
            MappingProxyType(dict(zip(_ROWS, figures, strict=True))),
            CORPORA.get(number),
        )
        for number, (about, figures) in _SETS.items()
    }
)
"""Number in Table 4.1 -> its figures."""

_WITH_TIME_AND_KEY = 1.953
"""Table 7.3: nine viewpoints of pitch, time and key, selected on the data set itself."""

_TIMED_ROWS = (
    "LTM+ of degrees and places",
    "LTM+ of degrees and durations",
    "viewpoints",
    "viewpoints & PPM",
    "viewpoints, 3 networks",
    "viewpoints, 3 networks & PPM",
    "viewpoints, 3 networks & n-grams",
)

TABLES: Mapping[str, Published] = MappingProxyType(
    {
        "kinder": DATA_SETS[7],
        "chorales": Published(
            "Soprano lines of Bach's chorales, BWV 253 to 438",
            "Pearce (2005), dataset 2, Tables 6.6 and 7.3",
            MappingProxyType(
                {**DATA_SETS[2].bits, **dict.fromkeys(_TIMED_ROWS, _WITH_TIME_AND_KEY)}
            ),
            Corpus("chorales"),
            once=True,
        ),
    }
)
"""Name of a benchmark of one collection -> its table."""

PEARCE = "pearce"
"""The benchmark of all data sets."""
