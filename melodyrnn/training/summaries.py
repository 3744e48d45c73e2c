"""Summaries that TensorBoard shows: the numbers of each epoch, in files of their own folder.

TensorFlow writes them with the package tensorboard, which is no dependency of either.
"""

from collections.abc import Sequence
from pathlib import Path

from melodyrnn.models.backend import tf
from melodyrnn.training.program import HistoryRow


class Summaries:
    """A folder that ``tensorboard --logdir`` reads. Epochs up to ``epoch`` stand there already."""

    def __init__(self, folder: Path, epoch: int = 0) -> None:
        self._writer = tf.summary.create_file_writer(str(folder))
        self._written = epoch

    def write(self, history: Sequence[HistoryRow]) -> None:
        """The epochs of ``history`` that are new: each a NamedTuple whose first field is the epoch,
        and of the others, those that are there, a scalar of that name.
        """
        with self._writer.as_default():
            for row in history[self._written :]:
                epoch, *values = row
                for name, value in zip(list(type(row).__annotations__)[1:], values, strict=True):
                    if value is not None:
                        tf.summary.scalar(name, value, step=epoch)
        self._written = len(history)
        self._writer.flush()
