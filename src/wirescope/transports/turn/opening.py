"""The way to a server, step by step: the name, TCP, TLS; each step timed and written down."""

import asyncio
import secrets
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from wirescope.errors import ConnectError, WirescopeError
from wirescope.events import (
    Certificate,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpening,
    ConnectionPhase,
    ConnectionReached,
    ConnectionSecured,
)
from wirescope.transports.certificate import read_certificates, sent_chain
from wirescope.transports.journal import Journal
from wirescope.transports.turn.explaining import Situation, explain_failure
from wirescope.transports.turn.flow import Address, DatagramFlow, Flow, StreamFlow
from wirescope.transports.turn.options import Trust, TurnOptions
from wirescope.transports.turn.trust import asked_name, turn_context
from wirescope.transports.turn.url import ServerURL, Transport

MOST_TRIED = 4
"""Addresses of a name that are tried, one after the other."""

_Opened = TypeVar("_Opened")
_Protocol = TypeVar("_Protocol", bound=asyncio.BaseProtocol)

_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6, None: socket.AF_UNSPEC}


async def resolve(url: ServerURL, options: TurnOptions) -> list[str]:
    """Look the host up; all its addresses, in the order of the system (RFC 6724).

    Raises:
        ConnectError: it has none, or the name servers do not answer in time.
    """
    situation = Situation("dns", url, url.transports[0], options)
    loop = asyncio.get_running_loop()
    found: list[str] = []
    try:
        async with asyncio.timeout(options.open_timeout_s):
            for name in options.addresses or (url.host,):
                infos = await loop.getaddrinfo(
                    name, url.port, family=_FAMILIES[options.family], type=socket.SOCK_DGRAM
                )
                found += [str(info[4][0]) for info in infos]
    except UnicodeError:
        found = []
    except OSError as error:
        raise explain_failure(error, situation) from error
    if not found:
        raise explain_failure(socket.gaierror(socket.EAI_NONAME, "no address"), situation)
    return list(dict.fromkeys(found))


@asynccontextmanager
async def opened_flow(
    url: ServerURL, transport: Transport, options: TurnOptions, journal: Journal
) -> AsyncIterator[Flow]:
    """Open the way to a server, and end it.

    Raises:
        ConnectError: it cannot be reached.
        UsageError: a file of the trust cannot be used.
    """
    host = url.host
    opening = ConnectionOpening(
        journal.next_seq(), journal.now_ns(), journal.connection, str(url), "webrtc"
    )
    journal.emit(opening)
    try:
        began_ns = journal.now_ns()
        addresses = await resolve(url, options)
        note_phase(journal, "dns", began_ns)
        flow = await _open_first(addresses, url, transport, options, journal)
    except ConnectError as error:
        _note_failure(journal, error)
        raise
    except BaseException:
        words = f"The way to {host} was given up."
        _note_failure(journal, ConnectError(words, phase="tcp", kind="aborted"))
        raise
    problem: BaseException | None = None
    try:
        yield flow
    except WirescopeError as error:
        problem = error
        raise
    finally:
        await flow.close()
        _note_end(journal, problem)


async def _open_first(
    addresses: list[str],
    url: ServerURL,
    transport: Transport,
    options: TurnOptions,
    journal: Journal,
) -> Flow:
    """Open the first address that takes a connection; UDP has no way to tell before it asks."""
    context = turn_context(options.trust) if transport == "tls" else None

    async def open_one(address: str) -> Flow:
        if transport == "udp":
            return await open_datagrams((address, url.port), url, options)
        _, flow = await open_stream(
            (address, url), context, options, journal, lambda: StreamFlow(transport)
        )
        return flow

    return await first_opened(addresses, open_one)


async def first_opened(
    addresses: Sequence[str], open_one: Callable[[str], Awaitable[_Opened]]
) -> _Opened:
    """Open the first of some addresses that can be; at most `MOST_TRIED` are tried.

    Raises:
        ConnectError: none can be; it is about the first.
    """
    failure: ConnectError | None = None
    for address in addresses[:MOST_TRIED]:
        try:
            return await open_one(address)
        except ConnectError as error:
            failure = failure or error
    assert failure is not None
    raise failure


async def open_datagrams(
    remote: Address, url: ServerURL, options: TurnOptions, *, connected: bool = True
) -> DatagramFlow:
    """Open a UDP socket towards an address; one that is not connected takes answers of all.

    Raises:
        ConnectError: there is no way to it from here.
    """
    loop = asyncio.get_running_loop()
    try:
        if connected:
            _, flow = await loop.create_datagram_endpoint(DatagramFlow, remote_addr=remote)
        else:
            host = local_address(remote)
            _, flow = await loop.create_datagram_endpoint(DatagramFlow, local_addr=(host, 0))
    except OSError as error:
        raise explain_failure(error, Situation("udp", url, "udp", options)) from error
    return flow


