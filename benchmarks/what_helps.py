"""What helps a network to predict the next pitch: each thing left out or changed in turn.

    python benchmarks/what_helps.py [FOLDS] [WORDS OF A LINE]

Bits per note in the inner validation of the first FOLDS folds of ``benchmark kinder``, by default
3: parts of the training set predicted from the rest, where all choices are made. No test melody is
touched.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from melodyrnn.data.gather import gather
from melodyrnn.experiments.benchmark.melodies import melodies_of
from melodyrnn.experiments.benchmark.melody_events import Inputs
from melodyrnn.experiments.benchmark.network_rows import SETTINGS
from melodyrnn.experiments.benchmark.protocol import FOLDS, folds_of
from melodyrnn.experiments.benchmark.rows import Fold
from melodyrnn.formats.read import Corpus
from melodyrnn.models.backend import tf
from melodyrnn.models.config import EventConfig
from melodyrnn.sequences.events import Events, Layout
from melodyrnn.training.events import EventProgram

PITCH, TIMED = SETTINGS[False], SETTINGS[True]
CANDIDATES = {False: 2, True: 8}
"""Timed or not -> kinds of candidates; of each kind three factors, after three of the pitches."""


class Line(NamedTuple):
    """One line of the table."""

    about: str
    timed: bool
    config: EventConfig
    candidates: Callable[[bool], list[int]] = lambda timed: list(range(CANDIDATES[timed]))  # kept
    clock: tuple[int, ...] = tuple(range(6))  # those kept of the last six factors, of time


OTHER_TIMES = (1, 2, 3, 4, 5)
"""The factors of time but for the duration of the target."""

LINES = (
    Line("pitch", False, PITCH),
    Line("pitch, without candidates", False, PITCH, lambda _: []),
    Line("pitch, candidates by pitches alone", False, PITCH, lambda _: [0]),
    Line("pitch, candidates by intervals alone", False, PITCH, lambda _: [1]),
    Line("pitch, not moved along the scale", False, replace(PITCH, moves=0)),
    Line("pitch, no average of weights", False, replace(PITCH, averaging=0.0)),
    Line(
        "pitch, no dropout",
        False,
        replace(PITCH, input_dropout=0.0, dropout=0.0, recurrent_dropout=0.0),
    ),
    Line("pitch, 64 units", False, replace(PITCH, units=64)),
    Line("pitch, 256 units", False, replace(PITCH, units=256)),
    Line("timed", True, TIMED),
    Line("timed, without candidates", True, TIMED, lambda _: []),
    Line("timed, without candidates by time", True, TIMED, lambda _: [0, 1]),
    Line("key alone", True, TIMED, lambda _: [0, 1], clock=()),
    # It knows when the target comes, and not how long it lasts.
    Line("timed, its own length unknown", True, TIMED, lambda _: [0, 1, 4, 5, 6, 7], OTHER_TIMES),
    Line("timed, dropout as without time", True, replace(PITCH, learning_rate=3e-3, moves=0)),
    Line("timed, moved along the scale", True, replace(TIMED, moves=5)),
)


def kept(line: Line, events: Events) -> Events:
    candidates = line.candidates(line.timed)
    return events._replace(
        candidates=events.candidates[:, candidates], factors=events.factors[:, columns(line)]
    )


def columns(line: Line) -> list[int]:
    known = [0, 1, 2, *(3 + 3 * kind + i for kind in line.candidates(line.timed) for i in range(3))]
    first = 3 + 3 * CANDIDATES[line.timed]
    return known + [first + place for place in line.clock if line.timed]


def measure(line: Line, folds: list[Fold]) -> tuple[list[float], list[int]]:
    """Bits per note and steps, of each inner validation."""
    inputs = Inputs.of(folds[0].midi[0], folds[0].midi[-1], line.timed)
    factors = tuple(inputs.layout.factors[column] for column in columns(line))
    layout = Layout(inputs.layout.vocabulary_size, len(line.candidates(line.timed)), factors)
    learner = EventProgram(layout, line.config)
    bits, steps = [], []
    for fold in folds:
        learned, test = (
            [kept(line, inputs.events(melody.song.song)) for melody in melodies]
            for melodies in (fold.inner.train, fold.inner.test)
        )
        steps.append(learner.train(learned, fold.seed, held_out=test))
        came = []
        for melody, events, p in zip(fold.inner.test, test, learner.predict(test), strict=True):
            q = p[:, np.array(fold.midi) - inputs.origin(melody.song.song)]
            came.append((q / q.sum(-1, keepdims=True))[np.arange(len(q)), melody.pitches])
            assert len(q) == len(events.targets)
        bits.append(float(-np.log2(np.concatenate(came)).mean()))
    return bits, steps


def main() -> None:
    # As in the workers of the benchmark.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    data = melodies_of(gather(Corpus("kinder")))
    folds = [
        replace(fold, seed=number) for number, fold in enumerate(folds_of(data, FOLDS, 0)[:count])
    ]
    for line in LINES:
        if len(sys.argv) > 2 and line.about not in sys.argv[2:]:
            continue
        start = time.process_time()
        bits, steps = measure(line, folds)
        spent = time.process_time() - start
        each = " ".join(f"{fold:.3f}" for fold in bits)
        print(f"{line.about:35} {np.mean(bits):.3f}  ({each})  {steps} {spent:.0f} s", flush=True)


if __name__ == "__main__":
    main()
