"""The rows of a benchmark that learn by gradient: ``models.networks.event_network`` over melodies.

What a row sees is one of two things, ``melody_events`` says it in full: pitches alone, or times and
key too. It learns from the learned melodies of its fold alone, or has learned other traditions
before, of which every tune that shares a long run with any melody of the collection is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from melodyrnn.data.gather import gather_all
from melodyrnn.experiments.benchmark.melodies import Melody
from melodyrnn.experiments.benchmark.melody_events import Inputs
from melodyrnn.experiments.benchmark.rows import COUNTED, LTM_PLUS, STM, Fold, Row, Told, pooled
from melodyrnn.formats.read import Corpus
from melodyrnn.models.combining import combine
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
of the other traditions a variant of one that is to be told."""

SEVERAL = 3
"""Networks of a row of several."""

_SEEDS_APART = 1000
_LONGEST = 128  # notes of a song of another tradition: a few longer ones would be as slow as all

SETTINGS: dict[bool, EventConfig] = {
    False: EventConfig(learning_rate=6e-3),
    True: EventConfig(
        learning_rate=3e-3, input_dropout=0.3, dropout=0.5, recurrent_dropout=0.4, moves=0
    ),
}
"""Timed or not -> how the network learns. The more it sees, the more it is kept from learning the
melodies by heart; and with the key known, no song needs to be moved."""

BEFORE = EventConfig(batch=32, input_dropout=0.1, dropout=0.2, recurrent_dropout=0.1)
"""How it learns other traditions; ``moves`` as above."""

AFTER = EventConfig(learning_rate=2e-3)
"""How it then learns the melodies."""


def network(model: str, timed: bool) -> Callable[..., Told]:
    """Learns the learned melodies, as many steps as proved best in the rehearsal."""

    def tell(fold: Fold, _: Mapping[str, Told]) -> Told:
        return _rehearsed(fold, model, timed, SETTINGS[timed], None)

    return tell


def several(model: str, first: str, timed: bool) -> Callable[..., Told]:
    """The geometric mean of the row ``first`` and of others like it, each from its own seed."""

    def tell(fold: Fold, told: Mapping[str, Told]) -> Told:
        # In the rehearsal one stands for all: they are to be trusted much alike.
        fold.rehearsed[model] = fold.rehearsed[first]
        steps = fold.chosen[first]
        more = [
            _learned(fold, timed, SETTINGS[timed], fold.seed + number * _SEEDS_APART, None, steps)
            for number in range(1, SEVERAL)
        ]
        return [combine(np.stack(each), bias=0.0) for each in zip(told[first], *more, strict=True)]

    return tell


def after_others(model: str, timed: bool) -> Callable[..., Told]:
    """Learns the learned melodies from the weights that other traditions have taught."""

    def tell(fold: Fold, _: Mapping[str, Told]) -> Told:
        return _rehearsed(fold, model, timed, _moving(AFTER, timed), fold.prepared[model])

    return tell


def other_traditions(timed: bool, melodies: Sequence[Melody], seed: int) -> Any:
    """Learn them; the weights, None where no song of them is left."""
    told = [melody.song.song for melody in melodies]
    songs = _apart([named.song for named in gather_all(OTHERS).songs], told)
    midi = [note.pitch.midi for song in told for note in song.notes if note.pitch]
    inputs = Inputs.of(min(midi), max(midi), timed)
    events = [inputs.events(song) for song in songs if inputs.has_room(song)]
    events = [each for each in events if len(each.told) <= _LONGEST]
    if not events:
        return None
    learner = _learner(inputs.layout, _moving(BEFORE, timed))
    learner.train(events, seed)
    return learner.network.copy()


def _apart(songs: Sequence[Song], told: Sequence[Song]) -> list[Song]:
    """Those with no long run of any song ``told``."""
    songs = [song for song in songs if any(note.pitch for note in song.notes)]
    variants = sharing(
        [_steps(song) for song in songs], [_steps(song) for song in told], SHARED_NOTES - 1
    ) | sharing(
        [_intervals(song) for song in songs],
        [_intervals(song) for song in told],
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


def _rehearsed(fold: Fold, model: str, timed: bool, config: EventConfig, start: Any) -> Told:
    """Chooses the number of steps in the rehearsal, and then learns all learned melodies."""
    rehearsal = fold.rehearsal
    inputs, learner = _network(fold, timed, config)
    steps = learner.train(
        _events(inputs, rehearsal.learned),
        fold.seed,
        start=start,
        held_out=_events(inputs, rehearsal.test),
    )
    fold.rehearsed[model] = _told(inputs, learner, rehearsal)
    # As many times through the melodies, which now are more.
    fold.chosen[model] = round(steps * len(fold.learned) / len(rehearsal.learned))
    return _learned(fold, timed, config, fold.seed, start, fold.chosen[model])


def _learned(
    fold: Fold, timed: bool, config: EventConfig, seed: int, start: Any, steps: int
) -> Told:
    inputs, learner = _network(fold, timed, config)
    learner.train(_events(inputs, fold.learned), seed, start=start, steps=steps)
    return _told(inputs, learner, fold)


def _told(inputs: Inputs, learner: "EventProgram", fold: Fold) -> Told:
    """Of each note of the test, (L, V): the codes of the alphabet alone."""
    told = []
    for melody, p in zip(fold.test, learner.predict(_events(inputs, fold.test)), strict=True):
        q = p[:, np.array(fold.midi) - inputs.origin(melody.song.song)]
        told.append(q / q.sum(-1, keepdims=True))
    return told


def _events(inputs: Inputs, melodies: Sequence[Melody]) -> list[Events]:
    return [inputs.events(melody.song.song) for melody in melodies]


def _network(fold: Fold, timed: bool, config: EventConfig) -> tuple[Inputs, "EventProgram"]:
    inputs = Inputs.of(fold.midi[0], fold.midi[-1], timed)
    return inputs, _learner(inputs.layout, config)


def _moving(config: EventConfig, timed: bool) -> EventConfig:
    return replace(config, moves=SETTINGS[timed].moves)


@lru_cache(maxsize=8)
def _learner(layout: Layout, config: EventConfig) -> "EventProgram":
    """One for all folds, for its programs take long to make."""
    from melodyrnn.training.events import EventProgram

    return EventProgram(layout, config)


def _rows(timed: bool) -> list[Row]:
    """All that see the same: one network, several, and one that was taught by other traditions
    before; each also together with what counts.
    """
    one, inputs = ("timed LSTM", "pitch, time, key") if timed else ("LSTM", "pitch")
    more, taught = f"{SEVERAL} {one}s", f"{one}, taught"
    row = Row(one, "1 net", inputs, network(one, timed), fast=not timed, alone=True)
    slow = replace(row, fast=False)
    networks = [
        row,
        replace(slow, model=more, settings=f"{SEVERAL} nets", tell=several(more, one, timed)),
        replace(
            slow,
            model=taught,
            tell=after_others(taught, timed),
            prepare=partial(other_traditions, timed),
        ),
    ]
    return [row for network in networks for row in (network, _with_ppm(network))]


def _with_ppm(row: Row) -> Row:
    tell = pooled([row, LTM_PLUS, STM])
    return replace(row, model=f"{row.model} & PPM", settings="fitted", tell=tell, prepare=None)


NETWORKS: tuple[Row, ...] = (*_rows(timed=False), *_rows(timed=True))
ROWS: tuple[Row, ...] = (*COUNTED, *NETWORKS)
"""In the order in which they are told and printed."""
