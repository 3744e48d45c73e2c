"""How well generated tunes are told from human ones."""

from typing import TYPE_CHECKING

from rich.console import Console

from melodyrnn.console.language import phrase, said
from melodyrnn.console.tables import table_of
from melodyrnn.system.sentences import template

if TYPE_CHECKING:
    from melodyrnn.evaluation.human.auc import Auc
    from melodyrnn.evaluation.human.copying import LongestCopies
    from melodyrnn.evaluation.human.result import HumanLikeness

_MOST = 10


def show_likeness(result: "HumanLikeness") -> None:
    """The AUC and its controls, what gives the tunes away, and what is copied."""
    console = Console(highlight=False)
    sides = phrase(
        "{generated:,} generated against {human:,} human tunes",
        generated=result.generated,
        human=result.human,
    )
    _show_auc(console, result, sides)
    console.print(f"\n{said(result.meaning)}", markup=False)
    _show_differences(console, result)
    _show_copies(console, result)


def _show_auc(console: Console, result: "HumanLikeness", sides: str) -> None:
    table = table_of(
        console, sides, "", "AUC", phrase("{confidence:.0%} interval", confidence=0.95)
    )
    table.add_row(said("all features and n-grams"), *_auc(result.auc))
    for group, auc in result.groups.items():
        table.add_row("  " + phrase("{group} alone", group=group), *_auc(auc))
    table.add_row(said("control: human halves"), *_auc(result.control.halves))
    for collection in result.control.collections:
        label = phrase("control: {tunes:,} of {name}", tunes=collection.tunes, name=collection.name)
        table.add_row(label, *_auc(collection.auc))
    console.print(table)


def _auc(auc: "Auc") -> tuple[str, str]:
    interval = phrase("{low:.3f} to {high:.3f}", low=auc.low, high=auc.high)
    return f"{auc.value:.3f}", interval


def _show_differences(console: Console, result: "HumanLikeness") -> None:
    if not result.gives_away:
        console.print("\n" + said("No single feature differs beyond chance."))
        return
    table = table_of(console, said("What gives them away"), "", said("generated"), said("human"))
    for column in table.columns[1:]:
        column.justify = "right"
    for difference in result.gives_away[:_MOST]:
        means = f"{difference.generated:.2f}", f"{difference.human:.2f}"
        table.add_row(difference.feature, *means)
    console.print(table)
    if (more := len(result.gives_away) - _MOST) > 0:
        console.print(phrase("and {more} more; --json has all", more=more))


def _show_copies(console: Console, result: "HumanLikeness") -> None:
    copied = result.copied
    table = table_of(
        console, said("Longest copy, notes"), "", said("median"), said("90th percentile")
    )
    table.add_row(said("generated, from the human tunes"), *_copies(copied.generated))
    if copied.from_training:
        table.add_row(said("generated, from the training set"), *_copies(copied.from_training))
    table.add_row(said("human, from other human tunes"), *_copies(copied.human))
    console.print(table)
    if copied.copies:
        one = template(
            "{copies} of the {all} generated tunes is a copy of a human one, and counted as told "
            "apart."
        )
        several = template(
            "{copies} of the {all} generated tunes are copies of a human one, and counted as told "
            "apart."
        )
        sentence = one if copied.copies == 1 else several
        console.print(phrase(sentence, copies=copied.copies, all=result.generated))


def _copies(copies: "LongestCopies") -> tuple[str, str]:
    return f"{copies.median:g}", f"{copies.ninetieth:g}"
