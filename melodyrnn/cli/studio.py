"""``melodyrnn studio``."""

from pathlib import Path

import click

from melodyrnn.cli.options import PATH
from melodyrnn.system.extras import require_extra


@click.command()
@click.argument("run", type=PATH, required=False)
@click.option(
    "--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0: any free one"
)
@click.option("--no-browser", is_flag=True, help="print the address, and open no browser")
@click.option(
    "--folder", type=PATH, help="where takes and runs are kept  [default: your data folder]"
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="the address to listen at; any but this lets other machines in who know the page's URL",
)
def studio(run: Path | None, port: int, no_browser: bool, folder: Path | None, host: str) -> None:
    """Open a page on this machine to play, write, continue, see, hear, train and keep melodies.

    It begins with RUN, or with folk, the run that the package carries. The page asks no other
    machine for anything. Ctrl-C ends it; what was kept is there the next time.
    """
    require_extra("studio")
    from melodyrnn.studio.server import is_local, serve

    if not is_local(host):
        click.echo(
            f"note: --host {host} lets other machines reach this page; whoever knows its URL can "
            "use it, and the network can read it",
            err=True,
        )
    serve(
        run or Path("folk"),
        folder,
        host=host,
        port=port,
        browser=not no_browser,
        say=click.echo,
    )
