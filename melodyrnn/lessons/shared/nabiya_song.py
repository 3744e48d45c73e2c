"""What the four lessons on 나비야 share: the song, and a network fitted to it as ``train`` does."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from melodyrnn.data.gather import Named
from melodyrnn.evaluation.measures import Measures, measure
from melodyrnn.lessons.lesson import LearningCurve, Lesson, Table
from melodyrnn.models.config import ModelConfig, TrainConfig
from melodyrnn.music.notation import text as notation
from melodyrnn.music.note_tokens import to_tokens
from melodyrnn.system.documents import JSON
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence, template
from melodyrnn.tasks.dataset import Dataset

if TYPE_CHECKING:
    from melodyrnn.models.backend import keras

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
NOTES = to_tokens(SONG)
SONG_SETTINGS = ("window", "epochs", "learning_rate", "seed", "early_stop")
"""The window, and the settings of FitConfig that have an effect where a step has one window."""
_ACROSS = 10  # notes in a row of the table


def primer(window: int) -> str:
    """What stands in the first window."""
    return " ".join(NOTES[:window])


@dataclass(frozen=True)
class SongPredictions:
    """What a network that was fitted to the song predicts of it, after the primer."""

    measures: Measures
    one_step: list[str]  # each note predicted from the notes of the song before it
    whole_song: list[str]  # each note predicted from the network's own predictions before it
    losses: list[float]

    @property
    def window(self) -> int:
        return self.measures.window

    @property
    def targets(self) -> list[str]:
        """The notes after the primer."""
        return NOTES[self.window :]

    @property
    def first_error(self) -> int | None:
        """The number of the first wrong note of the whole-song prediction, from 1."""
        pairs = zip(self.whole_song, self.targets, strict=True)
        numbered = enumerate(pairs, self.window + 1)
        return next((number for number, (note, target) in numbered if note != target), None)

    @property
    def free_running(self) -> Sentence:
        """How far it gets with the whole song."""
        whole = self.measures.whole_song
        if self.first_error is None:
            return Sentence("{whole}, without an error", whole=whole)
        return Sentence(
            "{whole}, first error at note {first_error}", whole=whole, first_error=self.first_error
        )

    @property
    def epochs(self) -> int:
        return len(self.losses)

    @property
    def curve(self) -> LearningCurve:
        return LearningCurve("loss", self.losses)

    def figures(self) -> dict[str, JSON]:
        return {
            "epochs": self.epochs,
            **self.measures.to_json(),
            "first_error_at_note": self.first_error,
            "played": [*NOTES[: self.window], *self.whole_song],
        }

    def table(self) -> Table:
        """Every note beside its two predictions, a few bars a row; errors in brackets."""
        predictions = {
            Sentence("the song"): self.targets,
            Sentence("one step"): self.one_step,
            Sentence("whole song"): self.whole_song,
        }
        rows = []
        for start in range(0, len(self.one_step), _ACROSS):
            part = slice(start, start + _ACROSS)
            for number, (name, notes) in enumerate(predictions.items()):
                pairs = zip(notes[part], self.targets[part], strict=True)
                shown = [note if note == target else f"[{note}]" for note, target in pairs]
                first = "" if number else str(self.window + 1 + start)
                rows.append([first, name, *shown, *[""] * (_ACROSS - len(shown))])
        headings = [template("note"), *[""] * (_ACROSS + 1)]
        return Table(
            Sentence(
                "After the primer {primer}; errors in brackets",
                primer=primer(self.window),
            ),
            headings,
            rows,
        )


def fit_song(lesson: Lesson, model: str, encoding: str, progress: Progress) -> SongPredictions:
    """Fit a network to the song; ``model`` and ``encoding`` (its input) as in ModelConfig."""
    (predictions,) = fit_song_seeds(lesson, model, encoding, [lesson.fit.seed], progress)
    return predictions


def fit_song_seeds(
    lesson: Lesson, model: str, encoding: str, seeds: Iterable[int], progress: Progress
) -> Iterator[SongPredictions]:
    """``fit_song`` once for each seed. Raises WindowError where no window fits into the song."""
    data = Dataset.of([Named.in_hand(SONG)], lesson.model.window)
    from melodyrnn.models.networks import step_network as models
    from melodyrnn.training.trainer import Trainer
    from melodyrnn.training.windows import TrainingSongs, WindowProgram

    settings, fit = lesson.model, lesson.fit
    config = ModelConfig(
        model=model,
        input=encoding,
        window=settings.window,
        units=settings.units,
        layers=settings.layers,
    )
    training = TrainConfig(fit.epochs, fit.learning_rate, fit.batch, fit.seed, fit.early_stop)
    batch = 1 if config.spec.stateful else fit.batch or config.spec.batch
    songs = TrainingSongs(data.sequences, attributes=data.tokenizer.attributes)
    for seed in seeds:
        network = models.build(config, len(data.vocabulary), seed, data.tokenizer.attributes)
        with WindowProgram(network, songs, config, training, batch) as program:
            trainer = Trainer(program, training)
            trainer.fit(progress)
        yield _predict(network, config, data, [row.loss for row in trainer.history])


def _predict(
    model: "keras.Model", config: ModelConfig, data: Dataset, losses: list[float]
) -> SongPredictions:
    from melodyrnn.models.networks.numpy_network import Network

    measures = measure(Network.of(model, config, data.tokenizer.attributes), data)
    (played,) = measures.played
    return SongPredictions(
        measures,
        data.vocabulary.decode(played.logits.argmax(-1)),
        data.vocabulary.decode(played.whole_song[config.window :]),
        losses,
    )
