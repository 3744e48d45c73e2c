"""What helps a network to predict the next pitch: each thing left out or changed in turn.

    python benchmarks/what_helps.py [FOLDS] [WORDS OF A LINE]

Bits per note in the inner validation of the first FOLDS folds of ``benchmark kinder``, by default
3: parts of the training set predicted from the rest, where all choices are made. No test melody is
touched.
"""

import sys
import time
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from melodyrnn.data.gather import gather
from melodyrnn.experiments.benchmark.composer import Composer, songs_of
from melodyrnn.experiments.benchmark.melodies import melodies_of
from melodyrnn.experiments.benchmark.melody_events import Inputs
from melodyrnn.experiments.benchmark.pitch_network import SETTINGS
from melodyrnn.experiments.benchmark.protocol import FOLDS, folds_of
from melodyrnn.experiments.benchmark.rows import Distributions, Fold
from melodyrnn.formats.read import Corpus
from melodyrnn.models.backend import tf
from melodyrnn.models.config import EventConfig
from melodyrnn.sequences.events import Events, Layout
from melodyrnn.training.events import EventProgram

CANDIDATES = 2
"""Of each three factors, after three of the pitches."""


class Line(NamedTuple):
    """One line of the table, of the network that sees pitches alone."""

    about: str
    config: EventConfig = SETTINGS
    candidates: tuple[int, ...] = tuple(range(CANDIDATES))  # those kept


LINES = (
    Line("pitch"),
    Line("pitch, without candidates", candidates=()),
    Line("pitch, candidates by pitches alone", candidates=(0,)),
    Line("pitch, candidates by intervals alone", candidates=(1,)),
    Line("pitch, not moved along the scale", replace(SETTINGS, moves=0)),
    Line("pitch, no average of weights", replace(SETTINGS, averaging=0.0)),
    Line(
        "pitch, no dropout",
        replace(SETTINGS, input_dropout=0.0, dropout=0.0, recurrent_dropout=0.0),
    ),
    Line("pitch, 64 units", replace(SETTINGS, units=64)),
    Line("pitch, 256 units", replace(SETTINGS, units=256)),
)

COMPOSER: dict[str, dict[str, bool]] = {
    "viewpoints": {},
    # It knows when the target comes, and not how long it lasts.
    "viewpoints, its own length unknown": {"own_duration": False},
}
"""Lines of the model of ``train``, and what it is asked."""

TRAINED: dict[int, Composer] = {}
"""Of each fold, by its seed."""


def kept(line: Line, events: Events) -> Events:
    return events._replace(
        candidates=events.candidates[:, list(line.candidates)],
        factors=events.factors[:, columns(line)],
    )


def columns(line: Line) -> list[int]:
    return [0, 1, 2, *(3 + 3 * kind + i for kind in line.candidates for i in range(3))]


def measure(line: Line, folds: list[Fold]) -> tuple[list[float], list[int]]:
    """Bits per note and steps, of each inner validation."""
    inputs = Inputs.of(folds[0].midi[0], folds[0].midi[-1])
    factors = tuple(inputs.layout.factors[column] for column in columns(line))
    layout = Layout(inputs.layout.vocabulary_size, len(line.candidates), factors)
    learner = EventProgram(layout, line.config)
    bits, steps = [], []
    for fold in folds:
        learned, test = (
            [kept(line, inputs.events(melody.song.song)) for melody in melodies]
            for melodies in (fold.inner.train, fold.inner.test)
        )
        steps.append(learner.train(learned, fold.seed, held_out=test))
        found = [p[:, np.array(fold.midi) - inputs.lowest] for p in learner.predict(test)]
        bits.append(mean_bits(fold, [q / q.sum(-1, keepdims=True) for q in found]))
    return bits, steps


def composed(asked: dict[str, bool], folds: list[Fold]) -> tuple[list[float], list[int]]:
    """Bits per note and epochs, of each inner validation."""
    learned = [composer(fold) for fold in folds]
    predicted = [
        each.predict(fold.inner.test, fold.midi, **asked)
        for each, fold in zip(learned, folds, strict=True)
    ]
    return [*map(mean_bits, folds, predicted)], [each.epochs for each in learned]


def composer(fold: Fold) -> Composer:
    """Trained once, whatever it is asked."""
    if fold.seed not in TRAINED:
        train, held_out = songs_of(fold.inner.train), songs_of(fold.inner.test)
        TRAINED[fold.seed] = Composer.trained(train, fold.midi, fold.seed, held_out=held_out)
    return TRAINED[fold.seed]


def mean_bits(fold: Fold, predicted: Distributions) -> float:
    came = [
        p[np.arange(len(p)), melody.pitches]
        for melody, p in zip(fold.inner.test, predicted, strict=True)
    ]
    return float(-np.log2(np.concatenate(came)).mean())


def main() -> None:
    # As in the workers of the benchmark.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    data = melodies_of(gather(Corpus("kinder")))
    folds = [
        replace(fold, seed=number) for number, fold in enumerate(folds_of(data, FOLDS, 0)[:count])
    ]
    lines = {line.about: partial(measure, line) for line in LINES}
    lines |= {about: partial(composed, asked) for about, asked in COMPOSER.items()}
    for about in sys.argv[2:] or lines:
        start = time.process_time()
        bits, lengths = lines[about](folds)
        spent = time.process_time() - start
        each = " ".join(f"{fold:.3f}" for fold in bits)
        print(f"{about:35} {np.mean(bits):.3f}  ({each})  {lengths} {spent:.0f} s", flush=True)


if __name__ == "__main__":
    main()
