"""`wirescope serve`: the test endpoints on this machine, until it is told to end."""

import asyncio
import ssl
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import click

from wirescope.cli.commands import Command, Option
from wirescope.cli.listening import FORMAT, cannot_listen, end_on_signals, say_aside, say_ready
from wirescope.cli.values import HostName, Origin
from wirescope.errors import UsageError

if TYPE_CHECKING:
    from wirescope.playground import RelayAccess

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    cls=Command,
    name="serve",
    examples=[
        ("Test endpoints on port 8765", "wirescope serve"),
        ("Then, beside it", "wirescope connect ws://127.0.0.1:8765/echo"),
        ("On a free port, for a script", "wirescope serve --port 0 --format ndjson"),
        ("For a page of another server",
         "wirescope serve --allow-origin http://localhost:5173"),
        ("Over TLS", "wirescope serve --cert cert.pem --key key.pem"),
    ],
)  # fmt: skip
@click.option(
    "--host",
    cls=Option,
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Listen on this address. Anything but loopback lets others in.",
)
@click.option(
    "--port",
    cls=Option,
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    metavar="N",
    help="Listen here; 0 takes a free port.",
)
@click.option(
    "--cert",
    cls=Option,
    type=_FILE,
    metavar="FILE",
    help="Speak TLS with this certificate chain (PEM).",
)
@click.option("--key", cls=Option, type=_FILE, metavar="FILE", help="Its private key (PEM).")
@click.option(
    "--allow-host",
    "hosts",
    cls=Option,
    type=HostName(),
    multiple=True,
    metavar="NAME",
    help="Answer to this name in Host, too; * is any. Repeat for more.",
)
@click.option(
    "--allow-origin",
    "origins",
    cls=Option,
    type=Origin(),
    multiple=True,
    metavar="ORIGIN",
    help="Let pages of this origin in, too; * is any. Repeat for more.",
)
@click.option(
    "--ice-port",
    cls=Option,
    type=click.IntRange(0, 65535),
    metavar="N",
    help="STUN and TURN here, on 127.0.0.1; 0 takes a free port. 3478, or a free one where that is "
    "taken, if it is not said.",
)
@FORMAT
@click.option("--headless", cls=Option, is_flag=True, expose_value=False,
              help="Open no browser; serve never does, other commands do.")  # fmt: skip
def command(
    host: str,
    port: int,
    cert: Path | None,
    key: Path | None,
    hosts: tuple[str, ...],
    origins: tuple[str, ...],
    ice_port: int | None,
    form: str,
) -> int:
    """Run the test endpoints: /echo, /push, /fragments and more, listed at the address it prints.

    For WebRTC, /webrtc/echo answers calls, /whip/sink takes what is published, and /whep/sink and
    /whep/picture show something to watch. A STUN and TURN server is there as well, on this machine
    alone: it relays between sides that both use it, and says with which credentials.

    It answers to this machine's names and its address, and lets its own pages in and no others.
    It ends cleanly on Ctrl-C and SIGTERM.
    """
    from wirescope.cli.loop import run_async

    context = _context(cert, key)
    return run_async(
        _serve(host, port, context, hosts=hosts, origins=origins, ice_port=ice_port, form=form)
    )


async def _serve(
    host: str,
    port: int,
    context: ssl.SSLContext | None,
    *,
    hosts: tuple[str, ...],
    origins: tuple[str, ...],
    ice_port: int | None,
    form: str,
) -> int:
    from wirescope.playground import relay_access, serve_endpoints, serve_relay

    ended = asyncio.Event()
    end_on_signals(ended)
    async with AsyncExitStack() as stack:
        relay = await stack.enter_async_context(serve_relay(ice_port, tell=say_aside))
        endpoints = serve_endpoints(
            host=host, port=port, ssl=context, hosts=hosts, origins=origins, relay=relay
        )
        try:
            server = await stack.enter_async_context(endpoints)
        except OSError as error:
            raise cannot_listen(host, port, error) from None
        _say_ready(server.url, relay_access(relay, "guest"), form=form)
        await ended.wait()
    return 0


def _say_ready(url: str, relays: "list[RelayAccess]", *, form: str) -> None:
    # The page that lists the endpoints is plain HTTP; sockets have the same host and port.
    address = url.replace("ws", "http", 1).rstrip("/") + "/"
    named = [
        {"urls": each.url, "username": each.username, "credential": each.credential}
        for each in relays
    ]
    say_ready(address, "Listening on", form=form, ice_servers=named)
    if form == "text" and sys.stderr.isatty():
        _say_what_now(url.rstrip("/"), address, relays)


def _say_what_now(url: str, address: str, relays: "list[RelayAccess]") -> None:
    from wirescope.cli.width import fitted

    click.echo(fitted(f"* Try `wirescope connect {url}/echo` in another terminal."), err=True)
    click.echo(
        fitted(f"* {address} lists all endpoints and has samples to run. Ctrl-C ends this."),
        err=True,
    )
    for each in relays:
        # in one piece, so that it can be copied, and quoted, since shells look for files by a ?
        click.echo(f"* TURN, for a call's options: --ice-server '{_as_option(each)}'", err=True)


def _as_option(server: "RelayAccess") -> str:
    scheme, _, place = server.url.partition(":")
    return f"{scheme}:{quote(server.username, '')}:{quote(server.credential, '')}@{place}"


def _context(cert: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if cert is None:
        if key is not None:
            raise UsageError("--key needs --cert.", hint="Give the certificate, too.")
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(cert, key)
    except OSError as error:
        raise UsageError(
            f"The certificate {str(cert)!r} cannot be used: {_why_unusable(error)}.",
            hint="Give a chain and its key in PEM form.",
        ) from None
    return context


def _why_unusable(error: OSError) -> str:
    if not isinstance(error, ssl.SSLError):
        return error.strerror or str(error)
    if error.reason == "KEY_VALUES_MISMATCH":
        return "the key belongs to another one"
    return "it is not PEM, or its key is missing"
