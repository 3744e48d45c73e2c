"""Plans carried out in processes of their own, one thread each: small networks are no faster with
more, and the results do not depend on how many run at once.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from melodyrnn.system.place import Place
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import listed, template
from melodyrnn.system.sharing import AGAIN, WritesFolder, share_out

Plan = TypeVar("Plan")
Found = TypeVar("Found")


def killed_training(plan: WritesFolder) -> str:
    """What is said of a training that loses each process."""
    return (
        f"{plan.path}: its training was killed {AGAIN + 1} times, perhaps for want of memory; "
        "the same command goes on, --jobs 1 takes less memory"
    )


def carry_out(
    work: Callable[[Plan], Found],
    plans: Sequence[Plan],
    place: Place | None,
    progress: Progress,
    *,
    finished: Callable[[Plan], Found | None],
    keep: Callable[[Plan, Found], Found],
    lost: Callable[[Plan], str],
    unit: str = template("trainings"),
) -> list[Found]:
    """What came of each of ``plans``, in their order; those ``finished`` before are not done again,
    and what comes of the others is kept, here, as it is there.

    Without a ``place`` they are done here, one after another. ``progress`` is called with (plans
    done, all, their ``unit`` and who is at work) after each. Raises MelodyError, with the words
    ``lost`` of a plan that loses each process.
    """
    done = {number: found for number, plan in enumerate(plans) if (found := finished(plan))}
    todo = {number: plan for number, plan in enumerate(plans) if number not in done}

    def hear(at_work: str = "") -> None:
        progress(len(done), len(plans), listed(unit, at_work))

    def after(number: int, found: Found) -> None:
        done[number] = keep(plans[number], found)

    hear()
    if place:
        share_out(work, todo, place, after, lost, hear=hear)
    else:
        for number, plan in todo.items():
            after(number, work(plan))
            hear()
    return [done[number] for number in range(len(plans))]
