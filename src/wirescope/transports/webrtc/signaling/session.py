"""What stands behind a resource of WHIP or WHEP, and what it is asked.

The handlers know HTTP and nothing of WebRTC; a session knows WebRTC and nothing of HTTP. An engine
peer is one, a packet forwarder another.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from wirescope.transports.webrtc.description import Candidate, Exchange
from wirescope.transports.webrtc.signaling.fragment import Fragment


class Session(Protocol):
    """One connection that was made over HTTP.

    A `DescriptionError` says that what came cannot be used (422, or 400 of a fragment). A
    `SignalingError` that has a status is answered with it: 409 where nobody publishes what is to
    be watched, 422 where a restart is not possible. That the connection is over is answered with
    404, or 503 to an offer.
    """

    @property
    def is_over(self) -> bool:
        """Whether it has ended, by whomever; it is then forgotten."""
        ...

    async def answer(self, offer: str) -> str:
        """Take the client's offer; the answer, with all of this end's candidates (RFC 9725 4.3.2).

        Called once. When it raises, the session is closed.
        """
        ...

    async def add_candidates(self, candidates: Sequence[Candidate]) -> None:
        """Take candidates of the client; one that cannot be used is passed over."""
        ...

    async def restart(self, fragment: Fragment) -> Fragment:
        """Restart ICE with the client's new credentials and candidates; this end's.

        When it raises, the session goes on as before (RFC 9725 section 4.3.3).
        """
        ...

    def note(self, exchange: Exchange) -> None:
        """Write down a request that was answered for this session."""
        ...

    async def close(self) -> None:
        """End it, and what it holds; again, it does nothing."""
        ...


OpenSession = Callable[[str], Awaitable[Session]]
"""Makes a session; is told the path of the endpoint that was asked."""
