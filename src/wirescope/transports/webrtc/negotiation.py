"""Two sides agree, and agree anew, whoever asks (perfect negotiation, W3C webrtc section 10.7).

Both sides may make offers at any time. Where two collide, the polite side takes its own back. A
connection that has lost its path looks for another one by itself, since here somebody is there to
tell it to.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Protocol

from wirescope.errors import DescriptionError, WirescopeError
from wirescope.transports.webrtc.alongside import alongside
from wirescope.transports.webrtc.description import Candidate, Description
from wirescope.transports.webrtc.ending import unusable
from wirescope.transports.webrtc.peer import Peer

QUEUE_LIMIT = 256
"""Messages of signaling that wait to go out: candidates, mostly; more than that is a fault."""


class Signaling(Protocol):
    """Carries descriptions and candidates to the other side and back.

    What it raises when it ends is a `PeerError` or a `NetworkError`; iterating ends when the other
    side has taken leave.
    """

    async def send(self, message: Description | Candidate) -> None:
        """Send one."""
        ...

    def __aiter__(self) -> AsyncIterator[Description | Candidate]: ...


class Negotiator:
    """Negotiates one connection over one signaling; `negotiate` makes it.

    Attributes:
        collisions: how often both sides made an offer at the same time.
        refused: candidates of the other side that could not be used.
        ended: why the signaling ended, in words; empty while it has not. The connection may go on.
        on_ended: is told why, when it has.
    """

    def __init__(self, peer: Peer, signaling: Signaling, *, polite: bool) -> None:
        self.collisions = self.refused = 0
        self.ended = ""
        self.on_ended: Callable[[str], None] = lambda _: None
        self._peer = peer
        self._signaling = signaling
        self._polite = polite
        self._making_offer = False
        self._ignoring = False
        self._taken = False  # a description of the other side
        self._due = asyncio.Event()  # an offer is due
        self._outgoing: asyncio.Queue[Candidate] = asyncio.Queue(QUEUE_LIMIT)
        peer.on_negotiation_needed = self._due.set
        peer.on_candidate = self._on_candidate
        peer.on_path_lost = self._on_path_lost

    def _on_candidate(self, candidate: Candidate) -> None:
        with suppress(asyncio.QueueFull):
            self._outgoing.put_nowait(candidate)

    def _on_path_lost(self) -> None:
        if not self.ended:
            self._peer.restart_ice()

    async def run(self) -> None:
        """Negotiate until the connection or the signaling ends."""
        work = (self._make_offers, self._send_candidates, self._read)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._one(each)) for each in work]
            over = group.create_task(self._peer.wait_ended())
            await asyncio.wait((*tasks, over), return_when=asyncio.FIRST_COMPLETED)
            for task in (*tasks, over):
                task.cancel()
        if self.ended:
            self.on_ended(self.ended)  # who knows more than that says so first
            self._peer.note_signaling_ended(self.ended)

    async def _one(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except WirescopeError as error:
            self.ended = self.ended or error.message

    async def _make_offers(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            try:
                self._making_offer = True
                description = await self._peer.describe()
                await self._signaling.send(description)
            except DescriptionError:
                continue  # an offer of the other side came in between; it asks again if need be
            finally:
                self._making_offer = False

    async def _send_candidates(self) -> None:
        while True:
            await self._signaling.send(await self._outgoing.get())

    async def _read(self) -> None:
        async for message in self._signaling:
            if isinstance(message, Description):
                await self._take(message)
            else:
                await self._take_candidate(message)
        self.ended = "The other side ended the signaling."

    async def _take(self, description: Description) -> None:
        peer = self._peer
        is_offer = description.kind == "offer"
        if is_offer and (self._making_offer or not peer.is_stable):
            self.collisions += 1
            self._ignoring = not self._polite
            if self._ignoring:
                return
        else:
            self._ignoring = False
        try:
            await peer.take(description)
        except DescriptionError as error:
            if not self._taken:  # one that comes later may be late, and the connection may go on
                peer.give_up(unusable(error))
            raise
        self._taken = True
        if is_offer:
            await self._signaling.send(await peer.describe())

    async def _take_candidate(self, candidate: Candidate) -> None:
        try:
            await self._peer.add_candidate(candidate)
        except DescriptionError:
            # One of an offer that was ignored, or a late one of a generation that is over.
            self.refused += 1


@asynccontextmanager
async def negotiate(peer: Peer, signaling: Signaling, *, polite: bool) -> AsyncIterator[Negotiator]:
    """Negotiate a connection while the context lasts.

    Args:
        peer: this end.
        signaling: leads to the other one.
        polite: gives way when both make an offer; one of the two sides has to be.
    """
    negotiator = Negotiator(peer, signaling, polite=polite)
    async with alongside(negotiator.run()):
        yield negotiator
