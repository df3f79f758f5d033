"""What commands that listen have in common: how they say that they do or cannot, and end."""

import asyncio
import errno
import json
import os
import signal
import socket
from typing import Any

import click

from wirescope.cli.commands import Option
from wirescope.cli.escape import escape
from wirescope.cli.width import fitted
from wirescope.errors import UsageError, WirescopeError

FORMAT = click.option(
    "--format",
    "form",
    cls=Option,
    type=click.Choice(["text", "ndjson"]),
    default="text",
    show_default=True,
    help="How it says that it is ready.",
)
"""The option `--format` of a command that listens."""


def say_ready(address: str, words: str, *, form: str, **further: Any) -> None:
    """Say on stdout where it listens: after these words, or as a record with further fields."""
    if form == "ndjson":
        click.echo(json.dumps({"type": "ready", "url": address, **further}))
    else:
        click.echo(f"{words} {address}")


def say_aside(sentence: str) -> None:
    """Say on stderr what is not as one would expect, in either form of its readiness."""
    click.echo(fitted(f"* {escape(sentence)}"), err=True)


def end_on_signals(ended: asyncio.Event) -> None:
    """Set an event at the first SIGINT or SIGTERM."""
    loop = asyncio.get_running_loop()

    def end(*_: Any) -> None:
        loop.call_soon_threadsafe(ended.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, ended.set)
        except NotImplementedError:  # Windows
            signal.signal(number, end)


def cannot_listen(host: str, port: int, error: OSError) -> WirescopeError:
    """Say why an address cannot be listened on."""
    # asyncio puts a sentence of its own, address included, in the place of the system's.
    unresolved = isinstance(error, socket.gaierror)
    number = None if unresolved else error.errno
    reason = os.strerror(number) if number else error.strerror or str(error)
    hint = "Choose another port, or --port 0 for a free one."
    if unresolved or error.errno == errno.EADDRNOTAVAIL:
        hint = "Give --host an address of this machine, such as 127.0.0.1."
    return UsageError(f"{host}:{port} cannot be listened on: {reason}.", hint=hint)
