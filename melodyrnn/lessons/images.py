"""Written digits read row by row, one row a step: the last output says which digit it is."""

from collections.abc import Sequence
from dataclasses import replace
from math import log
from typing import Any

from melodyrnn.lessons.lesson import (
    LEARNING,
    Curve,
    Finding,
    HeatMap,
    Lesson,
    Point,
    Progress,
    Table,
)
from melodyrnn.lessons.shared.digit_images import CLASSES, Images, digits, mnist
from melodyrnn.models.config import FitConfig, SequenceConfig
from melodyrnn.models.registry import CELLS

SAME = 1e-5
"""The scan and the built-in cell may differ by so much."""

MUST_REACH = {"8 x 8 digits": 0.97, "28 x 28 MNIST": 0.9766}

MNIST_EPOCHS = 10
"""Where no other number is asked for: an epoch of it is worth forty of the small digits."""


def read(lesson: Lesson) -> Images:
    """The lesson's images. Raises MelodyError."""
    file = lesson.own["data"]
    return digits() if file is None else mnist(file)


def fitter(lesson: Lesson, images: Images, *, choose: bool = True) -> Any:
    """A new network and what teaches it; where it is to ``choose``, by the validation images."""
    from melodyrnn.models.networks.sequence_network import vector_classifier
    from melodyrnn.training.batches import Fitter

    steps, features = images.train.x.shape[1:]
    model = vector_classifier(lesson.model, steps, features, CLASSES, seed=lesson.fit.seed)
    validation = images.validation if choose else None
    # Not compiled by XLA: that takes longer than it saves here.
    return Fitter(model, images.train, lesson.fit, validation, jit=False)


def points(lesson: Lesson, epochs: Sequence[int], progress: Progress) -> list[Point]:
    """One learning, measured after each of ``epochs``, on the test images; nothing is chosen.

    It has diverged where its loss is above that of guessing, or no number.
    """
    from melodyrnn.training.batches import teller

    images = read(lesson)
    fit = replace(lesson.fit, epochs=max(epochs), early_stop=False)
    learning = fitter(replace(lesson, fit=fit), images, choose=False)
    tell = teller(learning.model, images.test, jit=False)
    found = []
    for until in sorted(epochs):
        learning.learn(until, progress)
        loss = learning.history[-1].loss
        found.append(Point(until, loss, tell().accuracy, not loss < log(CLASSES)))
    return found


def teach(lesson: Lesson, progress: Progress) -> Finding:
    from melodyrnn.models.recurrent.written_out import apart
    from melodyrnn.training.batches import logits_of

    images = read(lesson)
    if lesson.own["data"] is not None and lesson.fit.epochs == LESSON.fit.epochs:
        lesson = replace(lesson, fit=replace(lesson.fit, epochs=MNIST_EPOCHS))
    few = slice(lesson.fit.batch)
    x, y = images.train.x[few], images.train.y[few]
    same = {cell: apart(cell, lesson.model.units, x, y, CLASSES) for cell in CELLS}
    learning = fitter(lesson, images)
    chosen = learning.run(progress)
    told = logits_of(learning.model, images.test).argmax(-1)
    accuracy = float((told == images.test.y).mean())
    least, most = MUST_REACH[images.name], max(max(pair) for pair in same.values())
    sizes = {name: len(getattr(images, name).y) for name in ("train", "validation", "test")}
    return Finding(
        holds=accuracy >= least and most <= SAME,
        sentence=(
            f"{accuracy:.2%} of {sizes['test']} test images right, {lesson.model.cell} of "
            f"{lesson.model.units} units; scan and built-in cell differ by {most:.1e} at most"
        ),
        figures={
            "data": images.name,
            "accuracy": accuracy,
            "validation_accuracy": chosen.accuracy,
            "best_epoch": learning.best_epoch,
            "images": sizes,
            "apart": {cell: pair._asdict() for cell, pair in same.items()},
        },
        tables=[
            Table(
                "The network written out as a scan, less the built-in cell, same weights",
                ["cell", "outputs", "gradients"],
                [
                    [cell, f"{pair.outputs:.1e}", f"{pair.gradients:.1e}"]
                    for cell, pair in same.items()
                ],
            )
        ],
        pictures=[_confusions(images, told)],
        curves=[Curve(lesson.model.cell, [row.loss for row in learning.history])],
    )


def _confusions(images: Images, told: Any) -> HeatMap:
    """Of the images of each digit, the part taken for each."""
    names = [str(digit) for digit in range(CLASSES)]
    parts = []
    for digit in range(CLASSES):
        mine = told[images.test.y == digit]
        parts.append([float((mine == other).mean()) if len(mine) else 0.0 for other in range(10)])
    return HeatMap(
        "confusions",
        f"{images.name}: what each digit was taken for",
        names,
        names,
        parts,
        down="digit",
        across="taken for",
        meaning="part",
    )


LESSON = Lesson(
    name="images",
    shape="many to one",
    about="an image row by row, one row a step; the digit after the last",
    claim=(
        "a scan over W_x, W_h, b and the built-in cell agree to 1e-5, outputs and gradients; "
        "97 % of the 8 x 8 test images right, or 97.66 % of MNIST with --data mnist.npz"
    ),
    teach=teach,
    points=points,
    model=SequenceConfig(cell="gru", units=128),
    fit=FitConfig(epochs=60, learning_rate=0.01, batch=128),
    own={"data": None},
    uses=("cell", "units", "layers", "dropout", "recurrent", *LEARNING),
)
