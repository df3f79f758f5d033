"""Two sides agree, and agree anew, whoever asks (perfect negotiation, W3C webrtc section 10.7).

Both sides may make offers at any time. Where two collide, the polite side takes its own back. Where
nothing has told the roles, an end waits a while for the other one to give way, and whose session
has the lower number waits less: so of two such ends one gives way, and both fit to any other that
has a role. What the engine refuses is said and leaves what was agreed on before. A connection that
has lost its path looks for another one by itself, since here somebody is there to tell it to.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from random import uniform
from typing import Protocol

from wirescope.errors import ConnectError, DescriptionError, SignalingError, WirescopeError
from wirescope.transports.webrtc.alongside import alongside
from wirescope.transports.webrtc.description import Candidate, Description
from wirescope.transports.webrtc.notes import Notes
from wirescope.transports.webrtc.peer import Peer
from wirescope.wire.sdp import parse_sdp

QUEUE_LIMIT = 256
"""Messages of signaling that wait to go out: candidates, mostly; more than that is a fault."""

PAUSE_S = 1.0
"""Seconds that an offer waits at most after one that came to nothing; twice that after two."""

MOST_DOUBLINGS = 6

PATIENCE_S = (0.25, 1.5)
"""Seconds for which an end without a role waits for the other one to give way: the end whose
session has the lower number, and the one whose has the higher. A message of the signaling takes
less than their difference."""


class Signaling(Protocol):
    """Carries descriptions and candidates to the other side and back.

    What it raises when it ends is a `PeerError` or a `NetworkError`; iterating ends when the other
    side has taken leave.
    """

    async def send(self, message: Description | Candidate) -> None:
        """Send one."""
        ...

    def __aiter__(self) -> AsyncIterator[Description | Candidate]: ...


_Heard = Description | Candidate | WirescopeError


class Negotiator:
    """Negotiates one connection over one signaling; `negotiate` makes it.

    Attributes:
        collisions: how often both sides made an offer at the same time.
        refused: candidates of the other side that could not be used.
        notes: what could not be used or told and was lived with, in words.
        ended: why the signaling ended, in words; empty while it has not. The connection may go on.
        on_ended: is told why, when it has.
    """

    def __init__(self, peer: Peer, signaling: Signaling, *, polite: bool | None) -> None:
        self.collisions = self.refused = 0
        self.notes = Notes()
        self.ended = ""
        self.on_ended: Callable[[str], None] = lambda _: None
        self._peer = peer
        self._signaling = signaling
        self._polite = polite
        self._ignoring = False
        self._gave_way = False  # the last offer of this end was taken back for one of the other
        self._taken = False  # a description of the other side
        self._in_vain = 0  # offers in a row that came to nothing
        self._turn = asyncio.Lock()  # one description at a time
        self._held: list[Candidate] = []  # those found while a description is made
        self._needed = False
        self._due = asyncio.Event()  # an offer is due
        self._offer = ""  # the last one of this end
        self._outgoing: asyncio.Queue[Description | Candidate] = asyncio.Queue(QUEUE_LIMIT)
        self._incoming: asyncio.Queue[_Heard] = asyncio.Queue(QUEUE_LIMIT)
        self._put_off: deque[_Heard] = deque()  # heard while an answer was waited for
        peer.on_negotiation_needed = self._on_needed
        peer.on_candidate = self._on_candidate
        peer.on_path_lost = self._on_path_lost

    def _on_needed(self) -> None:
        self._needed = True
        self._due.set()

    def _on_candidate(self, candidate: Candidate) -> None:
        # One that is found meanwhile may be of the description that is being made, and follows it.
        if self._turn.locked() and len(self._held) < QUEUE_LIMIT:
            self._held.append(candidate)
        else:
            self._tell(candidate)

    def _tell(self, candidate: Candidate) -> None:
        try:
            self._outgoing.put_nowait(candidate)
        except asyncio.QueueFull:
            self.notes.tell(
                f"More than {QUEUE_LIMIT} candidates waited for the signaling; the other side was"
                " not told the later ones."
            )

    def _on_path_lost(self) -> None:
        if not self.ended:
            self._peer.restart_ice()

    async def run(self) -> None:
        """Negotiate until the connection or the signaling ends."""
        work = (self._make_offers, self._send, self._read)
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(self._listen())
            tasks = [group.create_task(self._one(each)) for each in work]
            over = group.create_task(self._peer.wait_ended())
            await asyncio.wait((*tasks, over), return_when=asyncio.FIRST_COMPLETED)
            for task in (*tasks, over, listening):
                task.cancel()
        if self.ended:
            self.on_ended(self.ended)  # who knows more than that says so first
            self._peer.note_signaling_ended(self.ended)

    async def _one(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except WirescopeError as error:
            self.ended = self.ended or error.message

    async def _send(self) -> None:
        while True:
            await self._signaling.send(await self._outgoing.get())

    @asynccontextmanager
    async def _describing(self) -> AsyncIterator[None]:
        """Make or take a description; candidates that are found meanwhile are told after it."""
        async with self._turn:
            try:
                yield
            finally:
                held, self._held = self._held, []
                for candidate in held:
                    self._tell(candidate)

    # Offers of this end

    async def _make_offers(self) -> None:
        while True:
            await self._due.wait()
            if self._in_vain:
                longest_s = PAUSE_S * 2 ** min(self._in_vain - 1, MOST_DOUBLINGS)
                await asyncio.sleep(uniform(0, longest_s))
            self._due.clear()
            async with self._describing():
                if self._needed and self._peer.is_stable:
                    await self._make_offer()

    async def _make_offer(self) -> None:
        self._needed = False
        try:
            offer = await self._peer.describe()
        except DescriptionError as error:
            self.notes.tell(f"No offer could be made. {error.message}")
        else:
            self._offer = offer.sdp
            await self._outgoing.put(offer)

    # What the other side says

    async def _listen(self) -> None:
        """Hear the other side out; what is heard last is why there is no more."""
        over: WirescopeError = SignalingError("The other side ended the signaling.")
        try:
            async for message in self._signaling:
                await self._incoming.put(message)
        except WirescopeError as error:
            over = error
        await self._incoming.put(over)

    async def _hear(self) -> _Heard:
        return self._put_off.popleft() if self._put_off else await self._incoming.get()

    async def _read(self) -> None:
        while True:
            heard = await self._hear()
            if isinstance(heard, Candidate):
                await self._take_candidate(heard)
            elif isinstance(heard, Description):
                await self._take_description(heard)
            else:
                raise heard

    async def _take_description(self, description: Description) -> None:
        async with self._describing():
            if description.kind != "offer" or self._peer.is_stable:
                self._ignoring = False
                await self._take(description, collides=False)
                return
        self.collisions += 1
        self._ignoring = not await self._gives_way(description)
        if not self._ignoring:
            async with self._describing():
                await self._take(description, collides=True)

    async def _gives_way(self, offer: Description) -> bool:
        """Whether this end takes its own offer back for one of the other side."""
        if self._polite is not None:
            return self._polite
        patience_s = PATIENCE_S[_number(self._offer) > _number(offer.sdp)]
        heard: list[_Heard] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                while not heard or isinstance(heard[-1], Candidate):
                    heard.append(await self._hear())
        last = heard[-1] if heard else None
        is_answered = isinstance(last, Description) and last.kind == "answer"
        if is_answered:
            heard = heard[-1:]  # what came before it belongs to the offer that was taken back
        self._put_off.extendleft(reversed(heard))
        return not is_answered

    async def _take(self, description: Description, *, collides: bool) -> None:
        peer = self._peer
        is_answer, was_stable = description.kind == "answer", peer.is_stable
        if is_answer and was_stable and self._gave_way and not peer.is_open:
            peer.give_up(_crossed())
            return
        try:
            await peer.take(description)
            if description.kind == "offer":
                await self._outgoing.put(await peer.describe())
        except DescriptionError as error:
            await self._refuse(error, in_vain=is_answer and not was_stable)
            return
        self._taken, self._gave_way = True, collides
        if not collides:
            self._in_vain = 0

    async def _refuse(self, error: DescriptionError, *, in_vain: bool) -> None:
        """Say why a description is not taken, and go back to what was agreed on before it."""
        peer = self._peer
        if not self._taken and not peer.is_open:
            peer.give_up(error)  # there is nothing to go back to
            return
        self.notes.tell(f"A description of the other side was not taken. {error.message}")
        self._in_vain += in_vain
        if in_vain or peer.is_offered:
            with suppress(DescriptionError):  # the engine may have done so itself
                await peer.roll_back()

    async def _take_candidate(self, candidate: Candidate) -> None:
        try:
            await self._peer.add_candidate(candidate)
        except DescriptionError as error:
            self.refused += 1
            if not self._ignoring:  # it may be a late one of a generation that is over, too
                self.notes.tell(f"A candidate of the other side was not taken. {error.message}")


def _crossed() -> ConnectError:
    """Make the error of two answers each of which is to an offer that was taken back.

    There is no way on: both sides have begun as clients of DTLS.
    """
    return ConnectError(
        "Both sides made an offer at the same moment, and each gave way to the other.",
        phase="signaling",
        kind="reset",
        hint="Try again, one side after the other.",
    )


def _number(sdp: str) -> tuple[int, str]:
    """Give the number of a description's session (RFC 8866 section 5.2) as what is compared."""
    try:
        origin = parse_sdp(sdp).origin
    except DescriptionError:
        origin = None
    number = "" if origin is None else origin.session_id.lstrip("0")
    return len(number), number


@asynccontextmanager
async def negotiate(
    peer: Peer, signaling: Signaling, *, polite: bool | None
) -> AsyncIterator[Negotiator]:
    """Negotiate a connection while the context lasts.

    Args:
        peer: this end.
        signaling: leads to the other one.
        polite: gives way when both make an offer; one of the two sides has to be, and the other
            not. None where nobody has told them.
    """
    negotiator = Negotiator(peer, signaling, polite=polite)
    async with alongside(negotiator.run()):
        yield negotiator
