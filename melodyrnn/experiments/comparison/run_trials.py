"""Trials in processes of their own, one thread each: small networks are no faster with more, and
the results do not depend on how many run at once.
"""

from collections.abc import Sequence

from melodyrnn.experiments.comparison.trial import Plan, Trial, finished
from melodyrnn.system.progress import Progress
from melodyrnn.system.workers import share_out

LOST = (
    "a training was killed, perhaps for want of memory; "
    "the same command goes on, --jobs 1 takes less memory"
)


def run_trials(plans: Sequence[Plan], jobs: int, progress: Progress) -> list[Trial]:
    """The trials of ``plans``, in their order; those found finished are not run again.

    ``progress`` is called with (trials done, all) after each. Raises MelodyError.
    """
    trials = {place: trial for place, plan in enumerate(plans) if (trial := finished(plan))}
    todo = {place: plan for place, plan in enumerate(plans) if place not in trials}
    progress(len(trials), len(plans))

    def after(place: int, trial: Trial) -> None:
        trials[place] = trial
        progress(len(trials), len(plans))

    if todo:
        share_out("melodyrnn.experiments.comparison.trial:run_trial", todo, jobs, after, LOST)
    return [trials[place] for place in range(len(plans))]
