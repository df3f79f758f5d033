"""Going a part of the way to a server, to look at it: names, one address, the TLS handshake.

Each look is written down as a connection that begins with `connection.opening` and ends with
`connection.failed`, of the kind `aborted` where nothing was wrong: nobody wanted more. Nothing is
sent but what the steps themselves need, so a server learns no secret from it.
"""

import asyncio
import socket
import ssl
import warnings
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Literal

from python_socks import ProxyError

from wirescope.errors import ConnectError
from wirescope.events import (
    Certificate,
    ConnectionOpening,
    ConnectionSecured,
    EventSink,
    Timeline,
)
from wirescope.transports.websocket.explaining import Situation, explain_failure, note_failure
from wirescope.transports.websocket.journal import Journal
from wirescope.transports.websocket.options import ConnectOptions, ResolveOverride, TLSOptions
from wirescope.transports.websocket.path import Steps, open_path, open_socket, resolve
from wirescope.transports.websocket.trust import client_context
from wirescope.transports.websocket.url import ProxyURL, WebSocketURL, parse_proxy, parse_url

TLSLook = Literal["any", "trusted", "strict", "old", "http2"]
"""How a TLS handshake is made: with a certificate of any kind, with one that is trusted as the
options say, with the checks of the strictest clients on top, in a version before TLS 1.2, or with
an offer of HTTP/2 beside HTTP/1.1."""


async def look_up(
    url: str, *, options: ConnectOptions, timeline: Timeline, sink: EventSink
) -> list[str]:
    """Resolve the host, or that of the proxy, to all its addresses.

    Raises:
        ConnectError: it has none.
    """
    async with _looking(url, options, timeline, sink, "The name was looked up.") as (goal, steps):
        target = first_hop(goal, options)
        async with steps.step("dns"):
            found = await resolve(target.host, target.port, options)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


async def reach(
    url: str, address: str, *, options: ConnectOptions, timeline: Timeline, sink: EventSink
) -> None:
    """Make a TCP connection to one address of the host, or of the proxy, and drop it.

    Raises:
        ConnectError: it cannot be reached.
    """
    target = first_hop(parse_url(url), options)
    override = ResolveOverride(target.host, target.port, (address.partition("%")[0],))
    options = replace(options, resolve=(override,), proxy=None, family=None)
    way = f"{'http' if isinstance(target, ProxyURL) else 'ws'}://{_bracketed(target.host)}"
    done = f"{address} takes TCP connections."
    async with _looking(f"{way}:{target.port}", options, timeline, sink, done, shown=url) as (
        goal,
        steps,
    ):
        (await open_socket(goal, options, steps)).close()


async def look_at_tls(
    url: str,
    how: TLSLook,
    *,
    options: ConnectOptions,
    timeline: Timeline,
    sink: EventSink,
    certificates: Sequence[Certificate] = (),
) -> ConnectionSecured:
    """Make a TLS handshake and drop the connection; `certificates` are named in what is wrong.

    Raises:
        ConnectError: it did not succeed.
        UsageError: a file of the TLS options cannot be used.
    """
    context = _context(options.tls, how)
    done = "The TLS handshake was looked at."
    async with _looking(url, options, timeline, sink, done, certificates) as (goal, steps):
        transport, _ = await open_path(
            goal, asyncio.Protocol, options=options, context=context, steps=steps
        )
        transport.abort()
    assert steps.security is not None
    return steps.security


async def open_way(host: str, port: int, *, options: ConnectOptions) -> socket.socket:
    """Make the TCP connection to a host, or through the proxy, for another protocol to use.

    Names, addresses, proxy and Unix socket are as the options say; nothing is written down.

    Raises:
        ConnectError: the proxy did not lead there.
        OSError: the host cannot be reached.
    """
    steps = Steps(None)
    goal = parse_url(f"ws://{_bracketed(host)}:{port}")
    try:
        return await open_socket(goal, options, steps)
    except (OSError, ProxyError) as error:
        if options.proxy is None:
            raise
        raise explain_failure(
            error, Situation(steps.current, goal, options, steps.proxy)
        ) from error


def first_hop(goal: WebSocketURL, options: ConnectOptions) -> WebSocketURL | ProxyURL:
    """Say whose address is connected to: the host's or the proxy's."""
    return goal if options.proxy is None else parse_proxy(options.proxy)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@asynccontextmanager
async def _looking(
    url: str,
    options: ConnectOptions,
    timeline: Timeline,
    sink: EventSink,
    done: str,
    certificates: Sequence[Certificate] = (),
    shown: str = "",
) -> AsyncIterator[tuple[WebSocketURL, Steps]]:
    """Write a look down as a connection, under the time-out for opening."""
    goal = parse_url(url)
    journal = Journal(timeline, sink, timeline.new_connection())
    steps = Steps(journal)
    seq, at_ns, address = journal.next_seq(), journal.now_ns(), str(parse_url(shown or url))
    journal.emit(ConnectionOpening(seq, at_ns, journal.connection, address, "websocket"))
    try:
        async with asyncio.timeout(options.open_timeout_s):
            yield goal, steps
    except (OSError, ProxyError) as error:
        situation = Situation(steps.current, goal, options, steps.proxy, certificates)
        failure = explain_failure(error, situation)
        note_failure(journal, failure)
        raise failure from error
    except BaseException:
        note_failure(journal, _ended("The look was given up.", steps))
        raise
    note_failure(journal, _ended(done, steps))


def _ended(message: str, steps: Steps) -> ConnectError:
    return ConnectError(message, phase=steps.current, kind="aborted")


def _context(options: TLSOptions, how: TLSLook) -> ssl.SSLContext:
    if how in ("any", "old", "http2"):
        options = replace(options, insecure=True, ca=None)
    elif options.insecure:
        options = replace(options, insecure=False)
    context = client_context(options)
    if how == "strict":
        # RFC 5280 to the letter, as Python 3.13 and Go check it
        context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT
    elif how == "http2":
        context.set_alpn_protocols(["h2", "http/1.1"])
    elif how == "old":
        _only_old(context)
    return context


def _only_old(context: ssl.SSLContext) -> None:
    """Offer TLS 1.0 and 1.1 alone, which RFC 8996 forbids; OpenSSL wants to be told twice."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
