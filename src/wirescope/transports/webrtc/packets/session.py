"""What publishers and viewers have in common: an offer is answered once, and then packets come.

It is the session that stands behind a resource of WHIP or WHEP.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from wirescope.errors import ConnectionClosedError, SignalingError, WirescopeError
from wirescope.events import ConnectionClosed, ConnectionFailed, SignalingExchange
from wirescope.transports.webrtc.description import Candidate, Description, Exchange
from wirescope.transports.webrtc.journal import Journal
from wirescope.transports.webrtc.packets.answer import Agreed, write_answer
from wirescope.transports.webrtc.packets.budget import Budget
from wirescope.transports.webrtc.packets.datagrams import OnPacket
from wirescope.transports.webrtc.packets.leg import Leg
from wirescope.transports.webrtc.packets.offer import Offer, read_offer

if TYPE_CHECKING:
    from wirescope.transports.webrtc.signaling import Fragment

Begin = Callable[[Coroutine[Any, Any, None]], object]
"""Has a coroutine run to its end."""

MAX_CANDIDATES = 256
"""Later candidates that are taken of one client."""

RTCP_AT_ONCE = 32 << 10
RTCP_PER_S = 32 << 10
"""Bytes of RTCP that are read of one client, many times what its media calls for: a few bytes may
ask for much work."""


class MakeLeg(Protocol):
    """Makes the transport of a session."""

    def __call__(self, *, on_rtp: OnPacket, on_rtcp: OnPacket, on_open: Callable[[], None]) -> Leg:
        """Make it, with its handlers."""
        ...


class ForwardedSession(ABC):
    """One connection of a forwarder.

    Attributes:
        id: the connection's id in the capture.
        sends: whether media goes from here to the client.
    """

    sends: bool

    def __init__(self, journal: Journal, make_leg: MakeLeg, begin: Begin) -> None:
        self.id = journal.connection
        self._journal = journal
        self._begin = begin
        self._candidates = 0
        self._rtcp = Budget(at_once=RTCP_AT_ONCE, per_s=RTCP_PER_S)
        self._leg = make_leg(on_rtp=self._on_rtp, on_rtcp=self._take_rtcp, on_open=self._on_open)

    @property
    def is_open(self) -> bool:
        """Whether packets come and go."""
        return self._leg.is_open

    @property
    def is_over(self) -> bool:
        """Whether it has ended, by whomever."""
        return self._leg.is_over

    @property
    def outcome(self) -> ConnectionClosed | ConnectionFailed | None:
        """The event about its end; None while it has not ended."""
        return self._leg.outcome

    async def answer(self, offer: str) -> str:
        """Take the client's offer; the answer, with all of this end's candidates.

        Raises:
            ConnectionClosedError: it was closed meanwhile.
            DescriptionError: the offer cannot be used. The session is then closed.
        """
        try:
            description = Description("offer", offer)
            read = read_offer(description)
            self._leg.note_description("remote", description)
            agreed = self._agree(read)
            local = await self._leg.gather(read)
            text = write_answer(read, agreed, local, sends=self.sends)
            self._leg.note_description("local", Description("answer", text))
            if self.is_over:
                raise ConnectionClosedError(
                    "The session was closed before its offer was answered.",
                    code=0,
                    reason="",
                    initiator="local",
                    clean=True,
                )
        except BaseException as error:
            await self._leg.close(error if isinstance(error, WirescopeError) else None)
            raise
        self._begin(self._leg.run(read))
        return text

    async def add_candidates(self, candidates: Sequence[Candidate]) -> None:
        """Take candidates of the client; one that cannot be used is passed over."""
        for each in candidates:
            self._candidates += 1
            if self._candidates <= MAX_CANDIDATES and not self.is_over:
                # a name may take a second to be resolved, for which nobody waits
                self._begin(self._leg.add_candidate(each))

    async def restart(self, fragment: "Fragment") -> "Fragment":
        """Restart ICE, which is not possible here.

        Raises:
            SignalingError: in any case; the session goes on as before.
        """
        del fragment
        raise SignalingError(
            "ICE cannot be restarted on a forwarded connection.",
            status=422,
            hint="Connect anew; a viewer sees a picture within a second.",
        )

    def note(self, exchange: Exchange) -> None:
        """Write down a request that was answered for this session."""
        self._journal.write(
            SignalingExchange,
            exchange.method,
            exchange.url,
            exchange.status,
            exchange.request,
            exchange.request_body,
            exchange.response,
            exchange.response_body,
            exchange.duration_ns,
        )

    async def close(self) -> None:
        """End it; again, it does nothing."""
        await self._leg.close()

    def _take_rtcp(self, data: bytes) -> None:
        if self._rtcp.take(len(data), self._journal.now_ns()):
            self._on_rtcp(data)

    @abstractmethod
    def _agree(self, offer: Offer) -> list[Agreed]:
        """Choose what of an offer is used."""

    @abstractmethod
    def _on_open(self) -> None:
        """Begin, now that packets can be sent."""

    @abstractmethod
    def _on_rtp(self, data: bytes) -> None:
        """Take an RTP packet."""

    @abstractmethod
    def _on_rtcp(self, data: bytes) -> None:
        """Take an RTCP packet."""
