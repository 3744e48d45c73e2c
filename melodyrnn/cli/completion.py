"""``melodyrnn completion``."""

import click

from melodyrnn.system.shells import SHELLS, install

COMMAND = "melodyrnn"


@click.command()
@click.argument("shell", type=click.Choice(list(SHELLS)))
@click.option("--install", "installs", is_flag=True, help="put it where the shell looks for it")
@click.pass_context
def completion(ctx: click.Context, shell: str, installs: bool) -> None:
    """Complete commands, options and files with the tab key: print what the shell needs for it, or
    install it for your account.

    A new shell has it then. bash has to be 4.4 or later and to have the package bash-completion;
    where it lacks that, add the line 'eval "$(melodyrnn completion bash)"' to ~/.bashrc.
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(ctx.find_root().command, {}, COMMAND, f"_{COMMAND}_complete".upper()).source()
    if not installs:
        click.echo(script)
        return
    changed = install(shell, COMMAND, f"{script}\n")
    for path in changed:
        click.echo(path)
    if not changed:
        click.echo("installed already")
