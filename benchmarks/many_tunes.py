"""Tunes of several traditions, for the benchmarks of many songs."""

from melodyrnn.music.corpus import Corpus
from melodyrnn.workflows.sources import gather

CORPORA = tuple(map(Corpus, ("essen", "oneills", "ryans-mammoth", "airds")))


def evenly(count):
    """``count`` of all their tunes, evenly over them, with their names."""
    named = gather(CORPORA)
    return [named[place * len(named) // count] for place in range(count)]
