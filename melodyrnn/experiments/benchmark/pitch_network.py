"""A network that sees nothing of a melody but its pitches (``models.networks.event_network``)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from melodyrnn.experiments.benchmark.melodies import Melody, compass_of
from melodyrnn.experiments.benchmark.melody_events import Inputs
from melodyrnn.experiments.benchmark.other_traditions import other_traditions
from melodyrnn.experiments.benchmark.rows import Distributions, Fold, Prepared
from melodyrnn.models.config import EventConfig
from melodyrnn.sequences.events import Events, Layout

if TYPE_CHECKING:
    from melodyrnn.training.events import EventProgram

SETTINGS = EventConfig(learning_rate=6e-3)
"""How it learns."""

PRETRAINING = EventConfig(batch=32, input_dropout=0.1, dropout=0.2, recurrent_dropout=0.1)
"""How it learns other traditions."""

FINE_TUNING = EventConfig(learning_rate=2e-3)
"""How it then learns the melodies."""


class PitchNetworks:
    """How such networks learn."""

    def validate(self, fold: Fold, start: Prepared) -> tuple[int, Distributions]:
        """How many steps are best."""
        inner, inputs = fold.inner, _inputs(fold)
        with event_program(inputs.layout, _config(start)) as learner:
            steps = learner.train(
                _events(inputs, inner.train),
                fold.seed,
                start=start,
                held_out=_events(inputs, inner.test),
            )
            # As many epochs of the melodies, which then are more.
            length = round(steps * len(fold.train) / len(inner.train))
            return length, _predicted(inputs, learner, inner)

    def predict(self, fold: Fold, seed: int, start: Prepared, length: int) -> Distributions:
        inputs = _inputs(fold)
        with event_program(inputs.layout, _config(start)) as learner:
            learner.train(_events(inputs, fold.train), seed, start=start, steps=length)
            return _predicted(inputs, learner, fold)

    def pretrain(self, melodies: Sequence[Melody], seed: int) -> Prepared:
        inputs = Inputs.of(*compass_of(melodies))
        songs = [named.song for named in other_traditions(melodies)]
        events = [inputs.events(song) for song in songs if inputs.has_room(song)]
        if not events:
            return None
        with event_program(inputs.layout, PRETRAINING) as learner:
            learner.train(events, seed)
            return learner.network.copy()


def event_program(layout: Layout, config: EventConfig) -> "EventProgram":
    """A context manager: what it compiles serves all folds."""
    from melodyrnn.training.events import EventProgram

    return EventProgram(layout, config)


def _config(start: Prepared) -> EventConfig:
    return SETTINGS if start is None else FINE_TUNING


def _predicted(inputs: Inputs, learner: "EventProgram", fold: Fold) -> Distributions:
    """Of each note of the test, (L, V): the pitches of the alphabet alone."""
    found = []
    for p in learner.predict(_events(inputs, fold.test)):
        q = p[:, np.array(fold.midi) - inputs.lowest]
        found.append(q / q.sum(-1, keepdims=True))
    return found


def _events(inputs: Inputs, melodies: Sequence[Melody]) -> list[Events]:
    return [inputs.events(melody.song.song) for melody in melodies]


def _inputs(fold: Fold) -> Inputs:
    return Inputs.of(fold.midi[0], fold.midi[-1])
