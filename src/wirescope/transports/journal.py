"""Where one connection writes down what happens to it."""

from collections.abc import Callable

from wirescope.events import Emission, EventSink, Full, Timeline


class Journal:
    """Numbers one connection's events and hands them to the sink.

    Whatever takes a number is handed over before anything else can take one, so that the sink gets
    all connections' events in order.

    Args:
        timeline: numbers the events of the capture.
        sink: takes them.
        connection: the connection's id.

    Attributes:
        on_full: called with what a full sink answered; the connection then holds its peer back.
    """

    __slots__ = ("_sink", "connection", "next_seq", "now_ns", "on_full", "timeline")

    def __init__(self, timeline: Timeline, sink: EventSink, connection: str) -> None:
        self.timeline = timeline
        self._sink = sink
        self.connection = connection
        self.now_ns = timeline.now_ns
        self.next_seq = timeline.next_seq
        self.on_full: Callable[[Full], None] = _go_on

    def emit(self, *emissions: Emission) -> None:
        """Hand events, or pieces of a long payload, to the sink."""
        full = self._sink(emissions)
        if full is not None:
            self.on_full(full)


def _go_on(_: Full) -> None:
    """Before the connection is established there is nothing to hold back."""
