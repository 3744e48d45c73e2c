"""What the machine lends."""

import os


def cores() -> int:
    """How many processes or threads may work at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
