"""`wirescope completion`: the script that teaches a shell to complete commands and options."""

import click
from click.shell_completion import get_completion_class

from wirescope.cli.commands import Command


@click.command(
    cls=Command,
    name="completion",
    examples=[
        ("For this bash", 'eval "$(wirescope completion bash)"'),
        ("For every zsh to come", "wirescope completion zsh > ~/.zfunc/_wirescope"),
        ("For fish", "wirescope completion fish > ~/.config/fish/completions/wirescope.fish"),
    ],
)
@click.argument("shell", metavar="SHELL", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script for SHELL: bash, zsh or fish."""
    from wirescope.cli import root

    maker = get_completion_class(shell)
    assert maker is not None
    click.echo(maker(root, {}, "wirescope", "_WIRESCOPE_COMPLETE").source())
