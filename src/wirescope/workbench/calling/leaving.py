"""How a connection takes leave of its channels: what was sent on them goes out first.

The engine throws away whole messages that wait when their channel is closed, so a channel is closed
once nothing waits on it any more. What is on its way then has arrived when the other side has
closed the channel, too: a stream is reset after all that was sent on it (RFC 8831 section 6.7).
"""

import asyncio
from collections.abc import Sequence

from wirescope.errors import ConnectError
from wirescope.events import ConnectionClosed
from wirescope.states import ChannelState
from wirescope.transports.webrtc import DataChannel

PATIENCE_S = 5.0
"""Seconds in which nothing goes out before what still waits is given up."""

_LOOK_S = 0.02


async def flush(channels: Sequence[DataChannel]) -> int:
    """Wait until all that was sent has gone out, for as long as some of it does.

    Args:
        channels: some of a connection.

    Returns:
        The bytes that have not gone out, also those of channels that were cut off.
    """
    loop = asyncio.get_running_loop()
    least, since_s = _look(channels), loop.time()
    while least and loop.time() - since_s < PATIENCE_S:
        await asyncio.sleep(_LOOK_S)
        left = _look(channels)
        if left < least:
            least, since_s = left, loop.time()
    return least + sum(each.unsent_bytes for each in channels)


async def close_channels(channels: Sequence[DataChannel]) -> None:
    """Close the channels, all at once."""
    async with asyncio.TaskGroup() as group:
        for each in channels:
            if each.state is ChannelState.OPEN:
                group.create_task(_closed(each))


def unsent(
    count: int, channels: Sequence[DataChannel], closed: ConnectionClosed | None
) -> ConnectError:
    """Say that something was not sent before its channel or the connection ended.

    Args:
        count: bytes that have not gone out.
        channels: what they were sent on.
        closed: how the connection ended; None where it has not.
    """
    message, kind = f"{count:,} bytes that waited were not sent: ", "reset"
    hint = "See whether the other side reads, and whether the path to it works."
    if closed is not None and closed.cause == "aborted":
        message += "this end did not wait for it."
        kind, hint = "aborted", "Let it end by itself to have everything sent."
    elif closed is not None and closed.initiator != "local":
        message += "the connection had ended before."
    elif any(each.unsent_bytes for each in channels):
        message += "the other side had closed the channel before."
    else:
        message += f"nothing went out any more for {PATIENCE_S:g} s."
        kind = "timeout"
    return ConnectError(message, phase="sctp", kind=kind, hint=hint)


def unanswered() -> ConnectError:
    """Say that it is not known whether all that was sent has arrived."""
    return ConnectError(
        "The other side did not confirm the end of a channel, so what was sent last may not have"
        " arrived.",
        phase="sctp",
        kind="timeout",
        hint="See whether the path to it still works.",
    )


def _look(channels: Sequence[DataChannel]) -> int:
    return sum(each.look_at_rest() for each in channels)


async def _closed(channel: DataChannel) -> None:
    await channel.close()
