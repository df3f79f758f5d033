"""What is known of how one connection ends: who began, why, which Close frames passed.

It is put together while the connection closes and said once, as `connection.closed`.
"""

from wirescope.errors import ConnectionClosedError
from wirescope.events import CloseCause, ConnectionClosed, Initiator
from wirescope.wire.websocket import ABNORMAL_CLOSURE, NO_STATUS, Breach, close_code

MAX_REASON = 123
"""Bytes of reason that fit into a Close frame beside the code (RFC 6455 section 5.5)."""


class Ending:
    """How a connection ends, as far as it is known.

    Attributes:
        initiator: who began; the network until somebody did.
        cause: why; None leaves it to the way in which the transport ended.
        failure: the breach that the connection fails for, from when it was seen.
        sent: code and reason of the first Close frame sent.
        received: the same of the first one received.
        error: what asyncio said of the transport's end.
    """

    def __init__(self) -> None:
        self.initiator: Initiator = "network"
        self.cause: CloseCause | None = None
        self.failure: Breach | None = None
        self.sent: tuple[int, str] | None = None
        self.received: tuple[int, str] | None = None
        self.error: Exception | None = None

    def begin(self, initiator: Initiator, cause: CloseCause) -> None:
        """Note who begins to close and why."""
        self.initiator, self.cause = initiator, cause

    def give_up(self, cause: CloseCause) -> None:
        """Note that this end drops the connection, unless it is being closed already.

        Who does not wait for the answer to its Close frame has dropped the connection as well.
        """
        if self.cause is None:
            self.begin("local" if cause == "aborted" else "network", cause)
        elif cause == "aborted" and self.cause == "close" and self.received is None:
            self.cause = cause

    def expire(self) -> None:
        """Note that the peer took too long for the closing handshake."""
        if self.received is None and self.cause != "violation":
            self.cause = "close-timeout"

    def verdict(self, seq: int, at_ns: int, connection: str) -> ConnectionClosed:
        """Say how it ended (RFC 6455 sections 7.1.4 to 7.1.6)."""
        if self.failure is not None and self.cause is None:
            self.begin("local", "violation")
        cause = self.cause or _cause_of(self.error)
        if cause == "close" and self.received is None:
            cause = _cause_of(self.error)  # a Close frame of this end's that was not answered
        code, reason = self.received or (ABNORMAL_CLOSURE, "")
        if cause == "violation" and self.sent is not None:
            code, reason = self.sent
        clean = self.received is not None and self.sent is not None
        return ConnectionClosed(seq, at_ns, connection, code, reason, self.initiator, clean, cause)

    def refusal(self, closed: ConnectionClosed | None) -> ConnectionClosedError:
        """Make the error for whoever uses a connection that is closing or closed."""
        if closed is not None:
            code, reason = closed.code, closed.reason
        else:
            code, reason = self.received or self.sent or (ABNORMAL_CLOSURE, "")
        return ConnectionClosedError(
            f"The connection is closed with {code} ({close_code(code).name}).",
            code=code,
            reason=reason,
            initiator=closed.initiator if closed is not None else self.initiator,
            clean=closed is not None and closed.clean,
        )


def _cause_of(error: Exception | None) -> CloseCause:
    if error is None:
        return "eof"
    return "tls" if "SSL" in type(error).__name__ else "reset"


def close_payload(code: int | None, reason: str) -> bytes:
    """Write the payload of a Close frame, the reason cut between two characters to what fits."""
    if code is None:
        return b""
    cut = reason.encode()[:MAX_REASON].decode("utf-8", "ignore")
    return code.to_bytes(2, "big") + cut.encode()


def read_close(payload: bytes) -> tuple[int, str]:
    """Read code and reason from a Close frame's own bytes (RFC 6455 section 7.1.5)."""
    if len(payload) < 2:
        return NO_STATUS, ""
    return int.from_bytes(payload[:2], "big"), payload[2:].decode("utf-8", "replace")
