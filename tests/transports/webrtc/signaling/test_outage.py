"""A path that is cut for good: ICE is restarted over the session, and another one is found."""

import asyncio
import re
from typing import Any

import pytest

from tests.support.peers import until
from tests.transports.webrtc.signaling.test_dialing import dialed, said_back, scene
from wirescope.transports.webrtc.signaling import HttpRequest, HttpResponse

pytestmark = pytest.mark.slow


class Relay(asyncio.DatagramProtocol):
    """Hands datagrams on between a client and a server's port, until it is cut."""

    def __init__(self) -> None:
        self.server: tuple[str, int] = ("", 0)
        self.port = 0
        self.cut = False
        self.passed = 0
        self._client: Any = None
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if self.cut:
            return
        self.passed += 1
        if addr == self.server:
            self._transport.sendto(data, self._client)
        else:
            self._client = addr
            self._transport.sendto(data, self.server)


def through(relay: Relay, sdp: str) -> str:
    """Leave one candidate in an answer, and let it lead to the relay."""
    lines, found = [], False
    for line in sdp.splitlines(keepends=True):
        match = re.match(r"a=candidate:\S+ 1 udp \d+ (127\.0\.0\.1) (\d+) typ host", line)
        if match and not found:
            found, relay.server = True, ("127.0.0.1", int(match[2]))
            lines.append(line.replace(f" {match[2]} typ", f" {relay.port} typ"))
        elif not line.startswith("a=candidate"):
            lines.append(line)
    assert found
    return "".join(lines)


async def test_ice_is_restarted_when_the_path_is_cut() -> None:
    loop = asyncio.get_running_loop()
    transport, relay = await loop.create_datagram_endpoint(Relay, local_addr=("127.0.0.1", 0))
    try:
        async with scene() as at:
            handle = at.mount.handle

            async def by_the_relay(request: HttpRequest) -> HttpResponse:
                if request.method == "PATCH" and request.get("If-Match") != "*":
                    return HttpResponse(405)  # the client's own addresses would be a second path
                made = await handle(request)
                if request.method != "POST":
                    return made
                body = through(relay, made.body.decode()).encode()
                return HttpResponse(made.status, made.headers, body)

            at.mount.handle = by_the_relay  # type: ignore[method-assign]
            async with dialed(at.capture, at.url) as (peer, session):
                await said_back(peer, "before")
                assert relay.passed
                relay.cut = True
                await until(lambda: session.restarts, timeout_s=25)
                await until(lambda: peer.state("connection") == "connected")
                await said_back(peer, "after")
    finally:
        transport.close()
