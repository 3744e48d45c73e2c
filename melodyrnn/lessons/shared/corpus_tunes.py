"""What the lessons on melodies share: tunes with labels, near-duplicates on one side, what is seen.

No lesson sees a title, a key, a meter, a bar line or a note value as it was written, unless it
says so: a collection could be told by its habits of writing alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np

from melodyrnn.data.gather import Named, gather_all
from melodyrnn.data.split import FRACTION, split
from melodyrnn.formats.read import Corpus
from melodyrnn.lessons.lesson import Curve, Lesson, Progress
from melodyrnn.music.moves import LARGEST, RATIOS, Move, Sounding, moves, sounding
from melodyrnn.music.note_tokens import to_codes
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Batch

TRADITIONS: Mapping[str, Corpus] = {
    "German": Corpus("kinder"),
    "Chinese": Corpus("essen/china"),
    "Irish": Corpus("oneills"),
}
"""Tradition -> the corpus its tunes come from: children's songs, songs of the Han, O'Neill's."""

EXCERPT = 24
"""Moves of an excerpt. All are of one length, so that length tells nothing."""

INTERVALS = 2 * LARGEST + 1
ATTRIBUTES = (INTERVALS, len(RATIOS), 12)
"""The sizes of the attributes of a move: see ``attributes``."""


@dataclass(frozen=True)
class Tune(Named):
    """A song whose tradition is known."""

    tradition: str

    @cached_property
    def notes(self) -> tuple[Sounding, ...]:
        return sounding(self.song)

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        return moves(self.song)

    @property
    def digest(self) -> str:
        """What its notes alone decide."""
        return sha256(" ".join(to_codes(self.song)).encode()).hexdigest()


class Tunes(NamedTuple):
    """Tunes by what they are for. No tune stands on two sides, transposed or varied or not."""

    learned: tuple[Tune, ...]
    validation: tuple[Tune, ...]  # choose the best weights
    held_out: tuple[Tune, ...]  # are only measured


def gathered(
    most: int,
    progress: Progress,
    *,
    shortest: int = EXCERPT + 1,
    longest: int | None = None,
    corpora: Mapping[str, Corpus] = TRADITIONS,
) -> Tunes:
    """At most ``most`` tunes of each tradition, those held out first chosen by content alone.

    A tune has ``shortest`` to ``longest`` notes that sound. The same tunes, on the same sides,
    whatever the seed of the lesson. Raises MelodyError where music21's files are not there.
    """
    tunes: list[Tune] = []
    for number, (tradition, corpus) in enumerate(corpora.items()):
        progress(number, len(corpora), f"reading {corpus}")
        songs = gather_all(corpus).songs
        known = [Tune(named.name, named.song, tradition) for named in songs]
        fit = [t for t in known if shortest <= _sounding(t) <= (longest or _sounding(t))]
        tunes += sorted(fit, key=lambda tune: tune.digest)[:most]
    parts = split(tunes, FRACTION)
    return Tunes(*(tuple(t for t in part if isinstance(t, Tune)) for part in parts))


def _sounding(tune: Tune) -> int:
    return sum(note.pitch is not None for note in tune.song.notes)


def places(tunes: Sequence[Tune], traditions: Sequence[str] = tuple(TRADITIONS)) -> list[int]:
    """Of each tune, the place of its tradition."""
    return [traditions.index(tune.tradition) for tune in tunes]


def excerpts(line: Sequence[Move], count: int) -> list[Sequence[Move]]:
    """``count`` excerpts of a line of moves, spread evenly over it, the first from its start.

    They overlap where the line is short, so that each tune has as many, long or short.
    """
    last = len(line) - EXCERPT
    starts = [round(place * last / max(count - 1, 1)) for place in range(count)]
    return [line[start : start + EXCERPT] for start in starts]


def attributes(line: Sequence[Move]) -> list[tuple[int, int, int]]:
    """Of each move three indices: interval, ratio, and how far it has led from the first note, in
    semitones within the octave. The last follows from the first two, and spares a network the sum.
    """
    far, told = 0, []
    for move in line:
        far = (far + move.interval) % 12
        told.append((move.interval + LARGEST, RATIOS.index(move.ratio), far))
    return told


def fit(
    lesson: Lesson, model: Any, learned: Batch, validation: Batch, progress: Progress, name: str
) -> Curve:
    """Let ``model`` learn; of all weights it had, it keeps those that tell ``validation`` best."""
    from melodyrnn.training.batches import Fitter

    # Without XLA: compiling an unrolled network takes longer than it saves here.
    fitter = Fitter(model, learned, lesson.fit, validation, jit=False)
    fitter.run(lambda done, all_, words: progress(done, all_, f"{name}: {words}"))
    return Curve(name, [row.loss for row in fitter.history])


class Alphabet:
    """The moves that some tunes make, in order, and the place of each."""

    def __init__(self, tunes: Tunes) -> None:
        self.moves = sorted({move for part in tunes for tune in part for move in tune.moves})
        self._places = {move: place for place, move in enumerate(self.moves)}

    def __len__(self) -> int:
        return len(self.moves)

    def encode(self, line: Sequence[Move]) -> Indices:
        """Moves -> indices, (L,)."""
        return np.array([self._places[move] for move in line], dtype=np.int32)

    def decode(self, indices: Iterable[int]) -> list[Move]:
        return [self.moves[index] for index in indices]
