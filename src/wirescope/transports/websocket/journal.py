"""Where one WebSocket connection writes down what happens to it."""

from wirescope.events import Direction, WebSocketViolation
from wirescope.transports import journal
from wirescope.wire.websocket import Breach


class Journal(journal.Journal):
    """Numbers one WebSocket connection's events and hands them to the sink."""

    __slots__ = ()

    def violation(self, breach: Breach, direction: Direction, *, offset: int, frame: int) -> None:
        """Write down a breach of the specification."""
        self.emit(
            WebSocketViolation(
                self.next_seq(),
                self.now_ns(),
                self.connection,
                direction,
                breach.clause,
                offset,
                frame,
                breach.message,
            )
        )
