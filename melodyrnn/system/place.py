"""Where work is shared out to. How is said in ``system.sharing``, which takes longer to import."""

import os
from dataclasses import dataclass
from typing import Self

VARIABLE = "MELODYRNN_CLUSTER"


@dataclass(frozen=True)
class Place:
    """Where work is shared out to: as many processes of this machine as ``jobs``, by default one a
    core, or those of the cluster whose scheduler is at the address ``cluster``. In one of this
    machine as many operations of TensorFlow go side by side as it has ``threads``.
    """

    jobs: int | None = None
    cluster: str | None = None
    threads: int = 1

    @classmethod
    def of(cls, jobs: int | None = None, cluster: str | None = None) -> Self:
        """What is not said is as the environment has it: ``MELODYRNN_CLUSTER``."""
        return cls(jobs, cluster or os.environ.get(VARIABLE) or None)
