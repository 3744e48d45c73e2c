"""``melodyrnn export``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from melodyrnn.cli.options import INSTRUMENT, RUN, given, print_result, printing

if TYPE_CHECKING:
    from melodyrnn.workflows.export import ExportResult


class To(click.Option):
    """--to, whose help lists the kinds, which are looked for only to show it."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        from melodyrnn.workflows.export import listed

        self.help = f"a file, by its suffix, or its kind: {listed()}"
        return super().get_help_record(ctx)


@click.command()
@RUN
@click.option("--to", cls=To, metavar="FILE|KIND", required=True)
@click.option("--title", help="what stands above the page  [default: the run's name]")
@INSTRUMENT
@printing
def export(run: Path, to: str, as_json: bool, quiet: bool, **settings: Any) -> None:
    """Write a run as a page that plays it, or as another program's model.

    The page is one file, which needs no server and no network: the run itself plays in it, with a
    primer, bars, key, temperature and seed, and the same seed gives the same tune as generate does.
    Models are one step of the network, its state passed in and out; docs/export.md has their
    inputs.
    """
    from melodyrnn.workflows.export import export_run

    result = export_run(run, to, **given(settings))
    print_result(result, _show, [result.file], as_json=as_json, quiet=quiet)


def _show(result: "ExportResult") -> None:
    click.echo(f"{result.file}")
    sizes = f"{result.size / 1e6:.1f} MB, compressed {result.compressed / 1e6:.1f} MB"
    click.echo(click.style(f"  {sizes}", dim=True))
