"""Trials in processes of their own, one thread each: small networks are no faster with more, and
the results do not depend on how many run at once.
"""

from collections.abc import Sequence
from pathlib import Path

from melodyrnn.experiments.comparison.trial import Plan, Trial, finished, keep, run_trial
from melodyrnn.system.progress import Progress
from melodyrnn.system.sharing import AGAIN, Place, share_out


def lost(path: Path) -> str:
    """What is said of a training in the folder ``path`` that loses each process."""
    return (
        f"{path}: its training was killed {AGAIN + 1} times, perhaps for want of memory; "
        "the same command goes on, --jobs 1 takes less memory"
    )


def run_trials(plans: Sequence[Plan], place: Place, progress: Progress) -> list[Trial]:
    """The trials of ``plans``, in their order; those found finished are not run again.

    ``progress`` is called with (trials done, all, who is at work) after each. Raises MelodyError.
    """
    trials = {number: trial for number, plan in enumerate(plans) if (trial := finished(plan))}
    todo = {number: plan for number, plan in enumerate(plans) if number not in trials}
    at_work = ""

    def hear(words: str = "") -> None:
        nonlocal at_work
        at_work = words
        progress(len(trials), len(plans), at_work)

    def after(number: int, trial: Trial) -> None:
        trials[number] = keep(plans[number], trial)
        progress(len(trials), len(plans), at_work)

    hear()
    share_out(run_trial, todo, place, after, lambda plan: lost(plan.path), hear=hear)
    return [trials[number] for number in range(len(plans))]
