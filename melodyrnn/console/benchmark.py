"""A published table and ours."""

from typing import TYPE_CHECKING

from rich.console import Console

from melodyrnn.console.tables import table_of

if TYPE_CHECKING:
    from melodyrnn.experiments.benchmark.benchmark import BenchmarkResult
    from melodyrnn.experiments.benchmark.data_sets import DataSetsResult, MeasuredSet
    from melodyrnn.experiments.benchmark.melodies import Melodies


def show_benchmark(result: "BenchmarkResult") -> None:
    """Each model's bits per note, beside the published ones where there are any."""
    console = Console(highlight=False)
    tested, folds = len(result.tests), result.folds
    what = result.table.about if result.table else result.songs
    _say_size(console, what, result.data, tested, folds)
    table = table_of(console, "The next pitch", "model", "settings", "inputs")
    columns = ["bits per note", "by melody"] + ["published"] * bool(result.table)
    for heading in columns:
        table.add_column(heading, justify="right")
    for row in result.rows:
        if row.row.printed:
            figures = [row.bits, row.by_melody, row.published]
            cells = [_figure(bits) for bits in figures[: len(columns)]]
            table.add_row(row.row.model, row.row.settings, row.row.inputs, *cells)
    console.print(table)
    source = f"Published: {result.table.source}. " if result.table else ""
    console.print(f"\n{source}Folds drawn with seed {result.seed}.", markup=False)
    console.print(str(result.file), soft_wrap=True, markup=False)


def show_data_sets(result: "DataSetsResult") -> None:
    """Each data set's table, and the means over them."""
    console = Console(highlight=False)
    protocol = result.protocol
    for each in result.sets:
        _show_set(console, each, len(each.rows[0].folds) // protocol.seeds, protocol.folds)
    title = f"Mean over {len(result.sets)} data sets"
    table = table_of(console, title, "model")
    for heading in ("by melody", "published"):
        table.add_column(heading, justify="right")
    for row in result.means:
        if row.printed:
            table.add_row(row.model, _figure(row.bits_by_melody), _figure(row.published))
    console.print(table)
    last = protocol.seed + protocol.seeds - 1
    seeds = f"seed {last}" if protocol.seeds == 1 else f"seeds {protocol.seed} to {last}"
    console.print(
        f"\nPublished: Pearce (2005), Tables 6.2 and 6.6. Folds drawn with {seeds}.", markup=False
    )
    console.print(str(result.file), soft_wrap=True, markup=False)


def _show_set(console: Console, each: "MeasuredSet", tested: int, folds: int) -> None:
    about = f" ({each.data_set.table.about})" if each.data_set.table else ""
    _say_size(console, each.data_set.name + about, each.data, tested, folds)
    table = table_of(console, "The next pitch", "model", "settings")
    for heading in ("by melody", "published", "more or less [95 %]"):
        table.add_column(heading, justify="right")
    for row in each.rows:
        if row.row.printed:
            less = row.difference_from(each.reproduced)
            apart = "–" if row is each.reproduced else str(less)
            figures = _figure(row.by_melody), _figure(row.published)
            table.add_row(row.row.model, row.row.settings, *figures, apart)
    console.print(table)
    console.print()


def _say_size(console: Console, what: str, data: "Melodies", tested: int, folds: int) -> None:
    facts = [f"{len(data.melodies):,} melodies", f"{data.notes:,} notes"]
    facts += [f"{len(data.alphabet)} pitches"]
    facts += [f"{tested} of {folds} folds" if tested < folds else f"{folds} folds"]
    console.print(f"{what}: {', '.join(facts)}", soft_wrap=True, markup=False)


def _figure(bits: float | None) -> str:
    return "–" if bits is None else f"{bits:.3f}"
