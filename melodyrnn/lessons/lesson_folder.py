"""The folder of a lesson that was carried out: figures, learning curves, pictures."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from melodyrnn.files import check_free, create_folder, create_fresh_folder, write_atomically
from melodyrnn.lessons.lesson import Finding, LearningCurve
from melodyrnn.render.charts import heat_map, learning_curves
from melodyrnn.render.pictures import write_picture
from melodyrnn.runs.replacing import make_way, release

FILE = "lesson.json"
RUNS = Path("runs")
_MESSAGES = {
    "taken": "--overwrite replaces it, or choose another --output",
    "kind": "folder of a lesson",
}


@dataclass(frozen=True)
class LessonFolder:
    """Where the results of a lesson are written, and what may be replaced there."""

    output: Path | None = None  # None: a fresh folder under ``runs/``
    overwrite: bool = False
    tensorboard: bool = False  # whether to write summaries of the curves as well

    def check(self) -> None:
        """Raise RunError where ``output`` is taken."""
        if self.output is not None:
            check_free(self.output, FILE, overwrite=self.overwrite, **_MESSAGES)

    def write(self, name: str, finding: Finding, text: str) -> tuple[Path, ...]:
        """Write the pictures and curves of the lesson ``name``, and ``text`` as lesson.json.

        Returns the files written. Raises RunError where ``output`` is taken.
        """
        fill = partial(_fill, finding, text, self.tensorboard)
        if self.output is None:
            folder = create_fresh_folder(RUNS / f"lesson-{name}", FILE, fill, **_MESSAGES)
        else:
            folder = self.output
            way = make_way if self.overwrite else None
            create_folder(folder, FILE, fill, make_way=way, **_MESSAGES)
            release(folder)
        return tuple(sorted(folder.iterdir()))


def _fill(finding: Finding, text: str, tensorboard: bool, folder: Path) -> None:
    write_atomically(folder / FILE, text)
    for picture in finding.pictures:
        write_picture(folder / picture.name, heat_map(picture))
    if finding.curves:
        write_atomically(folder / "history.csv", _history(finding.curves))
        losses = {curve.name: curve.losses for curve in finding.curves}
        write_picture(folder / "curves", learning_curves("Learning", losses))
    if tensorboard:
        _write_summaries(finding.curves, folder / "tensorboard")


def _history(curves: Sequence[LearningCurve]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["network", "epoch", "loss"])
    for curve in curves:
        writer.writerows([curve.name, epoch, loss] for epoch, loss in enumerate(curve.losses, 1))
    return text.getvalue()


class _EpochLoss(NamedTuple):
    epoch: int
    loss: float


def _write_summaries(curves: Sequence[LearningCurve], folder: Path) -> None:
    """A run of TensorBoard for each network."""
    from melodyrnn.training.summaries import Summaries  # TensorFlow, and only where asked for

    for curve in curves:
        rows = [_EpochLoss(epoch, loss) for epoch, loss in enumerate(curve.losses, 1)]
        Summaries(folder / curve.name).write(rows)
