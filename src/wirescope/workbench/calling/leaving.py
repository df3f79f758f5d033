"""How a connection takes leave of its channels: what was sent on them goes out first.

The engine throws away whole messages that wait when their channel is closed, so a channel is closed
once nothing waits on it any more. What is on its way then has arrived when the other side has
closed the channel, too: a stream is reset after all that was sent on it (RFC 8831 section 6.7).
"""

import asyncio
from collections.abc import Callable, Sequence

from wirescope.errors import ConnectError
from wirescope.events import ConnectionClosed
from wirescope.states import ChannelState
from wirescope.transports.webrtc import DataChannel

PATIENCE_S = 5.0
"""Seconds in which nothing goes out before what still waits is given up."""

_LOOK_S = 0.02


def waiting_bytes(channels: Sequence[DataChannel]) -> int:
    """Count the bytes that were sent and have not gone out."""
    return sum(each.buffered_bytes for each in _alive(channels))


async def flush(channels: Sequence[DataChannel], *, is_over: Callable[[], bool]) -> int:
    """Wait until all that was sent has gone out, for as long as some of it does.

    Args:
        channels: those of the connection.
        is_over: whether the connection has ended, so that nothing goes out any more.

    Returns:
        The bytes that have not gone out.
    """
    loop = asyncio.get_running_loop()
    least, since_s = waiting_bytes(channels), loop.time()
    while least and loop.time() - since_s < PATIENCE_S:
        await asyncio.sleep(_LOOK_S)
        if is_over():
            break
        left = waiting_bytes(channels)
        if left < least:
            least, since_s = left, loop.time()
    return least


async def close_channels(channels: Sequence[DataChannel]) -> None:
    """Close the channels, all at once."""
    async with asyncio.TaskGroup() as group:
        for each in _alive(channels):
            if each.state is ChannelState.OPEN:
                group.create_task(_closed(each))


def unsent(count: int, closed: ConnectionClosed | None) -> ConnectError:
    """Say that something was not sent before the connection ended.

    Args:
        count: bytes that have not gone out.
        closed: how it ended.
    """
    message, kind = f"{count:,} bytes that waited were not sent: ", "reset"
    hint = "See whether the other side reads, and whether the path to it works."
    if closed is not None and closed.cause == "aborted":
        message += "this end did not wait for it."
        kind, hint = "aborted", "Let it end by itself to have everything sent."
    elif closed is not None and closed.initiator == "local":
        message += f"nothing went out any more for {PATIENCE_S:g} s."
        kind = "timeout"
    else:
        message += "the connection had ended before."
    return ConnectError(message, phase="sctp", kind=kind, hint=hint)


def _alive(channels: Sequence[DataChannel]) -> list[DataChannel]:
    return [each for each in channels if each.closed is None]


async def _closed(channel: DataChannel) -> None:
    await channel.close()
