"""Figures that others published, and the corpora on which they measured them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from melodyrnn.formats.read import Corpus


@dataclass(frozen=True)
class Published:
    """One published table."""

    corpus: Corpus
    about: str
    source: str
    bits: Mapping[str, float]  # row of ``benchmark_rows`` -> bits per note


TABLES: Mapping[str, Published] = MappingProxyType(
    {
        "kinder": Published(
            corpus=Corpus("kinder"),
            about="German children's songs",
            source="Pearce (2005), dataset 7",
            bits={
                "LTM order 2 C interpolated": 2.613,
                "LTM PPM* C interpolated": 2.428,
                "STM": 2.693,
                "LTM+": 2.237,
                "LTM+ with STM": 2.106,
            },
        ),
    }
)
"""Name of a benchmark -> its table."""
