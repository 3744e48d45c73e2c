"""Timing in turns, so that all sides meet the same machine; medians."""

import statistics
import time


def seconds(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def medians(repeats, **actions):
    """Name -> the median seconds of its action, each run once before and then ``repeats`` times."""
    for action in actions.values():
        action()
    taken = {name: [] for name in actions}
    for _ in range(repeats):
        for name, action in actions.items():
            taken[name].append(seconds(action))
    return {name: statistics.median(each) for name, each in taken.items()}