def local_address(remote: Address) -> str:
    """Say from which of this machine's addresses a way leads to another; nothing is sent.

    Raises:
        OSError: there is no way to it.
    """
    family = socket.AF_INET6 if ":" in remote[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        asking.connect(remote)
        return str(asking.getsockname()[0])


async def open_stream(
    goal: tuple[str, ServerURL],
    context: ssl.SSLContext | None,
    options: TurnOptions,
    journal: Journal,
    make: Callable[[], _Protocol],
) -> tuple[asyncio.Transport, _Protocol]:
    """Open TCP, and TLS over it where there is a context; each step is timed.

    Args:
        goal: a numeric address of the server, and the server's own.
        context: whose certificate is accepted; None stays with TCP.
        options: how long is waited, and the name that is checked.
        journal: where the steps are written down.
        make: makes what gets the bytes.

    Raises:
        ConnectError: it cannot be reached; `phase` is the step that failed.
    """
    address, url = goal
    loop = asyncio.get_running_loop()
    step, began_ns = "tcp", journal.now_ns()
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    try:
        sock.setblocking(False)  # noqa: FBT003
        async with asyncio.timeout(options.open_timeout_s):
            await loop.sock_connect(sock, (address, url.port))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            note_phase(journal, "tcp", began_ns)
            _note_reached(journal, sock)
            name = None
            if context is not None:
                step, began_ns = "tls", journal.now_ns()
                name = asked_name(options.trust, url.host)
            stream, protocol = await loop.create_connection(
                make, sock=sock, ssl=context, server_hostname=name
            )
    except OSError as error:
        sock.close()
        shown = await _second_look(error, address, url, options, journal)
        transport: Transport = "tcp" if context is None else "tls"
        situation = Situation(step, url, transport, options, shown)
        raise explain_failure(error, situation) from error
    except BaseException:
        sock.close()
        raise
    if context is not None:
        note_phase(journal, "tls", began_ns)
        _note_secured(journal, stream.get_extra_info("ssl_object"), name or "")
    return stream, protocol


async def _second_look(
    error: OSError, address: str, url: ServerURL, options: TurnOptions, journal: Journal
) -> list[Certificate]:
    """Ask for a certificate once more that was refused, to say what is wrong with it."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return []
    loop = asyncio.get_running_loop()
    name = asked_name(options.trust, url.host)
    with suppress(OSError):
        async with asyncio.timeout(options.open_timeout_s):
            context = turn_context(Trust(insecure=True))
            stream, _ = await loop.create_connection(
                asyncio.Protocol, address, url.port, ssl=context, server_hostname=name
            )
            try:
                return _note_secured(journal, stream.get_extra_info("ssl_object"), name)
            finally:
                stream.abort()
                await asyncio.sleep(0)
    return []


def note_phase(journal: Journal, name: str, began_ns: int) -> None:
    """Write down that a step is done."""
    now_ns = journal.now_ns()
    journal.emit(
        ConnectionPhase(journal.next_seq(), now_ns, journal.connection, name, now_ns - began_ns)
    )


def _note_reached(journal: Journal, sock: socket.socket) -> None:
    peer, own = sock.getpeername(), sock.getsockname()
    journal.emit(
        ConnectionReached(
            journal.next_seq(),
            journal.now_ns(),
            journal.connection,
            str(peer[0]),
            int(peer[1]),
            str(own[0]),
            int(own[1]),
        )
    )


def _note_secured(journal: Journal, tls: object, server_name: str) -> list[Certificate]:
    assert isinstance(tls, ssl.SSLObject | ssl.SSLSocket)
    certificates = read_certificates(sent_chain(tls))
    cipher = tls.cipher()
    journal.emit(
        ConnectionSecured(
            journal.next_seq(),
            journal.now_ns(),
            journal.connection,
            tls.version() or "",
            cipher[0] if cipher else "",
            tls.selected_alpn_protocol() or "",
            server_name,
            tls.context.verify_mode is not ssl.CERT_NONE,
            certificates,
        )
    )
    return certificates


def _note_failure(journal: Journal, error: ConnectError) -> None:
    journal.emit(
        ConnectionFailed(
            journal.next_seq(),
            journal.now_ns(),
            journal.connection,
            error.phase,
            error.kind,
            error.message,
            error.hint,
        )
    )


def _note_end(journal: Journal, problem: BaseException | None) -> None:
    if isinstance(problem, ConnectError):
        _note_failure(journal, problem)
        return
    reason = "" if problem is None else str(problem).partition("\n")[0]
    journal.emit(
        ConnectionClosed(
            journal.next_seq(),
            journal.now_ns(),
            journal.connection,
            0,
            reason,
            "local" if problem is None else "remote",
            clean=True,
            cause="close",
        )
    )


def new_transaction_id() -> bytes:
    """Make a transaction id, which nobody can guess (RFC 8489 section 5)."""
    return secrets.token_bytes(12)
