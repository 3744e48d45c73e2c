"""The rows of a benchmark that learn by gradient: ``models.networks.event_network`` over melodies.

What a row sees is one of two things, ``melody_events`` says it in full: pitches alone, or times and
key too. It learns from the training melodies of its fold alone, or is pretrained on other
traditions, of which every tune that shares a long run with any melody of the collection is left
out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from melodyrnn.data.gather import gather_all
from melodyrnn.experiments.benchmark.melodies import Melody
from melodyrnn.experiments.benchmark.melody_events import Inputs
from melodyrnn.experiments.benchmark.rows import (
    LTM_PLUS,
    STM_X5UI,
    BenchmarkRow,
    Distributions,
    Fold,
    Predict,
    Prepared,
    fitted,
)
from melodyrnn.formats.read import Corpus
from melodyrnn.models.combining import Mixture
from melodyrnn.models.config import EventConfig
from melodyrnn.music.song import Song
from melodyrnn.sequences.events import Events, Layout
from melodyrnn.sequences.overlap import sharing

if TYPE_CHECKING:
    from melodyrnn.training.events import EventProgram

OTHERS = Corpus("essen")
"""The corpus of other traditions."""

SHARED_NOTES, SHARED_PITCHES = 10, 12
"""So many notes in a row, by intervals and ratios of durations or by intervals alone, make a tune
of the other traditions a variant of one that is to be predicted."""

SEVERAL = 3
"""Networks of a row of several."""

SEEDS_APART = 1000
_LONGEST = 128  # notes of a song of another tradition: a few longer ones would be as slow as all

SETTINGS: dict[bool, EventConfig] = {
    False: EventConfig(learning_rate=6e-3),
    True: EventConfig(
        learning_rate=3e-3, input_dropout=0.3, dropout=0.5, recurrent_dropout=0.4, moves=0
    ),
}
"""Timed or not -> how the network learns. The more it sees, the more it is kept from learning the
melodies by heart; and with the key known, no song needs to be moved."""

PRETRAINING = EventConfig(batch=32, input_dropout=0.1, dropout=0.2, recurrent_dropout=0.1)
"""How it learns other traditions; ``moves`` as above."""

FINE_TUNING = EventConfig(learning_rate=2e-3)
"""How it then learns the melodies."""


def network(model: str, timed: bool) -> Predict:
    """Learns the training melodies, in as many steps as were best in the inner validation."""

    def predict(fold: Fold, _: Mapping[str, Distributions]) -> Distributions:
        return _validated(fold, model, timed, SETTINGS[timed], None)

    return predict


def several(model: str, first: str, timed: bool) -> Predict:
    """The geometric mean of the row ``first`` and of others like it, each from its own seed."""

    def predict(fold: Fold, above: Mapping[str, Distributions]) -> Distributions:
        # In the inner validation one stands for all: their weights would be much alike.
        fold.validated[model] = fold.validated[first]
        steps = fold.chosen[first]
        more = [
            _trained(fold, timed, SETTINGS[timed], fold.seed + number * SEEDS_APART, None, steps)
            for number in range(1, SEVERAL)
        ]
        mean = Mixture(bias=0.0)
        return [mean.combine(np.stack(each)) for each in zip(above[first], *more, strict=True)]

    return predict


def pretrained(model: str, timed: bool) -> Predict:
    """Learns the training melodies from the weights that pretraining on other traditions left."""

    def predict(fold: Fold, _: Mapping[str, Distributions]) -> Distributions:
        return _validated(fold, model, timed, _moving(FINE_TUNING, timed), fold.prepared[model])

    return predict


def other_traditions(timed: bool, melodies: Sequence[Melody], seed: int) -> Prepared:
    """Pretrain on them; the weights, None where no song of them is left."""
    targets = [melody.song.song for melody in melodies]
    songs = _apart([named.song for named in gather_all(OTHERS).songs], targets)
    midi = [note.pitch.midi for song in targets for note in song.notes if note.pitch]
    inputs = Inputs.of(min(midi), max(midi), timed)
    events = [inputs.events(song) for song in songs if inputs.has_room(song)]
    events = [each for each in events if len(each.targets) <= _LONGEST]
    if not events:
        return None
    with event_program(inputs.layout, _moving(PRETRAINING, timed)) as learner:
        learner.train(events, seed)
        return learner.network.copy()


def _apart(songs: Sequence[Song], targets: Sequence[Song]) -> list[Song]:
    """Those with no long run of any of the ``targets``."""
    songs = [song for song in songs if any(note.pitch for note in song.notes)]
    variants = sharing(
        [_steps(song) for song in songs], [_steps(song) for song in targets], SHARED_NOTES - 1
    ) | sharing(
        [_intervals(song) for song in songs],
        [_intervals(song) for song in targets],
        SHARED_PITCHES - 1,
    )
    return [song for place, song in enumerate(songs) if place not in variants]


def _steps(song: Song) -> list[tuple[int, Fraction]]:
    """From each note that sounds to the next: the interval, the ratio of durations."""
    notes = [
        (note.pitch.midi, length)
        for note, length in zip(song.notes, song.steps, strict=True)
        if note.pitch
    ]
    return [(b - a, Fraction(to, of)) for (a, of), (b, to) in pairwise(notes)]


def _intervals(song: Song) -> list[int]:
    return [interval for interval, _ in _steps(song)]


def _validated(
    fold: Fold, model: str, timed: bool, config: EventConfig, start: Prepared
) -> Distributions:
    """Chooses the number of steps in the inner validation, and then learns the training set."""
    inner, inputs = fold.inner, _inputs(fold, timed)
    with event_program(inputs.layout, config) as learner:
        steps = learner.train(
            _events(inputs, inner.train),
            fold.seed,
            start=start,
            held_out=_events(inputs, inner.test),
        )
        fold.validated[model] = _predicted(inputs, learner, inner)
    # As many epochs of the melodies, which now are more.
    fold.chosen[model] = round(steps * len(fold.train) / len(inner.train))
    return _trained(fold, timed, config, fold.seed, start, fold.chosen[model])


def _trained(
    fold: Fold, timed: bool, config: EventConfig, seed: int, start: Prepared, steps: int
) -> Distributions:
    inputs = _inputs(fold, timed)
    with event_program(inputs.layout, config) as learner:
        learner.train(_events(inputs, fold.train), seed, start=start, steps=steps)
        return _predicted(inputs, learner, fold)


def _predicted(inputs: Inputs, learner: "EventProgram", fold: Fold) -> Distributions:
    """Of each note of the test, (L, V): the pitches of the alphabet alone."""
    found = []
    for melody, p in zip(fold.test, learner.predict(_events(inputs, fold.test)), strict=True):
        q = p[:, np.array(fold.midi) - inputs.origin(melody.song.song)]
        found.append(q / q.sum(-1, keepdims=True))
    return found


def _events(inputs: Inputs, melodies: Sequence[Melody]) -> list[Events]:
    return [inputs.events(melody.song.song) for melody in melodies]


def _inputs(fold: Fold, timed: bool) -> Inputs:
    return Inputs.of(fold.midi[0], fold.midi[-1], timed)


def _moving(config: EventConfig, timed: bool) -> EventConfig:
    return replace(config, moves=SETTINGS[timed].moves)


def event_program(layout: Layout, config: EventConfig) -> "EventProgram":
    """A context manager: what it compiles serves all folds."""
    from melodyrnn.training.events import EventProgram

    return EventProgram(layout, config)


def several_name(model: str) -> str:
    """What the row of ``SEVERAL`` such networks is called."""
    return f"{SEVERAL} {model}s"


def _rows(timed: bool) -> list[BenchmarkRow]:
    """All that see the same: one network, several, and one pretrained on other traditions; each
    also together with the n-gram models.
    """
    one, inputs = ("timed LSTM", "pitch, time, key") if timed else ("LSTM", "pitch")
    more, before = several_name(one), f"{one}, pretrained"
    row = BenchmarkRow(one, "1 network", inputs, network(one, timed), fast=not timed, alone=True)
    slow = replace(row, fast=False)
    networks = [
        row,
        replace(
            slow, model=more, settings=f"ensemble of {SEVERAL}", predict=several(more, one, timed)
        ),
        replace(
            slow,
            model=before,
            predict=pretrained(before, timed),
            pretrained=True,
            prepare=partial(other_traditions, timed),
        ),
    ]
    return [row for network in networks for row in (network, with_ppm(network))]


def with_ppm(row: BenchmarkRow) -> BenchmarkRow:
    """The row together with the n-gram models, whose weights are fitted."""
    predict = fitted([row, LTM_PLUS, STM_X5UI])
    return replace(
        row, model=f"{row.model} & PPM", settings="fitted", predict=predict, prepare=None
    )


NETWORKS: tuple[BenchmarkRow, ...] = (*_rows(timed=False), *_rows(timed=True))
"""In the order in which they are evaluated and printed."""

LSTM = NETWORKS[0]
"""One network that sees pitches as they are."""
