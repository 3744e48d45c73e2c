"""Written digits read row by row, one row a step: the last output says which digit it is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import log
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from melodyrnn.lessons.lesson import (
    FIT_SETTINGS,
    EpochScore,
    Finding,
    LearningCurve,
    Lesson,
    Table,
)
from melodyrnn.lessons.shared.digit_images import CLASSES, Images, digits, mnist
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.models.registry import CELLS
from melodyrnn.render.heat_map import HeatMap
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence

if TYPE_CHECKING:
    from melodyrnn.models.recurrent.scan import Differences
    from melodyrnn.training.batches import BatchProgram

SAME = 1e-5
"""The scan and the built-in cell may differ by so much."""

MUST_REACH = {"8 x 8 digits": 0.97, "28 x 28 MNIST": 0.9766}

MNIST_EPOCHS = 10
"""Where no other number is asked for: an epoch of it is worth forty of the small digits."""


def read(lesson: Lesson) -> Images:
    """The lesson's images. Raises MelodyError."""
    file = lesson.own["data"]
    return digits() if file is None else mnist(file)


def program(lesson: Lesson, images: Images, *, validate: bool = True) -> "BatchProgram":
    """A new network to train; with ``validate`` the validation images choose the best weights."""
    from melodyrnn.models.networks.sequence_network import vector_classifier
    from melodyrnn.training.batches import BatchProgram

    steps, features = images.train.x.shape[1:]
    model = vector_classifier(lesson.model, steps, features, CLASSES, seed=lesson.fit.seed)
    validation = images.validation if validate else None
    # Not compiled by XLA: that takes longer than it saves here.
    return BatchProgram(model, images.train, lesson.fit, validation, jit=False)


def scores_after(lesson: Lesson, epochs: Sequence[int], progress: Progress) -> list[EpochScore]:
    """One training, evaluated on the test images after each of ``epochs``; nothing is chosen.

    It has diverged where its loss is above that of the uniform distribution, or not a number.
    """
    from melodyrnn.training.batches import scorer
    from melodyrnn.training.trainer import Trainer

    images = read(lesson)
    fit = replace(lesson.fit, epochs=max(epochs), early_stop=False)
    trained = program(replace(lesson, fit=fit), images, validate=False)
    training = Trainer(trained, fit)
    evaluate = scorer(trained.model, images.test, jit=False)
    scores = []
    for until in sorted(epochs):
        training.train(until, progress)
        loss = training.history[-1].loss
        diverged = not loss < log(CLASSES)
        scores.append(EpochScore(until, loss, evaluate().accuracy, diverged))
    return scores


def run(lesson: Lesson, progress: Progress) -> Finding:
    from melodyrnn.training.batches import logits_of
    from melodyrnn.training.trainer import Trainer

    images = read(lesson)
    if lesson.own["data"] is not None and lesson.fit.epochs == LESSON.fit.epochs:
        lesson = replace(lesson, fit=replace(lesson.fit, epochs=MNIST_EPOCHS))
    differences = _differences(lesson, images)
    trained = program(lesson, images)
    training = Trainer(trained, lesson.fit)
    best = training.fit(progress) or trained.evaluate()
    predictions = logits_of(trained.model, images.test).argmax(-1)
    accuracy = float((predictions == images.test.y).mean())
    largest = max(max(pair) for pair in differences.values())
    sizes = {name: len(getattr(images, name).y) for name in ("train", "validation", "test")}
    return Finding(
        holds=accuracy >= MUST_REACH[images.name] and largest <= SAME,
        sentence=Sentence(
            "{accuracy:.2%} of {images} test images correct, {cell} of {units} units; scan and "
            "built-in cell differ by {largest:.1e} at most",
            accuracy=accuracy,
            images=sizes["test"],
            cell=lesson.model.cell,
            units=lesson.model.units,
            largest=largest,
        ),
        figures={
            "data": images.name,
            "accuracy": accuracy,
            "validation_accuracy": best.accuracy,
            "best_epoch": training.best_epoch,
            "images": sizes,
            "apart": {cell: pair._asdict() for cell, pair in differences.items()},
        },
        tables=[_differences_table(differences)],
        pictures=[_confusions(images, predictions)],
        curves=[LearningCurve(lesson.model.cell, [row.loss for row in training.history])],
    )


def _differences(lesson: Lesson, images: Images) -> dict[str, "Differences"]:
    """How far, for each cell, the written-out network and the built-in one differ on a batch."""
    from melodyrnn.models.recurrent.scan import differences

    few = slice(lesson.fit.batch)
    x, y = images.train.x[few], images.train.y[few]
    return {cell: differences(cell, lesson.model.units, x, y, CLASSES) for cell in CELLS}


def _differences_table(differences: Mapping[str, "Differences"]) -> Table:
    return Table(
        "The network written out as a scan, less the built-in cell, same weights",
        ["cell", "outputs", "gradients"],
        [
            [cell, f"{pair.outputs:.1e}", f"{pair.gradients:.1e}"]
            for cell, pair in differences.items()
        ],
    )


def _confusions(images: Images, predictions: npt.NDArray[np.int64]) -> HeatMap:
    """Of the images of each digit, the proportion classified as each."""
    names = [str(digit) for digit in range(CLASSES)]
    rows = []
    for digit in range(CLASSES):
        mine = predictions[images.test.y == digit]
        rows.append([float((mine == other).mean()) if len(mine) else 0.0 for other in range(10)])
    return HeatMap(
        "confusions",
        f"{images.name}: confusion matrix of the test images",
        names,
        names,
        rows,
        down="digit",
        across="predicted",
        meaning="proportion",
    )


LESSON = Lesson(
    name="images",
    shape="many to one",
    about="an image row by row, one row a step; the digit after the last",
    claim=(
        "a scan over W_x, W_h, b and the built-in cell agree to 1e-5, outputs and gradients; "
        "97 % of the 8 x 8 test images are correct, or 97.66 % of MNIST with --data mnist.npz"
    ),
    run=run,
    scores_after=scores_after,
    model=SequenceConfig(cell="gru", units=128),
    fit=FitConfig(epochs=60, learning_rate=0.01, batch=128),
    own={"data": None},
    uses=("cell", "units", "layers", "dropout", "recurrent", *FIT_SETTINGS),
)
