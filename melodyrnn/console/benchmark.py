"""A published table and ours."""

from typing import TYPE_CHECKING

from rich.console import Console

from melodyrnn.console.tables import table_of

if TYPE_CHECKING:
    from melodyrnn.experiments.benchmark.benchmark import BenchmarkResult


def show_benchmark(result: "BenchmarkResult") -> None:
    """Each model's bits per note, beside the published ones where there are any."""
    console = Console(highlight=False)
    data, tested, folds = result.data, len(result.tests), result.folds
    facts = [f"{len(data.melodies):,} melodies", f"{data.notes:,} notes"]
    facts += [f"{len(data.alphabet)} pitches"]
    facts += [f"{tested} of {folds} folds" if tested < folds else f"{folds} folds"]
    what = result.table.about if result.table else result.songs
    console.print(f"{what}: {', '.join(facts)}", soft_wrap=True, markup=False)
    table = table_of(console, "The next pitch", "model", "settings", "inputs")
    columns = ["bits per note", "by melody"] + ["published"] * bool(result.table)
    for heading in columns:
        table.add_column(heading, justify="right")
    for row in result.rows:
        figures = [row.bits, row.by_melody, row.published]
        cells = [f"{bits:.3f}" if bits is not None else "–" for bits in figures[: len(columns)]]
        table.add_row(row.row.model, row.row.settings, row.row.inputs, *cells)
    console.print(table)
    source = f"Published: {result.table.source}. " if result.table else ""
    console.print(f"\n{source}Folds drawn with seed {result.seed}.", markup=False)
    console.print(str(result.file), soft_wrap=True, markup=False)
