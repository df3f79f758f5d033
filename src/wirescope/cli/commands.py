"""The commands by name, loaded when they are called, and how each shows its help.

`wirescope --help` lists every command with its line from the table here and imports none of them:
start-up is what a person feels first. Each command's help begins with examples, since those are
what people copy; its options stand in sections.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

COMMANDS = {
    "up": "Open the workbench: a page on this machine.",
    "connect": "Connect to a WebSocket server or a WebRTC peer: type, pipe, or watch.",
    "serve": "Run the test endpoints on this machine.",
    "doctor": "Examine a WebSocket, STUN or TURN server and say what is wrong.",
    "show": "Print or convert a capture.",
    "analyze": "Say what happened in a capture, what is wrong, and what to do.",
    "compare": "WebRTC or WebSocket, measured on your workload and your network.",
    "explain": "Show what a finding means and what to do.",
    "import": "Make a capture or endpoints from another tool's file.",
    "export": "Write a workspace's endpoints for another tool.",
    "completion": "Print the completion script for a shell.",
}

_MODULES = {"import": "import_file"}


class Commands(click.Group):
    """The commands of `COMMANDS`, each in the module of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"wirescope.cli.{_MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list without importing what it lists."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


class Option(click.Option):
    """An option with a place in the help.

    Args:
        section: the heading it stands under.
    """

    def __init__(self, *arguments: Any, section: str = "Options", **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.section = section

    def get_help_extra(self, ctx: click.Context) -> Any:
        """Leave the range of a number out; it is told when it is left."""
        extra = super().get_help_extra(ctx)
        extra.pop("range", None)
        return extra


class Command(click.Command):
    """A command whose help begins with examples and has its options in sections.

    Args:
        examples: pairs of what it does and the command line.
    """

    def __init__(
        self, *arguments: Any, examples: Sequence[tuple[str, str]] = (), **settings: Any
    ) -> None:
        super().__init__(*arguments, **settings)
        self.examples = examples

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the description and the examples."""
        super().format_help_text(ctx, formatter)
        if not self.examples:
            return
        with formatter.section("Examples"):
            for number, (purpose, line) in enumerate(self.examples):
                if number:
                    formatter.write_paragraph()
                formatter.write_text(f"{purpose}:")
                formatter.write(f"{'':>{formatter.current_indent + 2}}{line}\n")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under their sections, in the order of declaration."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            line = parameter.get_help_record(ctx)
            if line is not None and isinstance(parameter, click.Option):
                section = getattr(parameter, "section", "Options")
                sections.setdefault(section, []).append(line)
        for section, lines in sections.items():
            with formatter.section(section):
                formatter.write_dl(lines)
