"""How much longer an answer to a request without credentials is than the request, as IP packets."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from tests.support.ice_child import coturn, our_server
from tests.support.parts import PARTS
from wirescope.wire.stun import (
    Attribute,
    ChangeRequest,
    MessageClass,
    MessageIntegrity,
    Method,
    Nonce,
    Padding,
    Realm,
    RequestedTransport,
    StunMessage,
    Username,
    XorPeerAddress,
    add_fingerprint,
    build_stun,
    make_message,
)
from wirescope.wire.turn import UDP

LIMIT = 1.5
SILENCE_S = 0.2


def _request(method: int, *values: object) -> StunMessage:
    id_ = os.urandom(12)
    return make_message(MessageClass.REQUEST, method, id_, *values)  # type: ignore[arg-type]


def requests() -> Iterator[tuple[str, StunMessage]]:
    """Give what somebody without credentials can ask."""
    peer = XorPeerAddress("9.9.9.9", 53)
    signed = Username("eve"), Realm("wirescope"), Nonce(b"AAAAAAAA"), MessageIntegrity(bytes(20))
    yield "Binding", _request(Method.BINDING)
    yield "Binding with FINGERPRINT", add_fingerprint(_request(Method.BINDING))
    yield "Binding, CHANGE-REQUEST", _request(Method.BINDING, ChangeRequest(True, True))  # noqa: FBT003
    yield "Binding, PADDING of 1,000", _request(Method.BINDING, Padding(bytes(1000)))
    yield "Binding, something unknown", _request(Method.BINDING, Attribute(0x7FFF, b""))
    yield "Allocate", _request(Method.ALLOCATE, RequestedTransport(UDP))
    yield "Allocate without a transport", _request(Method.ALLOCATE)
    yield "Refresh", _request(Method.REFRESH)
    yield "CreatePermission", _request(Method.CREATE_PERMISSION, peer)
    yield "ChannelBind", _request(Method.CHANNEL_BIND, peer)
    yield "Allocate, forged signature", _request(Method.ALLOCATE, RequestedTransport(UDP), *signed)
    yield "Allocate, half a signature", _request(Method.ALLOCATE, *signed[:1], *signed[3:])


def _lengths(port: int, host: str) -> dict[str, tuple[int, int]]:
    """Ask each; how long request and answer were, wherever that came from."""
    found = {}
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for name, request in requests():
        data = build_stun(request)
        with socket.socket(family, socket.SOCK_DGRAM) as client:
            client.settimeout(SILENCE_S)
            client.sendto(data, (host, port))
            try:
                found[name] = len(data), len(client.recv(65_536))
            except TimeoutError:
                found[name] = len(data), 0
    return found


def ratio(lengths: tuple[int, int], overhead: int) -> float:
    """Say how much longer the answer is; 0 where there is none."""
    asked, answered = lengths
    return (answered + overhead) / (asked + overhead) if answered else 0


async def show(folder: Path) -> AsyncIterator[tuple[str, str, bool]]:
    """Ask a server that has two addresses, by IPv4 and IPv6, and coturn beside it."""
    del folder
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(
            our_server(hosts=("127.0.0.1", "::1"), second_hosts=("127.0.0.2",), second_port=0)
        )
        program, theirs = PARTS["turnserver"](), {}
        if program is not None:
            other = await stack.enter_async_context(coturn(program))
            theirs = await asyncio.to_thread(_lengths, other.port, "127.0.0.1")
        for host, overhead in (("127.0.0.1", 28), ("::1", 48)):
            found = await asyncio.to_thread(_lengths, server.port, host)
            for name, lengths in found.items():
                amplified = ratio(lengths, overhead)
                words = f"{lengths[0]} and {lengths[1]} bytes of STUN, {amplified:.2f}"
                if name in theirs and overhead == 28:
                    words += f"; coturn {theirs[name][1]}, {ratio(theirs[name], 28):.2f}"
                family = "IPv4" if overhead == 28 else "IPv6"
                yield f"{name}, {family}", words, amplified <= LIMIT
