"""How well generated tunes are told from human ones."""

from typing import TYPE_CHECKING

from rich.console import Console

from melodyrnn.console.tables import table_of

if TYPE_CHECKING:
    from melodyrnn.evaluation.human.auc import Auc
    from melodyrnn.evaluation.human.copying import LongestCopies
    from melodyrnn.evaluation.human.result import HumanLikeness

_MOST = 10


def show_likeness(result: "HumanLikeness") -> None:
    """The AUC and its controls, what gives the tunes away, and what is copied."""
    console = Console(highlight=False)
    sides = f"{result.generated:,} generated against {result.human:,} human tunes"
    _show_auc(console, result, sides)
    console.print(f"\n{result.meaning}", markup=False)
    _show_differences(console, result)
    _show_copies(console, result)


def _show_auc(console: Console, result: "HumanLikeness", sides: str) -> None:
    table = table_of(console, sides, "", "AUC", "95% interval")
    table.add_row("all features and n-grams", *_auc(result.auc))
    for group, auc in result.groups.items():
        table.add_row(f"  {group} alone", *_auc(auc))
    table.add_row("control: human halves", *_auc(result.control.halves))
    for collection in result.control.collections:
        label = f"control: {collection.tunes:,} of {collection.name}"
        table.add_row(label, *_auc(collection.auc))
    console.print(table)


def _auc(auc: "Auc") -> tuple[str, str]:
    return f"{auc.value:.3f}", f"{auc.low:.3f} to {auc.high:.3f}"


def _show_differences(console: Console, result: "HumanLikeness") -> None:
    if not result.gives_away:
        console.print("\nNo single feature differs beyond chance.")
        return
    table = table_of(console, "What gives them away", "", "generated", "human")
    for column in table.columns[1:]:
        column.justify = "right"
    for difference in result.gives_away[:_MOST]:
        means = f"{difference.generated:.2f}", f"{difference.human:.2f}"
        table.add_row(difference.feature, *means)
    console.print(table)
    if (more := len(result.gives_away) - _MOST) > 0:
        console.print(f"and {more} more; --json has all")


def _show_copies(console: Console, result: "HumanLikeness") -> None:
    copied = result.copied
    table = table_of(console, "Longest copy, notes", "", "median", "90th percentile")
    table.add_row("generated, from the human tunes", *_copies(copied.generated))
    if copied.from_training:
        table.add_row("generated, from the training set", *_copies(copied.from_training))
    table.add_row("human, from other human tunes", *_copies(copied.human))
    console.print(table)
    if copied.copies:
        what = "is a copy" if copied.copies == 1 else "are copies"
        console.print(
            f"{copied.copies} of the {result.generated} generated tunes {what} of a human one, "
            "and counted as told apart."
        )


def _copies(copies: "LongestCopies") -> tuple[str, str]:
    return f"{copies.median:g}", f"{copies.ninetieth:g}"
