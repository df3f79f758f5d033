"""Signaling that changes what it carries, so that a connection sticks on a rung that is chosen."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from threading import Thread

from tests.support.peers import Said, Wire
from wirescope.events import Timeline
from wirescope.transports.webrtc import Description, Signaling, negotiate, open_peer
from wirescope.transports.webrtc.signaling import MessageSignaling, adapter_of
from wirescope.transports.websocket import Acceptance, Request, WebSocketConnection, serve

Change = Callable[[str], str]

WITHIN_S = 40.0

_CANDIDATE = re.compile(r"(candidate:\S+ \d+ udp \d+) \S+ \d+ (typ)")
_FINGERPRINT = re.compile(r"(a=fingerprint:sha-256) \S+")


class ChangingWire(Wire):
    """One end of a signaling that changes all texts that it sends, or loses them.

    Attributes:
        change: is given each description and each candidate; None loses all.
    """

    change: Change | None = None

    async def send(self, message: Said) -> None:
        """Send to the other end."""
        if self.change is None:
            return
        await super().send(changed(message, self.change))


class ChangingSignaling:
    """A signaling with what goes out, and what comes in, changed."""

    def __init__(self, signaling: Signaling, out: Change, into: Change) -> None:
        self._signaling, self._out, self._into = signaling, out, into

    async def send(self, message: Said) -> None:
        """Send to the other side."""
        await self._signaling.send(changed(message, self._out))

    async def __aiter__(self) -> AsyncIterator[Said]:
        async for message in self._signaling:
            yield changed(message, self._into)


def changed(message: Said, change: Change) -> Said:
    """Change the text of a description or of a candidate."""
    if isinstance(message, Description):
        return replace(message, sdp=change(message.sdp))
    return replace(message, text=change(message.text)) if message.text else message


def unchanged(text: str) -> str:
    """Leave all as it is."""
    return text


def with_another_fingerprint(text: str) -> str:
    """Name another certificate than the one that will be shown."""
    return _FINGERPRINT.sub(rf"\1 {':'.join(['AB'] * 32)}", text)


@contextmanager
def black_hole() -> Iterator[Change]:
    """Give what leads all addresses of UDP to a port that takes everything and never answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        yield lambda text: _CANDIDATE.sub(rf"\1 127.0.0.1 {port} \2", _without_tcp(text))


def _without_tcp(text: str) -> str:
    return re.sub(r"(?m)^a=candidate:\S+ \d+ tcp .*\r?\n", "", text)


@contextmanager
def far_sides_beside() -> Iterator[str]:
    """Serve the same from a thread of its own, for a test that waits without a loop."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    far = far_sides_astray()
    try:
        yield asyncio.run_coroutine_threadsafe(far.__aenter__(), loop).result(WITHIN_S)
    finally:
        asyncio.run_coroutine_threadsafe(far.__aexit__(None, None, None), loop).result(WITHIN_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@asynccontextmanager
async def far_sides_astray() -> AsyncIterator[str]:
    """Serve far sides over WebSockets, each of which lets a connection stick; gives their address.

    `/silent` never answers, `/hole` can be reached nowhere, `/certificate` shows another one than
    its description has, and of `/right` nothing is wrong.
    """
    with black_hole() as hole:
        changes: dict[str, tuple[Change, Change]] = {
            "/right": (unchanged, unchanged),
            "/hole": (hole, hole),
            "/certificate": (with_another_fingerprint, unchanged),
        }

        async def stay_silent(connection: WebSocketConnection) -> None:
            await connection.wait_closed()

        def decide(request: Request) -> Acceptance:
            found = changes.get(request.path)
            if found is None:
                return Acceptance(handler=stay_silent)

            async def negotiate_astray(connection: WebSocketConnection) -> None:
                carried = MessageSignaling(connection, adapter_of("json"))
                async with (
                    open_peer(timeline=Timeline(), sink=lambda _: None) as peer,
                    negotiate(peer, ChangingSignaling(carried, *found), polite=True),
                ):
                    await connection.wait_closed()

            return Acceptance(handler=negotiate_astray)

        async with serve(decide) as server:
            yield f"webrtc+{server.url}"
