"""Writes `docs/reference/cli.md` from the commands; `--check` says whether it is current.

python scripts/generate_cli_reference.py [--check]
"""

import sys
from pathlib import Path

import click

from wirescope.cli import root

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "cli.md"

HEAD = """\
# Commands

Written by `scripts/generate_cli_reference.py` from the commands themselves; do not edit. What a
command's exit code means is in [exit codes](exit-codes.md).
"""


def reference() -> str:
    """The page."""
    context = click.Context(root, info_name="wirescope", max_content_width=88, terminal_width=88)
    parts = [HEAD, _block("wirescope", context, root)]
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context, max_content_width=88)
        inner.terminal_width = 88
        parts.append(_block(f"wirescope {name}", inner, command))
    return "\n".join(parts)


def _block(title: str, context: click.Context, command: click.Command) -> str:
    return f"## {title}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"


def main() -> int:
    text = reference()
    if "--check" in sys.argv:
        current = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
        print("current" if current else f"{PAGE} is not; run {sys.argv[0]}")
        return 0 if current else 1
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
