"""The face on the terminal: `wirescope`, one file a command. No logic that another face needs.

stdout carries data, stderr the talk. An error is one sentence, the hint on a second line; its exit
code is in `exit_codes`. What is loaded here is what `wirescope --help` pays for.
"""

import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import click

from wirescope.cli.commands import Commands
from wirescope.cli.exit_codes import ExitCode, of_error
from wirescope.errors import WirescopeError

__all__ = ["ExitCode", "main", "root", "run"]

_COMPLETION = "_WIRESCOPE_COMPLETE"
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""What only writing fails with."""


def _print_version(context: click.Context, _: click.Parameter, wanted: Any) -> None:
    if not wanted or context.resilient_parsing:
        return
    from importlib.metadata import version

    click.echo(f"wirescope {version('wirescope')}")
    context.exit()


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Begin with: wirescope connect demo",
    no_args_is_help=False,
    invoke_without_command=True,
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Print the version and exit.",
)
@click.pass_context
def root(context: click.Context) -> None:
    """See, test, compare and fix WebSocket and WebRTC connections."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code; `arguments` default to the process's own."""
    _fill_closed_descriptors()
    code = run_command(arguments)
    sys.exit(_flush(code))


def run_command(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; every error is told on stderr."""
    try:
        code = root.main(arguments, prog_name="wirescope", standalone_mode=False)
    except WirescopeError as error:
        return _tell(str(error), of_error(error))
    except click.exceptions.Abort:
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        return _tell(_with_hint(error), ExitCode.USAGE)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        return ExitCode.FINE  # whoever read the output had enough
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        return _tell_unwritten(error)
    except SystemExit:
        if _COMPLETION in os.environ:
            raise
        return ExitCode.FINE  # click's own answer to a closed pipe
    return code if isinstance(code, int) else ExitCode.FINE


def _fill_closed_descriptors() -> None:
    """Give stdin, stdout and stderr somewhere to go where they were closed (`<&-`).

    Otherwise a socket would get the number, and Python has None in the stream's place.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # The lowest free number is the very one that is missing.
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _with_hint(error: click.ClickException) -> str:
    message = error.format_message()
    context = getattr(error, "ctx", None)
    if context is None:
        return message
    return f"{message}\nSee `{context.command_path} --help`."


def _tell(text: str, code: ExitCode) -> ExitCode:
    from wirescope.cli.escape import escape_lines
    from wirescope.cli.width import fitted

    with suppress(OSError):
        click.echo(fitted(f"wirescope: {escape_lines(text)}"), err=True)
    return code


def _tell_unwritten(error: OSError) -> ExitCode:
    return _tell(f"The output cannot be written: {error.strerror}.", ExitCode.WRITE)


def _flush(code: int) -> int:
    """Flush stdout; where that fails, keep the interpreter from complaining of it at exit."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if code == ExitCode.FINE and isinstance(error, OSError) and error.errno in _NO_ROOM:
            return _tell_unwritten(error)
    return code
