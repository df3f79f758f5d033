"""An engine peer behind a resource of WHIP or WHEP.

A session is one `Peer` that answers. What it does with channels and tracks is up to whoever opens
it; here it is described, and described anew when the client restarts ICE.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from wirescope.errors import (
    ConnectError,
    ConnectionClosedError,
    DescriptionError,
    WirescopeError,
)
from wirescope.events import EventSink, Timeline
from wirescope.transports.webrtc.alongside import alongside
from wirescope.transports.webrtc.description import Candidate, Description, Exchange
from wirescope.transports.webrtc.options import PeerOptions
from wirescope.transports.webrtc.peer import Peer, open_peer
from wirescope.transports.webrtc.signaling.fragment import Fragment
from wirescope.transports.webrtc.signaling.session import OpenSession, Session

PeerHandler = Callable[[Peer], Awaitable[None]]


async def nothing(_: Peer) -> None:
    """Do nothing with a peer."""


class PeerSession:
    """A `Session` on an engine peer.

    Args:
        peer: answers; it is closed with the session.
        prepare: is called between the client's offer and the answer to it, to add tracks.

    Attributes:
        refused: candidates of the client that could not be used.
    """

    def __init__(self, peer: Peer, *, prepare: PeerHandler = nothing) -> None:
        self.peer = peer
        self.refused = 0
        self._prepare = prepare
        self._offer = ""

    @property
    def is_over(self) -> bool:
        """Whether the connection has failed or is closed."""
        return self.peer.failed is not None or self.peer.closed is not None

    async def answer(self, offer: str) -> str:
        """Take the offer; the answer with this end's candidates."""
        await self.peer.take(Description("offer", offer))
        await self._prepare(self.peer)
        answer = await self.peer.answer(gather=True)
        self._offer = offer
        return answer.sdp

    async def add_candidates(self, candidates: Sequence[Candidate]) -> None:
        """Take candidates; those that cannot be used are counted."""
        for candidate in candidates:
            try:
                await self.peer.add_candidate(candidate)
            except DescriptionError:
                self.refused += 1

    async def restart(self, fragment: Fragment) -> Fragment:
        """Take the client's new credentials as a new offer that is otherwise the old one."""
        offer = fragment.put_into(self._offer)
        try:
            await self.peer.take(Description("offer", offer))
            answer = await self.peer.answer(gather=True)
        finally:
            if self.peer.is_offered:  # RFC 9725 section 4.3.3: it goes on as before
                with contextlib.suppress(WirescopeError):
                    await self.peer.roll_back()
        self._offer = offer
        return Fragment.of(answer.sdp)

    def note(self, exchange: Exchange) -> None:
        """Write a request and its answer down."""
        self.peer.note_exchange(exchange)

    async def close(self) -> None:
        """End the connection."""
        await self.peer.close()


@contextlib.asynccontextmanager
async def peer_sessions(
    handler: PeerHandler = nothing,
    *,
    timeline: Timeline,
    sink: EventSink,
    prepare: PeerHandler = nothing,
    options: PeerOptions | None = None,
    url: str = "webrtc:",
) -> AsyncIterator[OpenSession]:
    """Give what opens engine peers for a `Mount`; those that are left are closed at the end.

    Args:
        handler: has each peer from before its offer is taken; that it returns ends nothing, what
            it raises ends the peer.
        timeline: numbers the events.
        sink: takes them.
        prepare: see `PeerSession`.
        options: everything that can be asked of a connection.
        url: the endpoint's address, for the record.
    """
    tasks = asyncio.TaskGroup()
    peers: set[Peer] = set()

    async def live(ready: asyncio.Future[PeerSession]) -> None:
        opened: list[Peer] = []
        try:
            async with open_peer(timeline=timeline, sink=sink, options=options, url=url) as peer:
                opened.append(peer)
                peers.add(peer)
                ready.set_result(PeerSession(peer, prepare=prepare))
                async with alongside(_handled(handler, peer)):
                    await peer.wait_ended()
        except Exception as error:  # noqa: BLE001 one peer's fault must not end the others
            if not ready.done():
                ready.set_exception(error)
            else:
                asyncio.get_running_loop().call_exception_handler(
                    {"message": "A peer has failed", "exception": error}
                )
        finally:
            peers.difference_update(opened)

    async def open_session(_: str) -> Session:
        ready: asyncio.Future[PeerSession] = asyncio.get_running_loop().create_future()
        task = tasks.create_task(live(ready))
        try:
            return await asyncio.shield(ready)
        except asyncio.CancelledError:
            task.cancel()
            raise

    await tasks.__aenter__()  # as a context of its own it would wrap what the body raises
    try:
        yield open_session
    finally:
        for peer in list(peers):
            await peer.close()
        await tasks.__aexit__(None, None, None)


async def _handled(handler: PeerHandler, peer: Peer) -> None:
    try:
        await handler(peer)
    except (ConnectError, ConnectionClosedError) as error:
        peer.abort(error.message)  # where it is of the connection itself, that has ended already
    except Exception as error:  # noqa: BLE001 one handler's fault must not end the others
        asyncio.get_running_loop().call_exception_handler(
            {"message": f"A handler of {peer.id} has failed", "exception": error}
        )
        peer.abort("What uses the connection at this end has failed.")
