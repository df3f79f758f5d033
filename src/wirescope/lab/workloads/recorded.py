"""A workload out of a recording: the sizes and times of one connection's messages.

Only the lengths and times of messages are taken; what they held stays in the capture, which the
caller reads.
"""

import math
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from wirescope.errors import UsageError
from wirescope.events import AnyEvent, DataChannelMessage, WebSocketMessage
from wirescope.lab.workloads.definition import Workload
from wirescope.lab.workloads.flows import SECOND_NS, Recorded, Sending, Side

MAX_MESSAGES: Final = 1_000_000
"""Of a recording that are played again."""


def from_capture(events: Iterable[AnyEvent], connection: str) -> Workload:
    """Return a workload that sends what was sent on a connection, and when.

    What this end sent is sent by `a`. The first message goes at once, the others as long after it
    as they did. Text is sent as text where most of the messages were.

    Args:
        events: of a capture, in order.
        connection: whose messages, as `c1`.

    Raises:
        UsageError: it has no messages, or more than `MAX_MESSAGES`.
    """
    found = list(islice(_messages(events, connection), MAX_MESSAGES + 1))
    if not found:
        raise UsageError(
            f"The capture has no messages of the connection {connection!r}.",
            hint="`wirescope show FILE` lists what is in it; name a connection that has messages.",
        )
    if len(found) > MAX_MESSAGES:
        raise UsageError(
            f"The connection {connection!r} has more than {MAX_MESSAGES:,} messages.",
            hint="Record a shorter time; a few minutes of traffic show the same.",
        )
    first_ns = min(each.at_ns for each, _ in found)
    sendings = [each._replace(at_ns=each.at_ns - first_ns) for each, _ in found]
    sendings.sort(key=lambda each: each.at_ns)
    texts = sum(is_text for _, is_text in found)
    return Workload(
        name=f"recorded-{connection}",
        title=f"{len(sendings):,} recorded messages",
        use_case="your application",
        payload="text" if 2 * texts > len(found) else "binary",
        flows=(Recorded(messages=tuple(sendings)),),
        duration_s=max(1, math.ceil((sendings[-1].at_ns + 1) / SECOND_NS)),
    )


def _messages(events: Iterable[AnyEvent], connection: str) -> Iterator[tuple[Sending, bool]]:
    """Yield each message at its time in the capture, and whether it is text."""
    for event in events:
        if not isinstance(event, WebSocketMessage | DataChannelMessage):
            continue
        if event.connection == connection:
            side: Side = "a" if event.direction == "sent" else "b"
            yield Sending(side, event.at_ns, event.length), event.kind == "text"
