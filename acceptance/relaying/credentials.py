"""Requests of those who may not: without credentials, or with wrong, expired, replayed ones."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.support.ice_child import PASSWORD, USER, our_server
from tests.support.relay_load import PlainClient, must
from tests.support.turn_asking import code_of
from wirescope.clock import SystemClock
from wirescope.wire.stun import (
    Data,
    Lifetime,
    MessageClass,
    Method,
    RequestedTransport,
    XorPeerAddress,
    build_stun,
    make_message,
    parse_stun,
)
from wirescope.wire.turn import UDP, Credentials, make_credentials, timed_password

SECRET = b"between the two"
UDP_ONLY = RequestedTransport(UDP)
STALE_S = 17.0
SHORT_S = 2
Row = tuple[str, str, bool]


async def show(folder: Path) -> AsyncIterator[Row]:
    """Ask in each way in which one must not."""
    del folder
    users = {USER: PASSWORD, "bob": "other"}
    async with our_server(users=users, secret=SECRET.hex(), nonce_lifetime_s=1) as server:
        for rows in (_without, _wrong, _nonces, _lasting):
            for row in await asyncio.to_thread(_all, rows, server.port):
                yield row
    made = server.counters["allocated"]
    yield "allocations made", f"{made}, those of the right ones", made == 7


def _all(rows: Callable[[int, ExitStack], Iterator[Row]], port: int) -> list[Row]:
    with ExitStack() as stack:
        return list(rows(port, stack))


def _client(port: int, stack: ExitStack, **more: Any) -> PlainClient:
    client = PlainClient(port, **more)
    stack.callback(client.socket.close)
    return client


def _is_silent(client: PlainClient, data: bytes) -> bool:
    client.socket.settimeout(0.2)
    client.socket.send(data)
    try:
        client.socket.recv(2000)
    except TimeoutError:
        return True
    return False


def _without(port: int, stack: ExitStack) -> Iterator[Row]:
    peer = XorPeerAddress("9.9.9.9", 53)
    for name, method, values in (
        ("Allocate", Method.ALLOCATE, (UDP_ONLY,)),
        ("Refresh", Method.REFRESH, (UDP_ONLY,)),
        ("CreatePermission", Method.CREATE_PERMISSION, (peer,)),
        ("ChannelBind", Method.CHANNEL_BIND, (peer,)),
    ):
        code = _client(port, stack).code(method, *values)
        yield f"{name}, not signed", str(code), code == 401
    sent = make_message(MessageClass.INDICATION, Method.SEND, bytes(12), peer, Data(b"data"))
    silent = _is_silent(_client(port, stack), build_stun(sent))
    yield "Send without an allocation", "no answer" if silent else "answered", silent
    silent = _is_silent(_client(port, stack), bytes.fromhex("40000004 64617461"))
    yield "ChannelData without an allocation", "no answer" if silent else "answered", silent


def _wrong(port: int, stack: ExitStack) -> Iterator[Row]:
    now_s = SystemClock().wall_ns() // 1_000_000_000
    old = make_credentials(SECRET, expires_at_s=now_s - 1, user="carl")
    later = f"{now_s + 3600}:carl"
    for name, given, wanted in (
        ("the right password", Credentials(USER, PASSWORD), 0),
        ("a wrong password", Credentials(USER, "guess"), 401),
        ("an unknown user", Credentials("eve", PASSWORD), 401),
        ("another user's password", Credentials("bob", PASSWORD), 401),
        ("credentials for an hour", Credentials(later, timed_password(SECRET, later)), 0),
        ("credentials that expired a second ago", old, 401),
        ("the same, their time moved on", Credentials(later, old.password), 401),
        ("credentials of another secret", Credentials(later, timed_password(b"x", later)), 401),
    ):
        client = _client(port, stack, user=given.username, password=given.password)
        code = client.allocate()
        yield name, str(code), code == wanted
    client = _client(port, stack)
    must(client.allocate())
    client.user, client.password = "bob", "other"
    code = client.code(Method.REFRESH)
    yield "another user's allocation", str(code), code == 441


def _nonces(port: int, stack: ExitStack) -> Iterator[Row]:
    client = _client(port, stack)
    client.learn()
    nonce = client.nonce
    overheard = client.request(Method.ALLOCATE, UDP_ONLY)
    for name, more in (("port", {}), ("address", {"source": "127.0.0.3"})):
        other = _client(port, stack, **more)
        other.socket.send(overheard)
        code = code_of(parse_stun(other.socket.recv(2000)))
        yield f"an overheard request, from another {name}", str(code), code == 438
    with socket.create_connection(("127.0.0.1", port)) as stream:
        stream.sendall(overheard)
        code = code_of(parse_stun(stream.recv(2000)))
        yield "an overheard request, over TCP", str(code), code == 438
    yield from _replayed(client)
    forged = [b"AAAAAAAA", bytes(8), b"x" * 127, nonce[::-1], nonce[:7] + b"A"]
    codes = set()
    for each in forged:
        client.nonce = each
        codes.add(client.allocate())
    yield f"{len(forged)} forged nonces", str(sorted(codes)), codes == {438}
    client.nonce = nonce
    must(client.allocate())
    stack.enter_context(_waited(STALE_S))
    code = client.code(Method.REFRESH)
    yield f"a nonce of {STALE_S:g} s ago", str(code), code == 438


def _replayed(client: PlainClient) -> Iterator[Row]:
    """Send again what was overheard, from the client's own address and port."""
    made = client.request(Method.ALLOCATE, UDP_ONLY)
    ended = client.request(Method.REFRESH, Lifetime(0))
    for each in (made, ended):
        must(_sent(client, each))
    code = _sent(client, made)
    yield "an Allocate, replayed after its end", str(code), code == 437
    must(client.allocate())
    code = _sent(client, ended)
    lasts = client.code(Method.REFRESH) == 0
    yield "a Refresh to nothing, replayed", f"{code}, and the new one lasts", code == 437 and lasts
    must(client.code(Method.REFRESH, Lifetime(0)))


def _sent(client: PlainClient, data: bytes) -> int:
    client.socket.send(data)
    return code_of(parse_stun(client.socket.recv(2000)))


def _waited(seconds: float) -> ExitStack:
    """Let time go by: nobody sends anything here."""
    with socket.socket(type=socket.SOCK_DGRAM) as silent:
        silent.settimeout(seconds)
        silent.bind(("127.0.0.1", 0))
        try:
            silent.recv(1)
        except TimeoutError:
            return ExitStack()
    return ExitStack()


def _lasting(port: int, stack: ExitStack) -> Iterator[Row]:
    now_s = SystemClock().wall_ns() // 1_000_000_000
    given = make_credentials(SECRET, expires_at_s=now_s + SHORT_S, user="dora")
    client = _client(port, stack, user=given.username, password=given.password)
    must(client.allocate())
    stack.enter_context(_waited(SHORT_S + 1))
    code = client.code(Method.REFRESH)
    words = f"refreshes with {code}: a call outlasts its credentials"
    yield "an allocation made before they expired", words, code == 0
    other = _client(port, stack, user=given.username, password=given.password)
    code = other.allocate()
    yield "a new allocation with the same", str(code), code == 401
