"""`wirescope explain`: the page of a finding, or the list of all of them."""

import sys
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from wirescope.cli.commands import Command, Option
from wirescope.errors import UsageError

if TYPE_CHECKING:
    from wirescope.analysis import Rule

_WIDEST = 100
_BOLD, _RESET = "\x1b[1m", "\x1b[0m"


def _complete(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    from wirescope.analysis import RULES

    return [rule.code for rule in RULES if rule.code.startswith(incomplete.upper())]


@click.command(
    cls=Command,
    name="explain",
    examples=[
        ("What a finding means and what to do", "wirescope explain WS201"),
        ("All that can be found", "wirescope explain"),
        ("All about closing", "wirescope explain | grep WS2"),
    ],
)
@click.argument("code", required=False, shell_complete=_complete)
@click.option("--no-color", cls=Option, is_flag=True,
              help="No colour; NO_COLOR does the same.")  # fmt: skip
def command(code: str | None, no_color: bool) -> int:  # noqa: FBT001
    """Show the page of a finding; without CODE, list all findings."""
    from wirescope.analysis import RULES
    from wirescope.cli.talk import colour_wanted
    from wirescope.cli.width import terminal_width

    width = min(terminal_width(sys.stdout), _WIDEST)
    if code is None:
        lines = _list(RULES)
    else:
        colour = colour_wanted(sys.stdout, no_colour=no_color)
        lines = _page(_rule_of(code), width=width, colour=colour)
    for line in lines:
        click.echo(line)
    return 0


def _rule_of(code: str) -> "Rule":
    from wirescope.analysis import RULES

    wanted = code.strip().upper()
    rules = {rule.code: rule for rule in RULES}
    if wanted in rules:
        return rules[wanted]
    near = _near(wanted, list(rules))
    shown = ", ".join(near[:8]) + (", …" if len(near) > 8 else "")
    hint = "`wirescope explain` lists all."
    raise UsageError(
        f"There is no finding {code}.", hint=f"Near it: {shown}; {hint}" if near else hint
    )


def _near(wanted: str, codes: list[str]) -> list[str]:
    """Find codes that begin so, else those with one other character, else similar ones."""
    return (
        [code for code in codes if wanted and code.startswith(wanted)]
        or [code for code in codes if len(code) == len(wanted) and _differing(code, wanted) == 1]
        or get_close_matches(wanted, codes, n=3, cutoff=0.6)
    )


def _differing(code: str, other: str) -> int:
    return sum(map(str.__ne__, code, other))


def _list(rules: tuple["Rule", ...]) -> Iterator[str]:
    for rule in rules:
        yield f"{rule.code:<7} {rule.severity:<8} {rule.title}"


def _page(rule: "Rule", *, width: int, colour: bool) -> Iterator[str]:
    from wirescope.analysis import Stability
    from wirescope.cli.width import folded

    preview = " (preview)" if rule.stability is Stability.PREVIEW else ""
    yield _emphasised(f"{rule.code}, {rule.severity}: {rule.title}{preview}", colour=colour)
    for block in rule.page.split("\n\n"):
        yield ""
        if block.startswith("## "):
            yield _emphasised(block.removeprefix("## "), colour=colour)
        elif block.startswith((" ", "- ", "|", "```")):
            yield block
        else:
            yield folded(" ".join(block.split("\n")), width)


def _emphasised(heading: str, *, colour: bool) -> str:
    return f"{_BOLD}{heading}{_RESET}" if colour else heading
