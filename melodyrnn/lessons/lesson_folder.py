"""Where a lesson leaves its pictures and figures."""

import csv
import io
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from melodyrnn.files import check_free, create_folder, create_fresh_folder, write_atomically
from melodyrnn.lessons.lesson import Curve, Finding
from melodyrnn.render.charts import heat_map, learning_curves, write_picture

FILE = "lesson.json"
_WORDS = {
    "taken": "--overwrite replaces it, or choose another --output",
    "kind": "folder of a lesson",
}


def check_output(path: Path, overwrite: bool) -> None:
    """Raise RunError where ``path`` is taken."""
    check_free(path, FILE, overwrite=overwrite, **_WORDS)


def keep(
    finding: Finding,
    text: str,
    output: Path | None,
    plain: Path,
    overwrite: bool,
    tensorboard: bool = False,
) -> tuple[Path, ...]:
    """Write pictures, curves and ``text`` as lesson.json to ``output`` or, fresh, to ``plain``.

    Returns the files written.
    """
    fill = partial(_fill, finding, text, tensorboard)
    if output is None:
        output = create_fresh_folder(plain, FILE, fill, **_WORDS)
    else:
        create_folder(output, FILE, fill, overwrite=overwrite, **_WORDS)
    return tuple(sorted(output.iterdir()))


def _fill(finding: Finding, text: str, tensorboard: bool, folder: Path) -> None:
    write_atomically(folder / FILE, text)
    for picture in finding.pictures:
        shown = picture._asdict()
        write_picture(folder / shown.pop("name"), heat_map(**shown))
    if finding.curves:
        write_atomically(folder / "history.csv", _history(finding.curves))
        losses = {curve.name: curve.losses for curve in finding.curves}
        write_picture(folder / "curves", learning_curves("Learning", losses))
    if tensorboard:
        _summarise(finding.curves, folder / "tensorboard")


def _history(curves: Sequence[Curve]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["network", "epoch", "loss"])
    for curve in curves:
        writer.writerows([curve.name, epoch, loss] for epoch, loss in enumerate(curve.losses, 1))
    return text.getvalue()


class _Row(NamedTuple):
    epoch: int
    loss: float


def _summarise(curves: Sequence[Curve], folder: Path) -> None:
    """A run of TensorBoard for each network."""
    from melodyrnn.training.summaries import Summaries  # TensorFlow, and only where asked for

    for curve in curves:
        rows = [_Row(epoch, loss) for epoch, loss in enumerate(curve.losses, 1)]
        Summaries(folder / curve.name).write(rows)
