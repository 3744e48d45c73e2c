"""What the lessons on melodies share: labelled tunes, split without near-duplicates, as moves.

No lesson sees a title, a key, a meter, a bar line or a note value as it was written, unless it
says so: a collection could be recognised by its habits of notation alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from melodyrnn.data.gather import Named, gather_all
from melodyrnn.data.split import FRACTION, split
from melodyrnn.formats.read import Corpus
from melodyrnn.lessons.lesson import LearningCurve, Lesson
from melodyrnn.music.interval_tokens import LARGEST, RATIOS, Move, SoundingNote, moves, sounding
from melodyrnn.music.note_tokens import to_tokens
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.sequences.windows import Batch
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence, listed, template

if TYPE_CHECKING:
    from melodyrnn.models.backend import keras

TRADITIONS: Mapping[str, Corpus] = {
    template("German"): Corpus("kinder"),
    template("Chinese"): Corpus("essen/china"),
    template("Irish"): Corpus("oneills"),
}
"""Tradition -> the corpus its tunes come from: children's songs, songs of the Han, O'Neill's."""

EXCERPT = 24
"""Moves of an excerpt. All are of one length, so that length is no clue."""

INTERVALS = 2 * LARGEST + 1
ATTRIBUTES = (INTERVALS, len(RATIOS), 12)
"""The sizes of the attributes of a move: see ``attributes``."""


@dataclass(frozen=True)
class LabelledTune(Named):
    """A song whose tradition is known."""

    tradition: str

    @property
    def title(self) -> str:
        return self.song.title or self.name

    @cached_property
    def notes(self) -> tuple[SoundingNote, ...]:
        return sounding(self.song)

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        return moves(self.song)

    @property
    def digest(self) -> str:
        """Decided by its notes alone."""
        return sha256(" ".join(to_tokens(self.song)).encode()).hexdigest()


class TuneSplit(NamedTuple):
    """Tunes by what they are for. No tune is in two parts, transposed or varied or not."""

    training: tuple[LabelledTune, ...]
    validation: tuple[LabelledTune, ...]  # to choose the best weights
    held_out: tuple[LabelledTune, ...]  # for evaluation only


def gather_split(
    most: int,
    progress: Progress,
    *,
    shortest: int = EXCERPT + 1,
    longest: int | None = None,
    corpora: Mapping[str, Corpus] = TRADITIONS,
) -> TuneSplit:
    """At most ``most`` tunes of each tradition, chosen by a digest of their notes, and split.

    A tune has ``shortest`` to ``longest`` notes that sound. The same tunes, in the same parts,
    whatever the seed of the lesson. Raises MelodyError where music21's files are not there.
    """
    tunes: list[LabelledTune] = []
    for number, (tradition, corpus) in enumerate(corpora.items()):
        progress(number, len(corpora), Sentence("corpora, reading {corpus}", corpus=corpus))
        songs = gather_all(corpus).songs
        known = [LabelledTune(named.name, named.song, tradition) for named in songs]
        suitable = [t for t in known if shortest <= _sounding(t) <= (longest or _sounding(t))]
        tunes += sorted(suitable, key=lambda tune: tune.digest)[:most]
    parts = split(tunes, FRACTION)
    return TuneSplit(*(tuple(t for t in part if isinstance(t, LabelledTune)) for part in parts))


def _sounding(tune: LabelledTune) -> int:
    return sum(note.pitch is not None for note in tune.song.notes)


def tradition_indices(
    tunes: Sequence[LabelledTune], traditions: Sequence[str] = tuple(TRADITIONS)
) -> list[int]:
    """Of each tune, the index of its tradition."""
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
    far, rows = 0, []
    for move in line:
        far = (far + move.interval) % 12
        rows.append((move.interval + LARGEST, RATIOS.index(move.ratio), far))
    return rows


@dataclass(frozen=True)
class Training:
    """How the networks of a lesson on melodies are fitted."""

    lesson: Lesson
    progress: Progress

    def fit(
        self, model: "keras.Model", training: Batch, validation: Batch, name: str
    ) -> LearningCurve:
        """Fit ``model`` to ``training``; it keeps the weights with the least validation loss.

        ``name`` stands in the words of the progress and of the curve.
        """
        from melodyrnn.training.batches import BatchProgram
        from melodyrnn.training.trainer import Trainer

        def named(done: int, total: int, words: str = "") -> None:
            self.progress(done, total, listed(words, name))

        # Without XLA: compiling an unrolled network takes longer than it saves here.
        fit = self.lesson.fit
        trainer = Trainer(BatchProgram(model, training, fit, validation, jit=False), fit)
        trainer.fit(named)
        return LearningCurve(name, [row.loss for row in trainer.history])


class MoveVocabulary:
    """The moves of some tunes, in order, and the index of each."""

    def __init__(self, tunes: TuneSplit) -> None:
        self.moves = sorted({move for part in tunes for tune in part for move in tune.moves})
        self._indices = {move: index for index, move in enumerate(self.moves)}

    def __len__(self) -> int:
        return len(self.moves)

    def encode(self, line: Sequence[Move]) -> Indices:
        """Moves -> indices, (L,)."""
        return np.array([self._indices[move] for move in line], dtype=np.int32)

    def decode(self, indices: Iterable[int]) -> list[Move]:
        return [self.moves[index] for index in indices]
