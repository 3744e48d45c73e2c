"""Tunes of several traditions, for the benchmarks of many songs."""

from melodyrnn.data.gather import gather
from melodyrnn.formats.read import Corpus

CORPORA = tuple(map(Corpus, ("essen", "oneills", "ryans-mammoth", "airds")))


def evenly(count):
    """``count`` of all their tunes, evenly over them, with their names."""
    named = gather(CORPORA)
    return [named[place * len(named) // count] for place in range(count)]
