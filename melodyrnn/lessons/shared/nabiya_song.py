"""What the four lessons on 나비야 share: the song, and a network of the songs' own kind on it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from melodyrnn.data.gather import Named
from melodyrnn.evaluation.measures import Measures, measure
from melodyrnn.lessons.lesson import Curve, Lesson, Progress, Table
from melodyrnn.models.config import ModelConfig, TrainConfig
from melodyrnn.music.notation import text as notation
from melodyrnn.tasks.tokenizer import Dataset

SONG = notation.parse(
    """\
title: 나비야
meter: 2/4
codes: c4 d4 e4 f4 g4 a4 b4 c8 d8 e8 f8 g8 a8 b8

g8 e8 e4 | f8 d8 d4 | c8 d8 e8 f8 | g8 g8 g4 |
g8 e8 e8 e8 | f8 d8 d4 | c8 e8 g8 g8 | e8 e8 e4 |
d8 d8 d8 d8 | d8 e8 f4 | e8 e8 e8 e8 | e8 f8 g4 |
g8 e8 e4 | f8 d8 d4 | c8 e8 g8 g8 | e8 e8 e4
""",
    "나비야",
)
WINDOW = 4
HEARD = Dataset.of([Named.in_hand(SONG)], WINDOW)
NOTES = HEARD.vocabulary.decode(HEARD.sequences[0])
OPENING = " ".join(NOTES[:WINDOW])
LEARNING = ("epochs", "learning_rate", "seed", "early_stop")
"""The settings of learning that count where a step has one window."""
_ACROSS = 10  # notes in a row of the table


@dataclass(frozen=True)
class Heard:
    """A network that learned the song, and what it makes of it."""

    measures: Measures
    one_step: list[str]  # the notes after the opening, each told from the song itself
    whole_song: list[str]  # the same notes, each told from those that it played
    losses: list[float]

    @property
    def leaves(self) -> int | None:
        """The number of the first wrong note of the whole song, from 1."""
        pairs = zip(self.whole_song, NOTES[WINDOW:], strict=True)
        wrong = [place for place, (told, true) in enumerate(pairs, WINDOW + 1) if told != true]
        return wrong[0] if wrong else None

    @property
    def epochs(self) -> int:
        return len(self.losses)

    @property
    def curve(self) -> Curve:
        return Curve("loss", self.losses)

    def figures(self) -> dict[str, Any]:
        return {
            "epochs": self.epochs,
            **self.measures.to_json(),
            "leaves_at_note": self.leaves,
            "played": [*NOTES[:WINDOW], *self.whole_song],
        }

    def table(self) -> Table:
        """Every note beside what was told, a few bars a row; wrong ones in brackets."""
        lines = {"the song": NOTES[WINDOW:], "one step": self.one_step, "whole": self.whole_song}
        rows = []
        for start in range(0, len(self.one_step), _ACROSS):
            part = slice(start, start + _ACROSS)
            for number, (name, notes) in enumerate(lines.items()):
                pairs = zip(notes[part], NOTES[WINDOW:][part], strict=True)
                shown = [note if note == true else f"[{note}]" for note, true in pairs]
                first = "" if number else str(WINDOW + 1 + start)
                rows.append([first, name, *shown, *[""] * (_ACROSS - len(shown))])
        headings = ["note", *[""] * (_ACROSS + 1)]
        return Table(f"After {OPENING}; what is wrong in brackets", headings, rows)


def listen(lesson: Lesson, model: str, entrance: str, progress: Progress) -> Heard:
    """Learn the song as ``lesson`` says; ``model`` and ``entrance`` as ModelConfig has them."""
    (heard,) = listen_all(lesson, model, entrance, [lesson.fit.seed], progress)
    return heard


def listen_all(
    lesson: Lesson, model: str, entrance: str, seeds: Iterable[int], progress: Progress
) -> Iterator[Heard]:
    """``listen`` once for each seed, in one compiled program."""
    from melodyrnn.models.networks import step_network as models
    from melodyrnn.models.networks.numpy_network import Network
    from melodyrnn.training.windows import Trainer

    asked, fit = lesson.model, lesson.fit
    config = ModelConfig(
        model=model, input=entrance, window=WINDOW, units=asked.units, layers=asked.layers
    )
    training = TrainConfig(fit.epochs, fit.learning_rate, fit.batch, fit.seed, fit.early_stop)
    trainer, first = None, dict[str, Any]()
    for seed in seeds:
        network = models.build(config, len(HEARD.vocabulary), seed, HEARD.features)
        if trainer is None:
            batch = 1 if config.spec.stateful else fit.batch or config.spec.batch
            trainer = Trainer(
                network, HEARD.sequences, config, training, batch, features=HEARD.features
            )
            first = trainer.state()
        else:
            trainer.restore(first | _weights(network))
        trainer.run(lambda news: progress(news.epoch, news.epochs, f"loss {news.loss:.3f}"))
        trainer.keep_best()
        measures = measure(Network.of(trainer.model, config, HEARD.features), HEARD)
        (played,) = measures.played
        yield Heard(
            measures,
            HEARD.vocabulary.decode(played.logits.argmax(-1)),
            HEARD.vocabulary.decode(played.whole_song[WINDOW:]),
            [row.loss for row in trainer.history],
        )


def _weights(network: Any) -> dict[str, Any]:
    """As ``Trainer.state`` names them."""
    weights = [np.asarray(weight) for weight in network.get_weights()]
    names = ("weights", "best")
    return {f"{name}/{i}": weight for name in names for i, weight in enumerate(weights)}
