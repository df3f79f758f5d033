"""`wirescope up`: the workbench page and the built-in endpoints, until it is told to end."""

import asyncio
import os
import sys
import webbrowser
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import click

from wirescope.cli.commands import Command, Option
from wirescope.cli.escape import escape
from wirescope.cli.listening import FORMAT, cannot_listen, end_on_signals, say_aside, say_ready
from wirescope.errors import WirescopeError

if TYPE_CHECKING:
    from wirescope.workbench.workspace import Workspace

_MOST_TOLD = 20
"""Captures that are told one by one when retention deletes them."""


@click.command(
    cls=Command,
    name="up",
    examples=[
        ("Open the workbench in a browser", "wirescope up"),
        ("With a workspace, made if there is none", "wirescope up --workspace my-api"),
        ("On a machine without a screen", "wirescope up --headless"),
        ("On a free port, for a script", "wirescope up --headless --port 0 --format ndjson"),
    ],
)
@click.option(
    "--workspace",
    cls=Option,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The folder to work in, made if it is not there. If it is not said: this folder when it "
    "is a workspace or empty, else your own workspace.",
)
@click.option(
    "--port",
    cls=Option,
    type=click.IntRange(0, 65535),
    metavar="N",
    help="Listen here; 0 takes a free port. 8642, or the next that is free, if it is not said.",
)
@click.option("--headless", cls=Option, is_flag=True, help="Open no browser.")
@FORMAT
def command(workspace: Path | None, port: int | None, *, headless: bool, form: str) -> int:
    """Open the workbench: a page on this machine, reached from this machine alone.

    The address that it prints opens the page in one browser, once; Enter prints a new one. It ends
    cleanly on Ctrl-C and SIGTERM; what was recorded is saved. Captures stay until you delete them,
    unless the workspace's `retention` says how long: those are deleted when it starts, and told.
    """
    from wirescope.cli.loop import run_async

    return run_async(_up(workspace, port, headless=headless, form=form))


async def _up(folder: Path | None, port: int | None, *, headless: bool, form: str) -> int:
    from wirescope.transports import webrtc
    from wirescope.web import listen, open_workbench
    from wirescope.workbench.workspace import find_workspace, own_folder

    workspace = find_workspace(folder)
    if form == "text":
        click.echo(f"* Workspace {workspace.root}", err=True)
    ended = asyncio.Event()
    end_on_signals(ended)
    try:
        listening = listen(port)
    except OSError as error:
        raise cannot_listen("127.0.0.1", port or 0, error) from None
    _keep_to_retention(workspace)
    keys = own_folder() / "keys"
    async with open_workbench(listening, workspace, keys=keys, tell=say_aside) as server:
        address = server.new_address()
        _say_ready(address, form=form)
        if not headless:
            Thread(target=_open_browser, args=(address,), daemon=True).start()
        Thread(target=webrtc.is_there).start()  # loads the engine, so that no first call waits
        watch = _watch_keyboard(server) if form == "text" else None
        try:
            await ended.wait()
        finally:
            if watch is not None:
                asyncio.get_running_loop().remove_reader(watch)
    return 0


def _keep_to_retention(workspace: "Workspace") -> None:
    """Delete the captures that the workspace's settings say, and tell which; by default none."""
    try:
        retention = workspace.settings().value.retention
        plan = workspace.history.plan(retention)
        gone = workspace.history.carry_out(plan)
    except WirescopeError as error:  # the workbench opens all the same
        click.echo(f"* No captures were deleted for their age or size: {error.message}", err=True)
        return
    if plan.emptied:
        size = sum(thing.size for thing in plan.emptied)
        things = "thing" if len(plan.emptied) == 1 else "things"
        told = f"{len(plan.emptied):,} {things} from the trash ({size:,} bytes)"
        click.echo(f"* Deleted {told} for its age or size.", err=True)
    for removal in gone[:_MOST_TOLD]:
        capture = removal.capture
        told = f"{escape(capture.id)} ({capture.size:,} bytes): {removal.reason}"
        click.echo(f"* Deleted the capture {told}", err=True)
    if len(gone) > _MOST_TOLD:
        click.echo(f"* Deleted {len(gone) - _MOST_TOLD:,} more for the same reasons.", err=True)


def _open_browser(address: str) -> None:
    """Open a browser. In a thread that nobody waits for: some commands last as long as it."""
    if _has_only_text() or not webbrowser.open(address):
        click.echo("* No browser could be opened; open the address in one.", err=True)


def _has_only_text() -> bool:
    """Whether the machine's browser is one for the terminal, which could not show the page."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False  # there is none at all
    return "BROWSER" not in os.environ and type(browser) is webbrowser.GenericBrowser


def _say_ready(address: str, *, form: str) -> None:
    say_ready(address, "Workbench at", form=form)
    if form == "text" and sys.stderr.isatty():
        click.echo("* It opens once. Enter prints a new address, Ctrl-C ends.", err=True)


def _watch_keyboard(server: Any) -> int | None:
    """Print a new address at each Enter, where somebody sits at a terminal."""
    if not sys.stdin.isatty():
        return None
    descriptor = sys.stdin.fileno()

    def read() -> None:
        if sys.stdin.readline():
            click.echo(f"Workbench at {server.new_address()}")
        else:
            asyncio.get_running_loop().remove_reader(descriptor)

    try:
        asyncio.get_running_loop().add_reader(descriptor, read)
    except NotImplementedError:  # Windows
        return None
    return descriptor
