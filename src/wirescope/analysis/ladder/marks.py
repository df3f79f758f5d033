"""When something was seen first, and in which event: what facts are made of."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from wirescope.events import ConnectionFailed

Sign = Literal[
    "source",
    "offer",
    "answer",
    "gathering",
    "gathered",
    "local-candidate",
    "checking",
    "check-sent",
    "check-answered",
    "connected",
    "chosen",
    "ice-failed",
    "dtls-began",
    "dtls-done",
    "dtls-failed",
    "sctp-done",
    "channel",
    "channel-used",
    "channels-agreed",
    "media-agreed",
    "sending-agreed",
    "media-came",
    "media-went",
    "sampled",
    "stands",
]
"""What the first event of is remembered."""


class Mark(NamedTuple):
    """When something was seen, and in which event."""

    at_ns: int
    seq: int


class Asked(NamedTuple):
    """A request of HTTP that carried signaling, without its heads and bodies.

    Attributes:
        method: as `POST`.
        status: of the answer; 0 where there was none.
        began: when it was sent.
        ended: when its answer was there, or it had failed.
    """

    method: str
    status: int
    began: Mark
    ended: Mark

    @property
    def is_agreed(self) -> bool:
        """Whether it was answered with a status of success (RFC 9110 section 15.3)."""
        return 200 <= self.status < 300


@dataclass(slots=True)
class Way:
    """The WebSocket that carries a connection's signaling.

    Attributes:
        url: where it leads.
        began: when it was begun.
        is_sure: whether it was made to carry signaling; else only its address says that it does.
        opened: when it was open; None while it is not.
        failed: why it came to nothing; None if it did not.
        closed: whether it has ended.
    """

    url: str
    began: Mark
    is_sure: bool = field(default=False, kw_only=True)
    opened: Mark | None = None
    failed: ConnectionFailed | None = None
    closed: bool = False


class Checks(NamedTuple):
    """How many checks went over a pair, and came."""

    sent: int = 0
    answered: int = 0
    received: int = 0
