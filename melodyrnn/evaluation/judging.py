"""Many songs predicted and judged: here or, where that is quicker, by several processes.

Songs are predicted ``AT_ONCE`` together wherever it is done, so that figures are the same.
"""

import pickle
import time
from collections.abc import Sequence
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from melodyrnn.evaluation.note_scores import Judged, judged
from melodyrnn.models.predictor import Predictor
from melodyrnn.sequences.open_vocabulary import OpenVocabulary
from melodyrnn.system.machine import cores
from melodyrnn.system.place import Place
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import listed
from melodyrnn.system.startup import multiplies_on_one_thread
from melodyrnn.tasks.dataset import AT_ONCE, Dataset, logits_of

_WORTH_SHARING = 5.0
"""Seconds of work: to begin processes that have NumPy takes one or two."""

_PART = 1.0
"""Seconds of work that a process is given at once."""


class SongsToJudge(NamedTuple):
    """Songs, and of each the vocabulary over which it is measured (``Dataset.vocabularies``)."""

    dataset: Dataset
    vocabularies: Sequence[OpenVocabulary | None]

    def part(self, places: slice) -> "SongsToJudge":
        return SongsToJudge(self.dataset.part(places), self.vocabularies[places])


class PartToJudge(NamedTuple):
    """For a worker."""

    predictor: bytes  # pickled, the same of all parts
    songs: SongsToJudge


def judge_songs(
    predictor: Predictor, songs: SongsToJudge, place: Place, progress: Progress
) -> list[Judged]:
    """Each song. The first are judged here; the others at ``place`` where they take longer than
    processes do to begin, and the model is one that can be sent.

    In a process that multiplies on several threads the figures of workers are others in their last
    bits: there all are judged here, or all at ``place`` where one is asked for, however long it
    takes. ``progress`` is called with (songs done, all, who is at work). Raises MelodyError.
    """
    count = len(songs.dataset.songs)
    several = place.cluster is not None or (place.jobs or cores()) > 1
    alike = multiplies_on_one_thread()
    if not alike and place != Place() and count > AT_ONCE and (sent := _sent(predictor)):
        return _shared(sent, songs, range(0, count, AT_ONCE), place, progress)
    found: list[Judged] = []
    progress(0, count, "songs")
    for start in range(0, count, AT_ONCE):
        begun = time.perf_counter()
        found += _judged(predictor, songs.part(slice(start, start + AT_ONCE)))
        seconds = time.perf_counter() - begun
        worth = (ceil(count / AT_ONCE) - 1) * seconds > _WORTH_SHARING
        if not start and alike and several and worth and (sent := _sent(predictor)):
            size = AT_ONCE * max(1, round(_PART / seconds))
            return found + _shared(sent, songs, range(AT_ONCE, count, size), place, progress)
        progress(len(found), count, "songs")
    return found


def _judged(predictor: Predictor, songs: SongsToJudge) -> list[Judged]:
    return judged(logits_of(predictor, songs.dataset), *songs)


def _sent(predictor: Predictor) -> bytes | None:
    """As it is sent to a worker; None of one of another package that cannot be."""
    try:
        return pickle.dumps(predictor)
    except (pickle.PicklingError, AttributeError, TypeError):
        return None


def _shared(
    predictor: bytes, songs: SongsToJudge, starts: range, place: Place, progress: Progress
) -> list[Judged]:
    """The songs from the first of ``starts`` on, a task from each to the next."""
    from melodyrnn.system.sharing import share_out  # a song alone is spared it

    found: dict[int, list[Judged]] = {}

    def hear(at_work: str = "") -> None:
        there = starts.start + sum(map(len, found.values()))
        progress(there, starts.stop, listed("songs", at_work))

    tasks = {n: PartToJudge(predictor, songs.part(slice(n, n + starts.step))) for n in starts}
    hear()
    share_out(judge_part, tasks, place, found.__setitem__, _lost, hear=hear)
    return [song for start in starts for song in found[start]]


def _lost(part: PartToJudge) -> str:
    songs = part.songs.dataset.songs
    return (
        f"{len(songs)} songs, the first of them {songs[0].name}: whoever predicted them was "
        "killed again and again, perhaps for want of memory; --jobs 1 takes less"
    )


def judge_part(part: PartToJudge) -> list[Judged]:
    """What a worker does."""
    return _judged(_received(part.predictor), part.songs)


@lru_cache(maxsize=1)
def _received(sent: bytes) -> Predictor:
    found: Predictor = pickle.loads(sent)
    return found
