"""A message was too big for the peer (1009).

## What it sees

The peer closed with 1009: a message was longer than it accepts. The message sent last is among the
evidence.

## Why it matters

Every server has such a limit, and they differ: 1 MiB in `websockets`, 4 MiB in aiohttp, 16 MiB in
uvicorn, 128 KB in AWS API Gateway.

## How to fix

Send less at a time: in several messages, with a number each, or the data by HTTP and its address by
WebSocket. Or raise the limit of the server and of each gateway: `max_size`, `maxPayload`,
`ws_max_size`, as the library calls it. Fragments do not help, since the whole message counts.

## References

RFC 6455 section 7.4.1 (1009) and section 10.4 (limits of an implementation).
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.endings import closed_by_peer_with, end_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("WS215", "A message was too big for the peer (1009)", "error", Moment.CLOSED, page=__doc__)
def too_big_there(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for 1009."""
    if closed_by_peer_with(conversation, (1009,)):
        yield end_found(
            conversation, conversation.ending.sent_before_close, conversation.ending.close_received
        )
